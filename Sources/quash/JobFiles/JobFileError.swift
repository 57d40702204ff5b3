/// Why a job file is refused: the first ten different faults with their lines, the one that ended
/// the reading, and a count of the rest.
package struct JobFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One thing wrong with a file.
    package struct Fault: Error, Hashable, Sendable {
        /// The line it stands on, from 1; nil where the file as a whole is at fault.
        package let line: Int?
        /// What is wrong, and what to do where that helps.
        package let message: String
    }

    /// The file, by the name people know it by.
    package let file: String
    /// At least one, in the order found.
    package let faults: [Fault]
    /// How many more there are.
    package let more: Int

    /// One line for each fault, `jobs/x.csv:17: order id "82605X" is not 1 to 20 digits`.
    package var description: String {
        var lines = faults.map { fault in
            fault.line.map { "\(file):\($0): \(fault.message)" } ?? "\(file): \(fault.message)"
        }
        if more > 0 { lines.append("\(file): … and \(more) more") }
        return lines.joined(separator: "\n")
    }
}

/// A fault after which reading on makes no sense, in whatever format.
struct FatalFault: Error {
    /// What is wrong.
    let fault: JobFileError.Fault

    /// The file of pass two is not the one of pass one.
    static let changed = FatalFault("changed while it was being read; nothing is queued, try again")

    /// A fault on a line, or of the file as a whole.
    init(line: Int? = nil, _ message: String) {
        fault = JobFileError.Fault(line: line, message: message)
    }
}

/// The faults found so far.
///
/// Ten are enough to see the pattern, and a contract misspelled in every row is told once.
struct FaultList {
    /// The first ten that differ.
    private(set) var first: [JobFileError.Fault] = []
    /// How many there are beside them.
    private(set) var more = 0

    /// Adds a fault.
    mutating func append(_ fault: JobFileError.Fault) {
        if first.count < 10, !first.contains(where: { $0.message == fault.message }) {
            first.append(fault)
        } else {
            more += 1
        }
    }
}

/// The text in quotes as a message shows it: shortened, and with control characters escaped, so
/// that a hostile file cannot write to the terminal.
func quoted(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(40), as: UTF8.self)
    let isLong = bytes.count > 40 || text.count > 24
    return (isLong ? text.prefix(24) + "…" : text[...]).debugDescription
}
