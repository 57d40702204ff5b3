/// The jobs of a file, and which of them a record belongs to.
///
/// Records with equal fields are one job, wherever they stand and however they are spelled.
struct JobTable {
    /// The most jobs of one file.
    ///
    /// The memory a file takes is this, and does not grow with its ids.
    static let limit = 10_000

    /// The jobs in the order of their first record.
    private(set) var jobs: [CheckedJobFile.Job] = []

    private let defaults: JobFields
    /// Whether a job not in the table is one more job, or a sign that the file changed.
    private var isClosed = false
    private var places: [JobHeader: Int] = [:]
    /// The line of the job that has a `dedup_key`.
    private var linesOfKeys: [String: Int] = [:]
    /// A cache over `places`; it may be emptied at any time.
    private var spellings: [RecordFields.Spelling: Int] = [:]

    /// Knows no job yet.
    init(defaults: JobFields) { self.defaults = defaults }

    /// Lets no job in any more.
    mutating func close() { isClosed = true }

    /// Counts a record's ids towards its job.
    mutating func count(_ ids: Int, in place: Int) { jobs[place].idCount += ids }

    /// Finds the job of a record, or enters it.
    mutating func place(of fields: RecordFields) throws -> Int {
        try spellings[fields.spelling] ?? decodedPlace(of: fields)
    }

    private mutating func decodedPlace(of fields: RecordFields) throws -> Int {
        do {
            let header = try JobHeader(fields.decoded().filled(from: defaults))
            let place = try places[header] ?? enter(header, line: fields.line)
            // One job can be spelled in many ways: by the order of its keys, say.
            if spellings.count >= Self.limit { spellings.removeAll() }
            spellings[fields.spelling] = place
            return place
        } catch let fault as JobFieldFault {
            throw JobFileError.Fault(line: fields.line(of: fault.key), message: fault.message)
        }
    }

    private mutating func enter(_ header: JobHeader, line: Int) throws -> Int {
        guard !isClosed else { throw FatalFault.changed }
        guard jobs.count < Self.limit else {
            throw FatalFault(
                line: line,
                "here begins job \(Self.limit + 1), and a file may hold \(Self.limit); split it"
            )
        }
        if let key = header.dedupKey {
            if let line = linesOfKeys[key] {
                throw JobFieldFault(
                    key: .dedupKey,
                    message:
                        "dedup_key \(quoted(key.utf8)) belongs to the job of line \(line) already"
                )
            }
            linesOfKeys[key] = line
        }
        places[header] = jobs.count
        jobs.append(CheckedJobFile.Job(header: header, idCount: 0, line: line))
        return jobs.count - 1
    }
}
