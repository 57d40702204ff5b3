import ArgumentParser
import CancelStore
import Cancels
import Foundation

/// Prints the history.
struct AuditExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Prints the history to standard output, as JSON lines or CSV.",
        discussion: """
            JSON lines: {"seal":"…","row":{…}} for each purge, answer and event, in that order and by id; the row \
            stands as it was sealed, byte for byte, and the last line holds the heads. Without a filter anybody can \
            check it, with nothing of Quash: the seal of a row is the SHA-256 of the seal before it (64 zeros at \
            the start, or what the last purge says), a line feed, and the row. The README has ten lines of Python.

            CSV: one line an attempt, a finding, an answer with neither, or an event, with the columns
            \(ExportCSV.columns.joined(separator: ", ")); \
            the last line holds the heads.

            A part of the history, by account, job or time, cannot be checked as a chain.
            """
    )

    /// The forms it comes in.
    enum Format: String, ExpressibleByArgument, CaseIterable { case jsonl, csv }

    @OptionGroup var database: DatabaseOptions
    @Option(help: "The form: jsonl or csv.")
    var format: Format = .jsonl
    @Option(help: "Only of this account.")
    var account: String?
    @Option(help: "Only of this job.")
    var job: Int64?
    @Option(help: "Only since then: a span back from now (90s, 15m, 2h, 1d) or milliseconds.")
    var since: String?
    @Option(help: "Only until then, in the same form.")
    var until: String?

    func run() throws {
        let now = try Machine().now().wall
        let filter = ExportFilter(
            account: account,
            job: job,
            since: try since.map { try Instant.parse($0, before: now) },
            until: try until.map { try Instant.parse($0, before: now) }
        )
        if !filter.isEmpty {
            Terminal.say("quash: a part of the history cannot be checked as a chain")
        }
        let store = try CancelStore.openReadOnly(database.path)
        try store.read { db in
            let history = History(db)
            switch format {
            case .jsonl: try printLines(history, filter)
            case .csv: try printCSV(history, filter)
            }
        }
    }

    private func printLines(_ history: History, _ filter: ExportFilter) throws {
        var buffer = OutputBuffer()
        func put(_ row: HistoryRow) {
            let seal = row.seal.map { "\"\($0.hex)\"" } ?? "null"
            buffer.append("{\"seal\":\(seal),\"row\":", row.record, "}\n")
        }
        try history.readPurges { row, _ in if filter.isEmpty { put(row) } }
        var heads: [String] = []
        for chain in Chain.allCases {
            var head = try history.start(of: chain)
            try history.read(chain) { row in
                if let seal = row.seal { head = Head(chain, id: row.id, seal: seal) }
                if try filter.takes(row) { put(row) }
            }
            heads.append(head.text)
        }
        buffer.append("{\"heads\":\"\(heads.joined(separator: ","))\"}\n", [], "")
        buffer.flush()
    }

    private func printCSV(_ history: History, _ filter: ExportFilter) throws {
        var buffer = OutputBuffer()
        buffer.append(ExportCSV.line(ExportCSV.columns), [], "")
        var heads: [String] = []
        for chain in Chain.allCases {
            var head = try history.start(of: chain)
            try history.read(chain) { row in
                if let seal = row.seal { head = Head(chain, id: row.id, seal: seal) }
                let content = try ExportRow(row)
                guard filter.takes(content) else { return }
                for line in ExportCSV.lines(content, seal: row.seal, job: filter.job) {
                    buffer.append(line, [], "")
                }
            }
            heads.append(head.text)
        }
        buffer.append(ExportCSV.line(["heads", heads.joined(separator: ",")]), [], "")
        buffer.flush()
    }
}

/// Gathers output into larger writes.
private struct OutputBuffer {
    private var bytes: [UInt8] = []

    mutating func append(_ head: String, _ middle: [UInt8], _ tail: String) {
        bytes += head.utf8
        bytes += middle
        bytes += tail.utf8
        if bytes.count >= 1 << 16 { flush() }
    }

    mutating func flush() {
        Terminal.print(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
