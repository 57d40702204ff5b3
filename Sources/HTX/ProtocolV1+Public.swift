extension ProtocolV1 {
    /// The exchange's clock as its public time tells it, in milliseconds (htx-api 6.6); nil where
    /// the answer is anything else.
    package static func time(status: Int, body: [UInt8]) -> Int64? {
        guard status == 200, let reply = ReplyV1(body), reply.standing == .ok else { return nil }
        return reply.serverTime
    }

    /// Whether a heartbeat says that trading by this interface is up (htx-api 6.6).
    ///
    /// A server that has no heartbeat, and says 404 or something else under 200, is taken as up: it
    /// was reached, and a probe will tell. One that says it is down is believed.
    package static func isUp(status: Int, body: [UInt8]) -> Bool {
        switch status {
        case 404: true
        case 200:
            JSON(body)?["data"]?["linear_swap_heartbeat"].map { $0.scalar == "1" } ?? true
        default: false
        }
    }
}
