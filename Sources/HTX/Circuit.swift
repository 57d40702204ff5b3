package import Cancels

/// Whether requests go to one base URL: the circuit breaker of it, as a value.
///
///        unreachable or in maintenance at once, failing five times in a row
///     closed ───────────────────────────────────────────────────────────▶ open
///       ▲                                                                 ▲ │
///       │ an answer                             no answer: it waits again │ │ it has waited,
///       └───────────────────────────── half-open ─────────────────────────┘ │ and is up again
///                                         ▲─────────────────────────────────┘
///
/// While it is open nothing goes there, and half-open admits one request at a time. What comes back
/// is noted under the permit it went out with: the fate of a request from before the last change
/// proves nothing about what came after it.
package struct Circuit: Hashable, Sendable {
    /// The three states.
    package enum State: Hashable, Sendable {
        /// All requests go there; failures in a row so far.
        case closed(strikes: Int)
        /// None goes there before this instant, nor until the exchange is up again.
        case open(until: BootTime)
        /// One request may go there, and is or is not out.
        case halfOpen(isProbing: Bool)
    }

    /// The leave to send one request, valid until the circuit changes its state.
    package struct Permit: Hashable, Sendable {
        fileprivate let generation: Int
    }

    /// What holds now.
    package private(set) var state = State.closed(strikes: 0)
    /// Why it is not closed; empty while it is.
    package private(set) var reason = ""
    private var generation = 0
    private var openedAt: BootTime?
    private var setbacks = 0

    /// Failures in a row that open it: 5, what one account may have out at once.
    ///
    /// A line that loses three answers in ten must not look like an outage.
    private static let strikeLimit = 5
    /// The wait before a probe: 1 s, doubling with each that fails, to 10 s.
    private static func wait(after setbacks: Int) -> Duration {
        .seconds(min(1 << min(setbacks, 4), 10))
    }

    /// Starts closed.
    package init() {}

    /// Whether one more request may go there now.
    package var admits: Bool {
        switch state {
        case .closed: true
        case .open: false
        case .halfOpen(let isProbing): !isProbing
        }
    }

    /// Whether it is open and its wait is over, so that it is time to ask whether the exchange is
    /// up.
    package func isDue(at time: BootTime) -> Bool {
        if case .open(let until) = state { time >= until } else { false }
    }

    /// Takes the leave for one request; nil where none may go there.
    package mutating func admit() -> Permit? {
        guard admits else { return nil }
        if case .halfOpen = state { state = .halfOpen(isProbing: true) }
        return Permit(generation: generation)
    }

    /// Gives a permit back under which nothing was sent, or nothing was learnt.
    package mutating func release(_ permit: Permit) {
        guard permit.generation == generation, case .halfOpen = state else { return }
        state = .halfOpen(isProbing: false)
    }

    /// Takes note of what became of a request.
    ///
    /// - Returns: The change it makes, if any.
    package mutating func note(
        _ health: Health,
        of permit: Permit,
        at time: BootTime
    ) -> ExchangeNews.Change? {
        guard permit.generation == generation else { return nil }
        switch (state, health) {
        case (.open, _): return nil
        case (.closed, .answering):
            state = .closed(strikes: 0)
            return nil
        case (.closed, .unreadable): return nil
        case (.closed(let strikes), .failing(let words)):
            guard strikes + 1 >= Self.strikeLimit else {
                state = .closed(strikes: strikes + 1)
                return nil
            }
            return open(for: words, at: time)
        case (.halfOpen, .answering): return close(at: time)
        case (.closed, .unreachable(let words)), (.closed, .maintenance(let words)),
            (.halfOpen, .unreachable(let words)), (.halfOpen, .maintenance(let words)),
            (.halfOpen, .failing(let words)), (.halfOpen, .unreadable(let words)):
            return open(for: words, at: time)
        }
    }

    /// Takes note that the exchange says it is up.
    ///
    /// - Returns: The change it makes, if any: none while the wait is not over.
    package mutating func noteUp(at time: BootTime) -> ExchangeNews.Change? {
        guard isDue(at: time) else { return nil }
        generation += 1
        state = .halfOpen(isProbing: false)
        return .halfOpen
    }

    private mutating func open(for words: String, at time: BootTime) -> ExchangeNews.Change {
        generation += 1
        openedAt = openedAt ?? time
        reason = words
        state = .open(until: time + Self.wait(after: setbacks))
        setbacks += 1
        return .opened(reason: words)
    }

    private mutating func close(at time: BootTime) -> ExchangeNews.Change {
        let outage = openedAt.map { time - $0 } ?? .zero
        let next = generation + 1
        self = Self()
        generation = next
        return .closed(after: outage)
    }
}
