import CancelStore
import Cancels
import Foundation

/// What `reconcile` shows: counts, and what does not agree id by id, differences first.
struct ReconcileView {
    /// At most so many ids are shown one by one; `--json` shows all.
    private static let shown = 200

    private struct Kind: Hashable, Comparable {
        let agreement: Agreement
        let recorded: String
        let found: String

        static func < (left: Self, right: Self) -> Bool {
            let order = Agreement.allCases
            let ranks = (
                order.firstIndex(of: left.agreement), order.firstIndex(of: right.agreement)
            )
            guard ranks.0 == ranks.1 else { return ranks.0 ?? 0 < ranks.1 ?? 0 }
            return (left.recorded, left.found) < (right.recorded, right.found)
        }
    }

    private var counts: [Kind: Int] = [:]
    private var ids: [Agreement: [Comparison]] = [:]
    private let isJSON: Bool

    /// Reads the findings; with `json` every one is printed at once.
    init(_ report: Report, scans: [Int64], json: Bool) throws {
        isJSON = json
        for scan in scans {
            try report.compare(scan: scan) { note($0) }
        }
    }

    private mutating func note(_ comparison: Comparison) {
        let agreement = comparison.agreement
        if isJSON { Terminal.print(JSONLine(comparison).text) }
        counts[
            Kind(
                agreement: agreement,
                recorded: Self.recorded(comparison),
                found: comparison.found?.rawValue ?? "not read"
            ),
            default: 0
        ] += 1
        guard agreement != .agrees, ids[agreement, default: []].count < Self.shown else { return }
        ids[agreement, default: []].append(comparison)
    }

    /// The status to end with: 3 where some differ, 4 where some are unproven.
    var status: ExitStatus {
        let agreements = Set(counts.keys.map(\.agreement))
        if agreements.contains(.differs) { return .failures }
        return agreements.contains(.unproven) ? .unfinished : .done
    }

    /// The counts, and the ids that do not agree; of JSON lines nothing remains to be said.
    var summary: String {
        if isJSON { return "" }
        guard !counts.isEmpty else { return "nothing is recorded there that could be compared" }
        let total = counts.values.reduce(0, +)
        let agreeing = counts.filter { $0.key.agreement == .agrees }.values.reduce(0, +)
        var parts = ["\(total) ids compared; \(agreeing) agree"]
        parts.append(
            Table(
                ["", "recorded", "the exchange says", "ids"],
                counts.sorted { $0.key < $1.key }.map { kind, count in
                    [kind.agreement.rawValue, kind.recorded, kind.found, "\(count)"]
                }
            ).description
        )
        for agreement in [Agreement.differs, .unproven] {
            guard let listed = ids[agreement], !listed.isEmpty else { continue }
            parts.append(Self.table(listed, agreement))
        }
        return parts.joined(separator: "\n\n")
    }

    private static func table(_ listed: [Comparison], _ agreement: Agreement) -> String {
        Table(
            [agreement.rawValue, "job", "account", "contract", "recorded", "the exchange says"],
            listed.map {
                let child = $0.relationOrderID.map { " as \($0)" } ?? ""
                return [
                    $0.orderID, "\($0.jobID)", $0.account, $0.contract, recorded($0),
                    ($0.found?.rawValue ?? "not read") + child,
                ]
            }
        ).description
    }

    private static func recorded(_ comparison: Comparison) -> String {
        [comparison.state.rawValue, comparison.reason?.rawValue].compactMap(\.self)
            .joined(separator: " ")
    }
}

/// One id as a line of JSON; names as in SQL.
private struct JSONLine: Encodable {
    var agreement: String
    var account: String
    var contract: String
    var job_id: Int64
    var order_id: String
    var state: String
    var `class`: String?
    var found: String?
    var relation_order_id: String?
    var err_code: String?
    var err_msg: String?

    init(_ comparison: Comparison) {
        agreement = comparison.agreement.rawValue
        (account, contract) = (comparison.account, comparison.contract)
        (job_id, order_id) = (comparison.jobID, comparison.orderID)
        (state, `class`) = (comparison.state.rawValue, comparison.reason?.rawValue)
        (found, relation_order_id) = (comparison.found?.rawValue, comparison.relationOrderID)
        (err_code, err_msg) = (comparison.code, comparison.message)
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and whole numbers only: there is nothing in it that could fail to encode.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
