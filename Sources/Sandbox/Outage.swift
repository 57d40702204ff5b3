/// A way for the whole exchange to be out of order.
///
/// The admin calls go on working in all of them: somebody has to be able to end it.
package enum Outage: String, Sendable, Codable, CaseIterable {
    /// Signed calls answer `{"status":"maintain"}`, and the heartbeat says so (htx-api 0, 6.6).
    case maintain
    /// Every connection that asks for anything is closed without a byte.
    case refuse
    /// HTTP 503 for everything, the heartbeat included.
    case errors
    /// HTTP 503 for signed calls, while the heartbeat shows a healthy exchange.
    case errorsGreen = "errors_green"
    /// No answer to anything until the caller gives up.
    case silent

    /// Whether it strikes the calls that nobody signs, too: time and heartbeat.
    var reachesPublicCalls: Bool {
        switch self {
        case .refuse, .errors, .silent: true
        case .maintain, .errorsGreen: false
        }
    }
}
