import ArgumentParser
import CancelStore
import Foundation

/// What looks after the history: its proof, and its way out.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Proves that the history is as it was written, and prints it.",
        subcommands: [AuditVerify.self, AuditExport.self]
    )
}

/// Compares the history with its seals.
struct AuditVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compares the history with its seals, and every outcome with its evidence.",
        discussion: """
            Each answer (with its request, attempts and findings) and each event is sealed: a SHA-256 over its \
            content and the seal before it. An edit, a deletion or an insertion made behind the triggers' back \
            shows, and is named. It reads only, one snapshot, and a runner may run meanwhile.

            The chain has no secret: who may write the file can make it anew from any row on, or cut it at its end. \
            So keep the line `keep …` elsewhere, and give it back later: a head that is not in the chain any more \
            shows that.

              quash audit verify
              quash audit verify --head answer:4711:9f2c…,event:90:03ab…

            Not sealed: the rows of job, and of act (but the event of each act is).

            Exit status: 0 intact, 1 something is not as it was written.
            """
    )

    /// At most so many findings are shown; `--json` shows all.
    private static let shown = 50

    @OptionGroup var database: DatabaseOptions
    @Option(help: "A head that was printed before, or several with commas; repeat it for more.")
    var head: [String] = []
    @Flag(name: .long, help: "Print what was found as one object of JSON.")
    var json = false

    func run() throws {
        // The whole line as it was printed will do; an empty one, as of a variable that is not set, will not.
        let kept = try head.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
            .map { text in
                let bare = text.trimmingCharacters(in: .whitespaces)
                guard let head = Head(bare.hasPrefix("keep ") ? bare.dropFirst(5) : bare[...])
                else {
                    throw Refusal(
                        "\"\(text)\" is no head; give it as it was printed: answer:4711:64 digits"
                    )
                }
                return head
            }
        let store = try CancelStore.openReadOnly(database.path)
        let report = try store.read { try Audit($0).run(kept: kept) }
        Terminal.print(json ? AuditJSON(report).text : summary(of: report, kept: kept))
        if !report.isIntact { throw ExitCode(ExitStatus.tampered.rawValue) }
    }

    private func summary(of report: AuditReport, kept: [Head]) -> String {
        var lines: [String] = []
        for finding in report.findings.prefix(Self.shown) {
            lines.append("\(finding.about): \(finding.sentence)")
        }
        let more = report.findings.count - Self.shown
        if more > 0 { lines.append("and \(more) more; --json prints them all") }
        if !lines.isEmpty { lines.append("") }
        for chain in report.chains {
            let head = chain.head
            var line = "\(head.chain.rawValue)s: \(chain.rows) compared with their seals"
            if chain.more > 0 { line += "; \(chain.more) more beside the first are wrong" }
            if chain.unsealed > 0 {
                line +=
                    "; the newest \(chain.unsealed) not sealed yet, which the next turn of a runner does"
            }
            lines.append(line)
        }
        if report.purges > 0 { lines.append("purges: \(report.purges)") }
        for chain in report.chains {
            lines.append("\(chain.head.chain.rawValue) \(chain.head.id) \(chain.head.seal.hex)")
        }
        // What is wrong is not to be taken for right by the next audit.
        if report.isIntact {
            lines.append("keep \(report.chains.map(\.head.text).joined(separator: ","))")
        }
        lines += report.notes
        let seen = kept.count - report.notes.count
        if seen > 0, !report.findings.contains(where: { $0.about == "head" }) {
            lines.append("the \(seen) given heads are in the chain")
        }
        lines.append(report.isIntact ? "intact" : "NOT INTACT")
        return lines.joined(separator: "\n")
    }
}

/// What `audit verify --json` prints; names as in SQL.
private struct AuditJSON: Encodable {
    struct Chain: Encodable {
        let chain: String
        let rows: Int
        let unsealed: Int
        let id: Int64
        let seal: String
    }
    struct Finding: Encodable {
        let about: String
        let sentence: String
    }

    let intact: Bool
    let chains: [Chain]
    let purges: Int
    let heads: String
    let findings: [Finding]

    init(_ report: AuditReport) {
        (intact, purges) = (report.isIntact, report.purges)
        chains = report.chains.map {
            Chain(
                chain: $0.head.chain.rawValue,
                rows: $0.rows,
                unsealed: $0.unsealed,
                id: $0.head.id,
                seal: $0.head.seal.hex
            )
        }
        heads = report.chains.map(\.head.text).joined(separator: ",")
        findings = report.findings.map { Finding(about: $0.about, sentence: $0.sentence) }
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts, flags and whole numbers only: there is nothing in it that could fail to encode.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
