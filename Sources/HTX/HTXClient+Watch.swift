import Cancels
import NIOCore
import Synchronization

extension HTXClient {
    /// Asks the base URLs that are out whether they are up again, every two seconds until the task
    /// is cancelled.
    ///
    /// One that is up is probed by the next request; a green heartbeat alone does not bring it
    /// back.
    package func watch() async {
        watchers.withLock { $0 += 1 }
        defer { watchers.withLock { $0 -= 1 } }
        while !Task.isCancelled {
            await look()
            do { try await sleep(Self.lookInterval) } catch { return }
        }
    }

    /// How often the heartbeat is asked for: every 2 s.
    private static let lookInterval = Duration.seconds(2)

    /// One look at every base URL whose wait is over, all at once and each with one call.
    private func look() async {
        let time = now().boot
        let due = circuits.withLock { $0.due(at: time) }
        await withTaskGroup { group in
            for exchange in due {
                group.addTask {
                    guard await self.isUp(exchange) else { return }
                    self.noteUp(exchange)
                }
            }
        }
    }

    private func isUp(_ exchange: ExchangeURL) async -> Bool {
        let deadline = NIODeadline.now() + Self.askTimeout
        let answer = await ask(exchange, for: ProtocolV1.heartbeatPath, deadline: deadline)
        guard case .success(let received) = answer, !received.truncated else { return false }
        return ProtocolV1.isUp(status: received.status, body: received.body)
    }

    private func noteUp(_ exchange: ExchangeURL) {
        let time = now().boot
        tell(circuits.withLock { $0.noteUp(exchange, at: time) })
    }

    /// Lets the wait alone decide where nobody watches: a base URL that is out must not stay so for
    /// good.
    func lookWithoutWatch() {
        guard watchers.withLock({ $0 == 0 }) else { return }
        let time = now().boot
        for exchange in circuits.withLock({ $0.due(at: time) }) { noteUp(exchange) }
    }
}
