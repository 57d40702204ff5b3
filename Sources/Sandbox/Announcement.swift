import Synchronization

/// A result that comes once and that any number of tasks may wait for, before or after.
///
/// The tests, the demo and the server meet here instead of polling a port.
package final class Announcement<Value: Sendable>: Sendable {
    private enum State {
        case waiting([Int: CheckedContinuation<Value, any Error>])
        case made(Result<Value, any Error>)
    }

    private struct Waiting {
        var state: State = .waiting([:])
        var nextTicket = 0
    }

    private let waiting = Mutex(Waiting())

    /// Nothing is announced yet.
    package init() {}

    /// Makes the result known; only the first call counts.
    package func make(_ result: Result<Value, any Error>) {
        let waiters = waiting.withLock { waiting -> [CheckedContinuation<Value, any Error>] in
            guard case .waiting(let waiters) = waiting.state else { return [] }
            waiting.state = .made(result)
            return Array(waiters.values)
        }
        for waiter in waiters { waiter.resume(with: result) }
    }

    /// The result, as soon as there is one.
    ///
    /// - Throws: the announced failure, or `CancellationError` where the waiting task is cancelled.
    package var value: Value {
        get async throws {
            let ticket = waiting.withLock { waiting in
                waiting.nextTicket += 1
                return waiting.nextTicket
            }
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { enroll($0, as: ticket) }
            } onCancel: {
                leave(ticket)
            }
        }
    }

    private func enroll(_ waiter: CheckedContinuation<Value, any Error>, as ticket: Int) {
        let result = waiting.withLock { waiting -> Result<Value, any Error>? in
            switch waiting.state {
            case .made(let result): return result
            // Cancelled before it could enroll: the handler found nobody to wake.
            case .waiting where Task.isCancelled: return .failure(CancellationError())
            case .waiting(var waiters):
                waiters[ticket] = waiter
                waiting.state = .waiting(waiters)
                return nil
            }
        }
        if let result { waiter.resume(with: result) }
    }

    private func leave(_ ticket: Int) {
        let waiter = waiting.withLock { waiting -> CheckedContinuation<Value, any Error>? in
            guard case .waiting(var waiters) = waiting.state else { return nil }
            let waiter = waiters.removeValue(forKey: ticket)
            waiting.state = .waiting(waiters)
            return waiter
        }
        waiter?.resume(throwing: CancellationError())
    }
}
