import Hummingbird

/// What anybody may ask the exchange, unsigned (htx-api 6.6).
struct PublicEndpoints: Sendable {
    /// Whose clock and health it is.
    let exchange: Exchange
    /// How answers go out.
    let line: Line

    /// How far off the end of a maintenance is said to be that was injected without one.
    private static let guessMs: Int64 = 60_000

    /// Adds the endpoints to a router.
    func add(to router: Router<SandboxContext>) {
        router.get("/api/v1/timestamp") { _, context in
            try await unlessOut(context) {
                try Response(json: Time(status: "ok", ts: exchange.wallMs))
            }
        }
        router.get("/heartbeat/") { _, context in
            try await unlessOut(context) { try Response(json: heartbeat()) }
        }
    }

    /// Answers, unless an outage reaches this far.
    private func unlessOut(
        _ context: SandboxContext,
        _ answer: () throws -> Response
    ) async throws -> Response {
        guard let outage = exchange.outage, outage.reachesPublicCalls else { return try answer() }
        return try await line.deliver(Reply(outage), to: context)
    }

    private func heartbeat() -> Heartbeat {
        let ts = exchange.wallMs
        var beats = Beats()
        if exchange.outage == .maintain {
            beats.linearSwapHeartbeat = 0
            beats.linearSwapRecovery = exchange.outageEndMs ?? ts + Self.guessMs
        }
        return Heartbeat(status: "ok", data: beats, ts: ts)
    }

    private struct Time: Encodable {
        let status: String
        let ts: Int64
    }

    private struct Heartbeat: Encodable {
        let status: String
        let data: Beats
        let ts: Int64
    }

    /// The product lines; only the one the sandbox plays is ever down.
    private struct Beats: Encodable {
        let heartbeat = 1
        let swapHeartbeat = 1
        var linearSwapHeartbeat = 1
        var linearSwapRecovery: Int64?

        private enum CodingKeys: String, CodingKey {
            case heartbeat
            case swapHeartbeat = "swap_heartbeat"
            case linearSwapHeartbeat = "linear_swap_heartbeat"
            case recovery = "estimated_recovery_time"
            case swapRecovery = "swap_estimated_recovery_time"
            case linearSwapRecovery = "linear_swap_estimated_recovery_time"
        }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(heartbeat, forKey: .heartbeat)
            try fields.encode(swapHeartbeat, forKey: .swapHeartbeat)
            try fields.encode(linearSwapHeartbeat, forKey: .linearSwapHeartbeat)
            try fields.encodeNil(forKey: .recovery)
            try fields.encodeNil(forKey: .swapRecovery)
            try fields.encode(linearSwapRecovery, forKey: .linearSwapRecovery)
        }
    }
}
