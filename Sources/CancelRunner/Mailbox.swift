import Cancels
import Synchronization

/// Where the tasks that send leave their answers, and where the loop waits for something to do.
///
/// One reader. What is posted stays until it is taken, so nothing posted between two waits is missed.
final class Mailbox: Sendable {
    /// What has been posted since it was taken last.
    struct Contents: Sendable {
        var answers: [Answer] = []
        /// Whether a graceful stop was asked for; it stays set.
        var isDraining = false
        fileprivate var isRung = false
    }

    private struct State: Sendable {
        var contents = Contents()
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Leaves an answer.
    func post(_ answer: Answer) {
        ring { $0.answers.append(answer) }
    }

    /// Asks for a graceful stop.
    func drain() {
        ring { $0.isDraining = true }
    }

    /// Takes what is there.
    func take() -> Contents {
        state.withLock { state in
            defer {
                state.contents.answers = []
                state.contents.isRung = false
            }
            return state.contents
        }
    }

    /// Whether something was posted that has not been taken.
    var isRung: Bool { state.withLock(\.contents.isRung) }

    /// Waits until something is posted, or until `sleep` returns.
    ///
    /// - Parameter sleep: Returns when it is time, or early when its task is cancelled.
    func wait(orUntil sleep: @escaping @Sendable () async -> Void) async {
        guard !isRung else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await sleep() }
            group.addTask { await self.posted() }
            await group.next()
            group.cancelAll()
        }
    }

    private func posted() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.contents.isRung || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }

    private func ring(_ change: (inout Contents) -> Void) {
        let waiter = state.withLock { state in
            change(&state.contents)
            state.contents.isRung = true
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
