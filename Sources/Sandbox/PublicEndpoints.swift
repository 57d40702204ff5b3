import Hummingbird

/// What anybody may ask the exchange, unsigned (htx-api 6.6).
struct PublicEndpoints: Sendable {
    /// Whose clock it is.
    let exchange: Exchange

    /// Adds the endpoints to a router.
    func add(to router: Router<SandboxContext>) {
        router.get("/api/v1/timestamp") { _, _ in
            try Response(json: Time(status: "ok", ts: exchange.now().wallMs))
        }
        router.get("/heartbeat/") { _, _ in
            try Response(json: Heartbeat(status: "ok", data: Beats(), ts: exchange.now().wallMs))
        }
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

    /// The product lines, all alive: faults strike the cancel endpoint only.
    private struct Beats: Encodable {
        let heartbeat = 1
        let swapHeartbeat = 1
        let linearSwapHeartbeat = 1

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
            for key in [CodingKeys.recovery, .swapRecovery, .linearSwapRecovery] {
                try fields.encodeNil(forKey: key)
            }
        }
    }
}
