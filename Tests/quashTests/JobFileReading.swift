import Foundation

import quash

/// What both passes over a job file give, as values to compare.
struct JobFileReading: Equatable {
    /// One id as pass two hands it on.
    struct ID: Equatable {
        let job: Int
        let digits: String
        let line: Int
    }

    let jobs: [CheckedJobFile.Job]
    let ids: [ID]

    /// Reads a file in both passes, and sees to it that they agree.
    init(_ file: JobFile) throws {
        let checked = try file.check()
        var ids: [ID] = []
        try checked.forEachID { job, digits, line in
            ids.append(ID(job: job, digits: try text(digits), line: line))
        }
        jobs = checked.jobs
        self.ids = ids
        var counts = jobs.map { _ in 0 }
        for id in ids { counts[id.job] += 1 }
        guard counts == jobs.map(\.idCount) else { throw PassesDisagree() }
    }

    /// The ids of one job, in order.
    func digits(of job: Int) -> [String] {
        ids.filter { $0.job == job }.map(\.digits)
    }
}

/// Pass two gave other ids than pass one counted.
struct PassesDisagree: Error {}

/// The digits of an id as a string.
func text(_ digits: Span<UInt8>) throws -> String {
    String(copying: try UTF8Span(validating: digits))
}

/// Writes bytes to a file of its own, and removes it when `body` is done.
func withJobFile<Result>(
    _ bytes: some Sequence<UInt8>,
    as name: String,
    defaults: JobFields = JobFields(),
    chunkSize: Int = 65_536,
    _ body: (JobFile, URL) throws -> Result
) throws -> Result {
    let url = FileManager.default.temporaryDirectory
        .appending(path: "quash-job-file-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    // Long ago, so that a later write changes the time however coarse the file system's clock is.
    try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 0)],
        ofItemAtPath: url.path
    )
    // A file left behind in the temporary folder is no failure.
    defer { try? FileManager.default.removeItem(at: url) }
    let file = JobFile(
        path: url.path,
        displayName: name,
        defaults: defaults,
        chunkSize: chunkSize
    )
    return try body(file, url)
}

/// Reads a text in both passes.
func reading(
    _ text: String,
    as name: String,
    defaults: JobFields = JobFields(),
    chunkSize: Int = 65_536
) throws -> JobFileReading {
    try withJobFile(text.utf8, as: name, defaults: defaults, chunkSize: chunkSize) { file, _ in
        try JobFileReading(file)
    }
}

/// The whole text by which a file is refused.
func refusal(
    of bytes: some Sequence<UInt8>,
    as name: String,
    defaults: JobFields = JobFields()
) throws -> String {
    try withJobFile(bytes, as: name, defaults: defaults) { file, _ in
        do throws(JobFileError) {
            let checked = try file.check()
            return "accepted: \(checked.idCount) ids"
        } catch {
            return error.description
        }
    }
}

extension JobFields {
    /// The defaults of `--contract`.
    static func contract(_ code: String) throws -> JobFields {
        var fields = JobFields()
        try fields.set(.contractCode, to: code)
        return fields
    }
}

/// The sample files, as they lie in `jobs/`.
enum JobFileSample: String, CaseIterable {
    case btc = "btc.json"
    case desk2 = "desk2.json"
    case mixed = "mixed.jsonl"
    case export = "export.csv"
    case list = "list.txt"

    var url: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "jobs/\(rawValue)")
    }

    func file(chunkSize: Int = 65_536) throws -> JobFile {
        JobFile(
            path: url.path,
            displayName: "jobs/\(rawValue)",
            defaults: self == .list ? try .contract("BTC-USDT") : JobFields(),
            chunkSize: chunkSize
        )
    }
}
