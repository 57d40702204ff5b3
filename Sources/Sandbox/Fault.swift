/// One thing that goes wrong with one request.
///
/// Its text form is what the admin calls, the arrivals and the log speak: snake case words,
/// `err_code:1004` for a refusal with a code, and `outage:silent` for what an outage does.
package enum Fault: Sendable, Hashable {
    /// Nothing goes wrong; in a script, lets a request pass.
    case none
    /// The connection closes without a byte; nothing was processed.
    case dropBefore
    /// The request is processed, then the connection closes without a byte.
    case dropAfter
    /// No answer ever comes; nothing was processed.
    case hangBefore
    /// The request is processed, but no answer ever comes.
    case hangAfter
    /// HTTP 502 from some gateway; nothing was processed.
    case serverErrorBefore
    /// The request is processed, but HTTP 502 comes back.
    case serverErrorAfter
    /// HTTP 403 with a page of the content network; nothing was processed (htx-api 1.5).
    case htmlBefore
    /// The request is processed, but HTTP 200 with a page comes back.
    case htmlAfter
    /// The request is processed, but the JSON of the answer breaks off half way.
    case truncated
    /// The request is processed, but the answer leaves one id out.
    case missingID
    /// The request is processed, but one id stands in both lists, as "cancelling" and as a success,
    /// which the real exchange documents for a sibling call (htx-api 0).
    case bothLists
    /// The request is processed, but the successes name an id that nobody asked for.
    case strangerID
    /// The request is processed, but ids in `errors` are JSON numbers.
    case numericIDs
    /// `{"status":"maintain"}`; nothing was processed (htx-api 0).
    case maintenance
    /// HTTP 429 with an empty body, as attested for the spot host (htx-api 2.5); nothing was
    /// processed.
    case tooManyRequests
    /// The request is refused with this code; nothing was processed.
    case errCode(Int)
    /// The exchange is out of order; nothing was processed.
    case outage(Outage)

    /// Whether the request still reaches the orders.
    package var letsProcess: Bool {
        switch self {
        case .none, .dropAfter, .hangAfter, .serverErrorAfter, .htmlAfter, .truncated, .missingID,
            .bothLists, .strangerID, .numericIDs:
            true
        case .dropBefore, .hangBefore, .serverErrorBefore, .htmlBefore, .maintenance,
            .tooManyRequests, .errCode, .outage:
            false
        }
    }

    /// What is left of it at a list, which has no ids to leave out or to put in twice.
    var atList: Fault {
        switch self {
        case .missingID, .bothLists, .strangerID, .numericIDs: .none
        default: self
        }
    }
}

extension Fault: RawRepresentable, Codable, CodingKeyRepresentable {
    /// Every fault that is a word of its own.
    package static let all: [Fault] = [
        .none, .dropBefore, .dropAfter, .hangBefore, .hangAfter, .serverErrorBefore,
        .serverErrorAfter, .htmlBefore, .htmlAfter, .truncated, .missingID, .bothLists,
        .strangerID, .numericIDs, .maintenance, .tooManyRequests,
    ]

    private static let codePrefix = "err_code:"
    private static let outagePrefix = "outage:"

    /// The text form, by which faults are also compared and hashed.
    package var rawValue: String {
        switch self {
        case .none: "none"
        case .dropBefore: "drop_before"
        case .dropAfter: "drop_after"
        case .hangBefore: "hang_before"
        case .hangAfter: "hang_after"
        case .serverErrorBefore: "server_error_before"
        case .serverErrorAfter: "server_error_after"
        case .htmlBefore: "html_before"
        case .htmlAfter: "html_after"
        case .truncated: "truncated"
        case .missingID: "missing_id"
        case .bothLists: "both_lists"
        case .strangerID: "stranger_id"
        case .numericIDs: "numeric_ids"
        case .maintenance: "maintenance"
        case .tooManyRequests: "too_many_requests"
        case .errCode(let code): Self.codePrefix + String(code)
        case .outage(let outage): Self.outagePrefix + outage.rawValue
        }
    }

    /// Reads the text form; nil where it is none.
    package init?(rawValue: String) {
        if let fault = Self.all.first(where: { $0.rawValue == rawValue }) {
            self = fault
        } else if rawValue.hasPrefix(Self.codePrefix),
            let code = Int(rawValue.dropFirst(Self.codePrefix.count))
        {
            self = .errCode(code)
        } else if rawValue.hasPrefix(Self.outagePrefix),
            let outage = Outage(rawValue: String(rawValue.dropFirst(Self.outagePrefix.count)))
        {
            self = .outage(outage)
        } else {
            return nil
        }
    }
}
