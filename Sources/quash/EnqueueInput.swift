import Cancels
import CancelStore
import Foundation

/// What one call of `enqueue` is to queue, all of it checked; the ids of files stay in the files.
struct EnqueueInput {
    private var files: [(name: String, file: CheckedJobFile)] = []
    private var typed: (header: JobHeader, ids: [OrderID])?
    private var spool: URL?

    /// Sorts the arguments into files and ids, and checks every one.
    ///
    /// - Throws: `JobFileError`, `JobFieldFault` or `Refusal`; nothing is queued yet.
    init(_ arguments: [String], defaults: JobFields, format: JobFileFormat?) throws {
        let ids = arguments.compactMap { OrderID($0) }
        if !ids.isEmpty {
            typed = (try JobHeader(defaults), ids)
        }
        for argument in arguments where OrderID(argument) == nil {
            if argument == "-" {
                guard spool == nil else { throw Refusal("standard input (-) is given twice") }
                let copy = try Self.spoolStandardInput()
                spool = copy
                do {
                    try check(copy.path, named: "<standard input>", defaults, format)
                } catch {
                    removeSpool()
                    throw error
                }
            } else {
                guard FileManager.default.fileExists(atPath: argument) else {
                    throw Refusal(
                        "\"\(argument)\" is neither a file nor an order id of 1 to 20 digits"
                    )
                }
                try check(argument, named: argument, defaults, format)
            }
        }
        let jobs = (typed == nil ? 0 : 1) + files.reduce(0) { $0 + $1.file.jobs.count }
        guard defaults.dedupKey == nil || jobs < 2 else {
            throw Refusal(
                "--dedup-key names one job, and this is \(jobs); put the keys into the files"
            )
        }
        guard typed != nil || !files.isEmpty else {
            throw Refusal(
                "nothing to queue; name a file, - for standard input, or ids with --contract"
            )
        }
    }

    private mutating func check(
        _ path: String,
        named name: String,
        _ defaults: JobFields,
        _ format: JobFileFormat?
    ) throws {
        let file = JobFile(path: path, displayName: name, format: format, defaults: defaults)
        files.append((name, try file.check()))
    }

    /// How many ids it has, counting twice what stands there twice.
    var idCount: Int { files.reduce(typed?.ids.count ?? 0) { $0 + $1.file.idCount } }

    /// Queues everything in the given transaction and gives the job ids.
    ///
    /// - Throws: `StoreError.refused` with the database's sentence, with the file and the lines before it;
    ///   the transaction must then be rolled back.
    func queue(in ledger: Ledger) throws -> [Int64] {
        var jobs: [Int64] = []
        if let typed {
            let job = try ledger.queue(typed.header.newJob, first: typed.ids[0].text)
            try ledger.add(typed.ids.dropFirst(), to: job)
            jobs.append(job)
        }
        for (name, file) in files { jobs += try queue(file, named: name, in: ledger) }
        return jobs
    }

    private func queue(
        _ file: CheckedJobFile,
        named name: String,
        in ledger: Ledger
    ) throws -> [Int64] {
        var jobs: [Int64?] = Array(repeating: nil, count: file.jobs.count)
        var batch = Batch(job: 0)
        try file.forEachID { index, digits, line in
            guard let order = OrderID(String(copying: digits)) else {
                throw StoreError.refused("\(name):\(line): an order id is 1 to 20 digits")
            }
            if jobs[index] == nil || batch.job != jobs[index] || batch.orders.count == Batch.most {
                try batch.queue(in: ledger, from: name)
            }
            do {
                if let job = jobs[index] {
                    batch.append(order, line: line, to: job)
                } else {
                    let job = file.jobs[index].header.newJob
                    jobs[index] = try ledger.queue(job, first: order.text)
                }
            } catch StoreError.refused(let sentence) {
                throw StoreError.refused("\(name):\(line): order id \(order): \(sentence)")
            }
        }
        try batch.queue(in: ledger, from: name)
        return jobs.compactMap(\.self)
    }

    /// Ids of one job that follow each other in a file, queued together.
    private struct Batch {
        static let most = 200

        var job: Int64
        var orders: [OrderID] = []
        var lines = 0...0

        mutating func append(_ order: OrderID, line: Int, to job: Int64) {
            if orders.isEmpty { lines = line...line }
            lines = lines.lowerBound...max(line, lines.lowerBound)
            self.job = job
            orders.append(order)
        }

        /// Queues what was gathered, and begins anew.
        mutating func queue(in ledger: Ledger, from name: String) throws {
            defer { orders.removeAll(keepingCapacity: true) }
            do {
                try ledger.add(orders, to: job)
            } catch StoreError.refused(let sentence) {
                throw StoreError.refused(
                    "\(name): lines \(lines.lowerBound) to \(lines.upperBound): \(sentence)"
                )
            }
        }
    }

    /// What it would take: requests and seconds, by account and contract.
    func plan(settings: Settings) -> String {
        var targets: [Target: Int] = [:]
        for (header, count) in headers {
            targets[Target(account: header.account, contract: header.contract), default: 0] += count
        }
        var requests: [String: Int] = [:]
        let rows = targets.sorted { "\($0.key)" < "\($1.key)" }.map { target, ids in
            let needed = (ids + settings.idsPerRequest - 1) / settings.idsPerRequest
            requests[target.account, default: 0] += needed
            return [target.account, "\(target.contract)", "\(ids)", "\(needed)"]
        }
        // The first five leave together; after that the limit sets the pace.
        let longest = requests.values.max() ?? 0
        let windows = (longest + settings.bucket.limit - 1) / settings.bucket.limit - 1
        let seconds = Double(windows) * (settings.bucket.window / .seconds(1))
        return Table(["account", "contract", "ids", "requests"], rows).description
            + "\nnothing was queued; at the limit this takes about \(ProgressView.span(max(seconds, 1)))"
    }

    private var headers: [(JobHeader, Int)] {
        (typed.map { [($0.header, $0.ids.count)] } ?? [])
            + files.flatMap { $0.file.jobs.map { ($0.header, $0.idCount) } }
    }

    /// Removes the copy of standard input.
    func removeSpool() {
        // `try?`: a temporary file that is gone already is what was wanted.
        if let spool { try? FileManager.default.removeItem(at: spool) }
    }

    /// Copies standard input to a file only its owner may read: it must be read twice.
    private static func spoolStandardInput() throws -> URL {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("quash-\(UUID().uuidString)")
        guard
            FileManager.default.createFile(
                atPath: url.path,
                contents: nil,
                attributes: [.posixPermissions: 0o600]
            )
        else { throw Refusal("\(url.path) cannot be written; it is to hold standard input") }
        let copy = try FileHandle(forWritingTo: url)
        while let chunk = try FileHandle.standardInput.read(upToCount: 1 << 20), !chunk.isEmpty {
            try copy.write(contentsOf: chunk)
        }
        try copy.close()
        return url
    }
}

extension JobHeader {
    /// The same, as the store takes it.
    var newJob: NewJob {
        var job = NewJob(account: account, contract: contract)
        job.priority = priority
        job.notBefore = notBeforeMs.map { WallTime(milliseconds: $0) }
        job.notAfter = notAfterMs.map { WallTime(milliseconds: $0) }
        job.dedupKey = dedupKey
        job.queuedBy = queuedBy
        job.note = note
        return job
    }
}

extension String {
    /// The text of bytes that were checked to be ASCII digits.
    fileprivate init(copying digits: Span<UInt8>) {
        self.init(unsafeUninitializedCapacity: digits.count) { buffer in
            for index in digits.indices { buffer[index] = digits[index] }
            return digits.count
        }
    }
}
