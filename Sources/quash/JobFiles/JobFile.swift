import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A file of jobs, read in two passes and in constant memory.
///
/// Pass one, `check`, reads all of it and refuses it with file, line, id and reason, or gives its
/// jobs. Pass two, `CheckedJobFile.forEachID`, hands on the ids one by one, so that a caller can
/// put them into one transaction: a file is queued whole or not at all. What must fit into memory
/// are the jobs, ten thousand at most, and never the ids.
///
/// Records (objects, rows, lines) with equal job fields are one job, wherever in the file they
/// stand. What a file does not say, the defaults do. Ids are not folded: the same id twice in a job
/// comes twice. Two things are left to the database, for there is no clock and no account here: a
/// deadline that is past already, and an account nobody has declared.
///
/// `jobs/` holds a sample of every format: `btc.json`, `desk2.json`, `mixed.jsonl`, `export.csv`
/// and `list.txt`.
package struct JobFile: Sendable {
    private let path: String
    private let displayName: String
    private let format: JobFileFormat?
    private let defaults: JobFields
    private let chunkSize: Int

    /// Names a file and reads nothing yet.
    ///
    /// Without a format the display name tells it, by its extension, or else the first byte that is
    /// not blank. Standard input can be read once only: let it be spooled to a file first, and give
    /// both names.
    package init(
        path: String,
        displayName: String? = nil,
        format: JobFileFormat? = nil,
        defaults: JobFields = JobFields(),
        chunkSize: Int = 65_536
    ) {
        self.path = path
        self.displayName = displayName ?? path
        self.format = format
        self.defaults = defaults
        self.chunkSize = chunkSize
    }

    /// Pass one: reads the whole file and finds it good, or says what is wrong with it.
    package func check() throws(JobFileError) -> CheckedJobFile {
        var records = JobRecords(defaults: defaults)
        var last: [JobFileError.Fault] = []
        do {
            let identity = try read(into: &records)
            // Nothing wrong, and jobs: only then is there a checked file.
            if records.faults.first.isEmpty {
                guard !records.findings.table.jobs.isEmpty else {
                    throw FatalFault("holds no order ids")
                }
                return CheckedJobFile(file: self, identity: identity, findings: records.findings)
            }
        } catch let fatal as FatalFault {
            last = [fatal.fault]
        } catch {
            last = [FatalFault("cannot be read: \(error)").fault]
        }
        throw JobFileError(
            file: displayName,
            faults: records.faults.first + last,
            more: records.faults.more
        )
    }

    /// Pass two, on the file that `check` found good.
    fileprivate func handOn(_ checked: CheckedJobFile, to sink: @escaping JobRecords.Sink) throws {
        var records = JobRecords(after: checked.findings, sink: sink)
        do {
            guard try read(into: &records) == checked.identity else { throw FatalFault.changed }
        } catch let fatal as FatalFault {
            throw JobFileError(file: displayName, faults: [fatal.fault], more: 0)
        }
    }

    private func read(into records: inout JobRecords) throws -> FileIdentity {
        let file = try open()
        return try file.closeAfter {
            let identity = try FileIdentity(of: file)
            try readAll(of: file, into: &records)
            guard try FileIdentity(of: file) == identity else { throw FatalFault.changed }
            return identity
        }
    }

    private func open() throws(FatalFault) -> FileDescriptor {
        do {
            // `nonBlocking` so that a pipe nobody writes to does not hold us up.
            return try .open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
        } catch {
            throw FatalFault("cannot be read: \(error)")
        }
    }

    private func readAll(of file: FileDescriptor, into records: inout JobRecords) throws {
        var bytes = try ByteReader(file, chunkSize: chunkSize)
        let format =
            try format ?? JobFileFormat(fileName: displayName) ?? JobFileFormat(sniffing: &bytes)
        switch format {
        case .json, .jsonLines:
            var reader = JSONReader(bytes, lines: format == .jsonLines, into: records)
            defer { records = reader.records }
            try reader.read()
        case .csv, .list:
            let columns: [RecordKey] = format == .list ? [.orderID] : []
            var reader = CSVReader(bytes, columns: columns, into: records)
            defer { records = reader.records }
            try reader.read()
        }
    }
}

/// A file that passed its check, and the only way to its ids.
package struct CheckedJobFile: Sendable {
    /// A job of the file.
    package struct Job: Hashable, Sendable {
        /// All of it but its ids.
        package let header: JobHeader
        /// How many ids it has, counting twice what stands there twice.
        package internal(set) var idCount: Int
        /// The line of its first record.
        package let line: Int
    }

    /// Its jobs in the order of their first records; at least one.
    package var jobs: [Job] { findings.table.jobs }
    /// How many ids it has, counting twice what stands there twice.
    package var idCount: Int { jobs.reduce(0) { $0 + $1.idCount } }

    fileprivate let file: JobFile
    fileprivate let identity: FileIdentity
    fileprivate let findings: JobRecords.Findings

    /// Pass two: calls `sink` for every id in the order of the file, with the place of its job in
    /// `jobs`, its digits (good until the call returns) and its line.
    ///
    /// Throws what `sink` throws, or a `JobFileError` when the file is not the one that was
    /// checked: what was done with the ids must then be undone.
    package func forEachID(
        _ sink: (_ job: Int, _ digits: Span<UInt8>, _ line: Int) throws -> Void
    ) throws {
        try withoutActuallyEscaping(sink) { try file.handOn(self, to: $0) }
    }
}

/// What tells whether a file is the same as before.
private struct FileIdentity: Hashable, Sendable {
    private let device: DeviceID
    private let inode: Inode
    private let size: Int64
    /// Of the content and of the status: the second catches a copy that keeps the first.
    private let changes: [Int]

    init(of file: FileDescriptor) throws(FatalFault) {
        let status: Stat
        do { status = try file.stat() } catch { throw FatalFault("cannot be read: \(error)") }
        guard status.type == .regular else {
            throw FatalFault("is not a regular file; pipe it into `quash enqueue -`")
        }
        (device, inode, size) = (status.deviceID, status.inode, status.size)
        changes = [status.st_mtim, status.st_ctim].flatMap { [$0.tv_sec, $0.tv_nsec] }
    }
}
