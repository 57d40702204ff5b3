package import Cancels

/// The documented v1 protocol as one piece (htx-api 2, 6): where a request goes, what it carries,
/// and how its answer is read.
///
/// The reading is in `ProtocolV1+Reading.swift`, `ReplyV1.swift`, `ListsV1.swift` and
/// `PageV1.swift`. Nothing else knows any of it, so that V5 (htx-api 7) can take its place.
package enum ProtocolV1 {
    /// Where public time is asked for (htx-api 1.1): harmless, so it serves to open connections.
    package static let timePath = "/api/v1/timestamp"

    /// Where an exchange tells whether it is up, also during maintenance (htx-api 6.6).
    package static let heartbeatPath = "/heartbeat/"

    /// The most orders a page of a list may have: 50 (htx-api 6.1).
    package static let pageSize = 50

    /// The path of a call (htx-api 2.1, 6.1, 6.2).
    package static func path(of call: Call) -> String {
        switch call {
        case .cancel: "/linear-swap-api/v1/swap_cross_track_cancel"
        case .lookup(.open, page: _): "/linear-swap-api/v1/swap_cross_track_openorders"
        case .lookup(.history, page: _): "/linear-swap-api/v1/swap_cross_track_hisorders"
        }
    }

    /// The JSON body of a request: the contract, and what its call asks for.
    package static func body(for request: Request) -> String {
        let contract = request.target.contract
        let members =
            switch request.call {
            case .cancel(let ids): cancelMembers(ids, contract)
            case .lookup(.open, let page): listMembers(contract) + pageMembers(page)
            case .lookup(.history, let page):
                listMembers(contract) + historyMembers + pageMembers(page)
            }
        return "{\(members.map { "\(quoted($0)):\($1)" }.joined(separator: ","))}"
    }

    /// A name, and its value as JSON.
    private typealias Member = (String, String)

    /// The ids go as one string with commas and no spaces, never as numbers (htx-api 2.1).
    private static func cancelMembers(_ ids: [OrderID], _ contract: ContractSelector) -> [Member] {
        let list = quoted(ids.map(\.text).joined(separator: ","))
        return switch contract {
        case .code(let code): [("contract_code", quoted(code)), ("order_id", list)]
        case .pair(let pair, let type):
            [
                ("pair", quoted(pair)), ("contract_type", quoted(type.rawValue)),
                ("order_id", list),
            ]
        }
    }

    /// A list knows no `contract_type`: it shows all periods of a pair, and the asker looks for its
    /// ids.
    ///
    /// A `trade_type` of 0 is every kind.
    private static func listMembers(_ contract: ContractSelector) -> [Member] {
        let name: Member =
            switch contract {
            case .code(let code): ("contract_code", quoted(code))
            case .pair(let pair, _): ("pair", quoted(pair))
            }
        return [name, ("trade_type", "0")]
    }

    /// Every terminal state of the last 90 days, the last changed first.
    ///
    /// `status` is a string because it is typed so, as a list with commas, though the official
    /// sample sends a number (htx-api 6.2).
    private static let historyMembers: [Member] = [
        ("status", quoted("0")), ("create_date", "90"), ("sort_by", quoted("update_time")),
    ]

    private static func pageMembers(_ page: Int) -> [Member] {
        [("page_index", String(page)), ("page_size", String(pageSize))]
    }

    /// A JSON string, where quotes, backslashes and control characters need an escape (RFC 8259).
    ///
    /// All else goes as UTF-8. By hand, because the encoders throw and this cannot fail.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
