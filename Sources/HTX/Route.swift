package import Cancels

/// Which base URL requests go to, and how long one must wait after they began to go to another.
///
/// A token comes back early by the round trip that is proven on the way to one base URL, and its
/// next request must not be put on a shorter way: both might then arrive within one window. So for
/// one window after a change, or after a late answer by the way before, each request waits as much
/// as a token may have come back early at most. After that every token was answered a whole window
/// ago, or by the new way, on which nothing is proven yet.
package struct Route: Hashable, Sendable {
    private let window: Duration
    private var current: ExchangeURL?
    private var changedAt: BootTime?

    /// Starts on the way that is preferred, which needs no wait.
    package init(_ exchange: ExchangeURL?, window: Duration) {
        current = exchange
        self.window = window
    }

    /// Takes note that a request is about to go to a base URL; tells how long it must wait first.
    package mutating func wait(for exchange: ExchangeURL, at time: BootTime) -> Duration {
        if exchange != current { (current, changedAt) = (exchange, time) }
        guard let changedAt else { return .zero }
        return max(.zero, min(changedAt + window - time, RoundTripFloor.most))
    }

    /// Takes note that a base URL answered.
    package mutating func note(answerFrom exchange: ExchangeURL, at time: BootTime) {
        if exchange != current { changedAt = max(changedAt ?? time, time) }
    }
}
