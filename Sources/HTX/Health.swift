/// What an exchange's answer, or its silence, tells of the exchange itself.
package enum Health: Hashable, Sendable {
    /// It answered and can be understood, be it with a refusal.
    case answering
    /// It says that it is in maintenance; its words after ours.
    case maintenance(String)
    /// No connection could be made; our words.
    case unreachable(String)
    /// It did not answer, or something before it answered in its place; our words.
    case failing(String)
    /// It answered, and nobody can tell what; our words.
    case unreadable(String)
}

extension ProtocolV1 {
    /// What an answer tells of the exchange.
    ///
    /// A refusal that can be read counts as an answer under any HTTP status, as it does for the
    /// ids: the body is authoritative (htx-api 1.5). A CDN's page in the exchange's place is a
    /// failure of that way to it, which another base URL may not share.
    static func health(status: Int, body: [UInt8], reply: ReplyV1?) -> Health {
        switch reply?.standing {
        case .maintenance: maintenance(reply?.message)
        case .refused where reply?.code == "1431": maintenance(reply?.message)
        case .refused, .contradictory: .answering
        case .ok where (200..<300).contains(status): .answering
        case .ok, .unstated, nil: health(status: status, isPage: isPage(body))
        }
    }

    private static func maintenance(_ message: String?) -> Health {
        .maintenance(message.map { "maintenance: \($0)" } ?? "maintenance")
    }

    private static func health(status: Int, isPage: Bool) -> Health {
        switch status {
        case 429: .answering
        case 403 where isPage: .failing("HTTP 403 with a page instead of JSON")
        case 500..<600: .failing("HTTP \(status)")
        default: .unreadable("HTTP \(status) that cannot be read")
        }
    }
}
