import ArgumentParser
import Foundation
import HTX

/// Prints what the exchange's error codes mean here.
struct Codes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what the exchange's error codes mean, and what follows for an id.",
        discussion:
            "A code without a row is looked up, never repeated blindly, and told of in `event`."
    )

    @Flag(name: .long, help: "Print JSON, for other tools.")
    var json = false

    @Argument(help: "Codes; all that are known unless given.")
    var codes: [String] = []

    func run() throws {
        let rows = codes.isEmpty ? CodeTable.rows : codes.compactMap { CodeTable.row(for: $0) }
        for code in codes where CodeTable.row(for: code) == nil {
            Terminal.say("code \(code) is in no table; an id with it is looked up")
        }
        Terminal.print(json ? try Self.json(rows) : Self.text(rows))
    }

    private static func text(_ rows: [CodeRow]) -> String {
        let table = Table(
            ["code", "class", "meaning", "source"],
            rows.map { [$0.code, $0.meaningClass.rawValue, $0.meaning, "htx-api \($0.section)"] }
        )
        let classes = CodeRow.Class.allCases.filter { known in
            rows.contains { $0.meaningClass == known }
        }
        return table.description + "\n"
            + classes.map { "\($0.rawValue): \($0.policy)" }.joined(separator: "\n")
    }

    private struct Row: Encodable {
        var code: String
        var `class`: String
        var meaning: String
        var policy: String
        var source: String
    }

    private static func json(_ rows: [CodeRow]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let rows = rows.map {
            Row(
                code: $0.code,
                class: $0.meaningClass.rawValue,
                meaning: $0.meaning,
                policy: $0.meaningClass.policy,
                source: "htx-api \($0.section)"
            )
        }
        return String(decoding: try encoder.encode(rows), as: UTF8.self)
    }
}
