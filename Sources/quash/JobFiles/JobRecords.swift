/// What the readers of all formats hand their records to, in both passes.
///
/// A record comes as `begin`, its ids and fields in any order, `end`. Pass one counts the ids of
/// each job. Pass two (with a sink) hands them on, for which it must know the job of an id: of the
/// few ids held until the record ends, or, for a record too long to hold, from a note of pass one.
/// There is one note in `heldLimit` ids at most, so memory stays flat.
struct JobRecords {
    /// What pass two does with an id: the place of its job, its digits, its line.
    typealias Sink = (_ job: Int, _ digits: Span<UInt8>, _ line: Int) throws -> Void

    /// The longest record, in ids, that pass two can hold back.
    static let heldLimit = 1024

    /// What pass one finds out for pass two.
    struct Findings: Sendable {
        /// The jobs.
        fileprivate(set) var table: JobTable
        /// The jobs of the records too long to hold, by the number of the record.
        fileprivate var longRecords: [Int: Int] = [:]
    }

    /// What was found out so far.
    private(set) var findings: Findings
    /// What is wrong with the file so far.
    private(set) var faults = FaultList()

    private let sink: Sink?

    // The present record, numbered from 0.
    private var number = -1
    private var fields = RecordFields()
    private var idCount = 0
    /// In pass two, its job where that is known already.
    private var place: Int?
    private var held: [UInt8] = []
    private var heldIDs: [(end: Int, line: Int)] = []

    /// Pass one.
    init(defaults: JobFields) {
        findings = Findings(table: JobTable(defaults: defaults))
        sink = nil
    }

    /// Pass two, with what pass one found out.
    init(after findings: Findings, sink: @escaping Sink) {
        self.findings = findings
        self.findings.table.close()
        self.sink = sink
    }

    /// Begins a record.
    mutating func begin(line: Int) {
        number += 1
        fields.begin(line: line)
        idCount = 0
        place = sink == nil ? nil : findings.longRecords[number]
    }

    /// Takes a field of the record.
    mutating func set(_ key: JobKey, to text: [UInt8], line: Int) {
        fields.set(key, to: text, line: line)
    }

    /// Takes an id of the record; blanks around it do not count.
    mutating func add(_ text: [UInt8], line: Int) throws {
        idCount += 1
        var (start, end) = (0, text.count)
        while start < end, isBlank(text[end - 1]) { end -= 1 }
        while start < end, isBlank(text[start]) { start += 1 }
        guard isOrderID(text.span.extracting(start..<end)) else {
            let problem =
                start == end ? "is empty" : "\(quoted(text[start..<end])) is not 1 to 20 digits"
            return try note(JobFileError.Fault(line: line, message: "order id \(problem)"))
        }
        guard let sink else { return }
        if let place {
            try sink(place, text.span.extracting(start..<end), line)
        } else {
            guard idCount <= Self.heldLimit else { throw FatalFault.changed }
            held.append(contentsOf: text[start..<end])
            heldIDs.append((held.count, line))
        }
    }

    /// Ends a record: finds its job, and counts or hands on its ids.
    mutating func end() throws {
        do {
            guard idCount > 0 else {
                throw JobFileError.Fault(line: fields.line, message: "a job without order ids")
            }
            let place = try findings.table.place(of: fields)
            if let sink {
                guard self.place ?? place == place else { throw FatalFault.changed }
                try handOn(to: sink, place)
            } else {
                findings.table.count(idCount, in: place)
                if idCount > Self.heldLimit { findings.longRecords[number] = place }
            }
        } catch let fault as JobFileError.Fault {
            try note(fault)
        }
    }

    /// Remembers a fault and lets the check go on; in pass two there can be none.
    mutating func note(_ fault: JobFileError.Fault) throws {
        guard sink == nil else { throw FatalFault.changed }
        faults.append(fault)
    }

    private mutating func handOn(to sink: Sink, _ place: Int) throws {
        var start = 0
        for (end, line) in heldIDs {
            try sink(place, held.span.extracting(start..<end), line)
            start = end
        }
        held.removeAll(keepingCapacity: true)
        heldIDs.removeAll(keepingCapacity: true)
    }
}

/// Whether this is a byte the SQL inlet, too, lets stand around an id.
private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
}

/// `OrderID.isValid`, which as a generic of another module takes a hundred times as long; a test
/// holds the two together.
package func isOrderID(_ text: Span<UInt8>) -> Bool {
    guard (1...20).contains(text.count) else { return false }
    for index in text.indices where !(0x30...0x39).contains(text[index]) { return false }
    return true
}
