import Cancels
import Synchronization

/// Where the tasks that send leave their answers for the loop.
///
/// What is posted stays until it is taken, and every post rings the doorbell, so nothing that is posted
/// between two waits is missed.
final class Mailbox: Sendable {
    /// What has been posted since it was taken last.
    struct Contents: Sendable {
        var answers: [Answer] = []
        /// Whether a graceful stop was asked for; it stays set.
        var isDraining = false
        fileprivate var isFresh = false
    }

    private let contents = Mutex(Contents())
    private let ring: @Sendable () -> Void

    init(ring: @escaping @Sendable () -> Void) { self.ring = ring }

    /// Whether something was posted that has not been taken.
    var isFresh: Bool { contents.withLock(\.isFresh) }

    /// Leaves an answer.
    func post(_ answer: Answer) {
        leave { $0.answers.append(answer) }
    }

    /// Asks for a graceful stop.
    func drain() {
        leave { $0.isDraining = true }
    }

    /// Takes what is there.
    func take() -> Contents {
        contents.withLock { contents in
            defer {
                contents.answers = []
                contents.isFresh = false
            }
            return contents
        }
    }

    private func leave(_ change: (inout Contents) -> Void) {
        contents.withLock { contents in
            change(&contents)
            contents.isFresh = true
        }
        ring()
    }
}
