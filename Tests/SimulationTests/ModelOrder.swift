/// A trailing order as the exchange's own books have it: the truth that every record is held against.
struct ModelOrder {
    /// Where it stands.
    enum State: Hashable {
        case open
        /// By one of our requests, or by somebody else.
        case cancelled(byRequest: Int64?)
        case fired
        case failed
    }

    /// What becomes of it besides, drawn when it is made.
    enum Nature: Hashable {
        case plain
        /// A request that names it is refused for its input.
        case poison
        /// It is refused for good by a code of its own (1088).
        case permanent
        /// A code that is in no table.
        case unlisted
        /// It is acknowledged as cancelled, and fires in the same instant.
        case firesAfterWord
    }

    let id: String
    let account: String
    /// As the exchange names it.
    let contract: String
    let nature: Nature
    private(set) var state = State.open
    private(set) var changedAt: Int64 = 0
    /// Whether an answer has called it cancelled that was no lie: it fired after it.
    private(set) var wasAcknowledged = false
    /// Times that a list has left it out.
    var omissions = 0

    init(id: String, account: String, contract: String, nature: Nature) {
        (self.id, self.account, self.contract, self.nature) = (id, account, contract, nature)
    }

    /// Ends it, unless it is over.
    mutating func end(as state: State, at time: Int64) {
        guard self.state == .open else { return }
        (self.state, changedAt) = (state, time)
    }

    /// Cancels it for a request, or in its odd nature fires it after saying so.
    mutating func cancel(by request: Int64, at time: Int64) {
        wasAcknowledged = true
        end(as: nature == .firesAfterWord ? .fired : .cancelled(byRequest: request), at: time)
    }

    /// The status code the lists show `lag` after a change (htx-api 6.4).
    func status(at time: Int64, lag: Int64) -> Int {
        guard changedAt + lag <= time else { return 2 }
        return switch state {
        case .open: 2
        case .fired: 4
        case .failed: 5
        case .cancelled: 6
        }
    }

    /// Whether one of our requests has cancelled it.
    var isCancelledByUs: Bool {
        if case .cancelled(.some) = state { true } else { false }
    }

    /// Whether it is cancelled, by whomever.
    var isCancelled: Bool {
        if case .cancelled = state { true } else { false }
    }
}
