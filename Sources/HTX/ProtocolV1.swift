package import Cancels

/// The documented v1 protocol as one piece (htx-api 2): where a request goes, what it carries, and how its
/// answer is read.
///
/// The reading is in `ProtocolV1+Reading.swift` and `ReplyV1.swift`. Nothing else knows any of it, so that
/// V5 (htx-api 7) can take its place.
package enum ProtocolV1 {
    /// Where public time is asked for (htx-api 1.1): harmless, so it serves to open connections.
    package static let timePath = "/api/v1/timestamp"

    /// The path of an endpoint.
    package static func path(of endpoint: Endpoint) -> String {
        switch endpoint {
        case .cancel: "/linear-swap-api/v1/swap_cross_track_cancel"
        }
    }

    /// The JSON body of a cancel request (htx-api 2.1): the contract, and the ids as one string with commas
    /// and no spaces, never as numbers.
    package static func body(for request: Request) -> String {
        let contract =
            switch request.target.contract {
            case .code(let code): [("contract_code", code)]
            case .pair(let pair, let type): [("pair", pair), ("contract_type", type.rawValue)]
            }
        let ids = request.orderIDs.map(\.text).joined(separator: ",")
        let members = (contract + [("order_id", ids)]).map { "\(quoted($0.0)):\(quoted($0.1))" }
        return "{\(members.joined(separator: ","))}"
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
