/// How often and how soon an id is sent again, by the class of what came back; the policy of each class
/// of the error table, as data.
package struct AttemptPolicy: Hashable, Sendable {
    /// Counted attempts after which an id is not sent again before something is known: 5.
    package var attemptLimit = 5
    /// Counted attempts after which an id that lookups still find live is given up: 10.
    package var lastAttempt = 10
    /// Waits in a row that count no attempt after which an id in progress is looked up: 20, about
    /// seven minutes.
    package var waitLimit = 20
    /// The waits after transient, unknown and in-progress outcomes: 1 s, doubling to 30 s; 15 s in all for
    /// five attempts.
    package var again = Backoff(first: .seconds(1), longest: .seconds(30))
    /// The waits while a contract is not trading, 10 s, doubling to 60 s: settlement takes minutes, and comes
    /// every few hours (htx-api 3.1).
    package var suspended = Backoff(first: .seconds(10), longest: .seconds(60))
    /// Waits in a row after which an id of a contract that is not trading is given up: 240, four hours.
    package var suspensionLimit = 240
    /// How long the rest of a refused request waits at most for the word on its first half, 30 s.
    package var splitWait: Duration = .seconds(30)

    package init() {}
}

/// Waits that double.
package struct Backoff: Hashable, Sendable {
    /// The first wait.
    package var first: Duration
    /// The longest.
    package var longest: Duration

    package init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The wait after one more setback than `earlier`, spread by up to a quarter so that ids which
    /// failed together do not all come back together.
    ///
    /// The spread is a hash of the row and its count: the turn has no randomness of its own, and
    /// the same seed must give the same run.
    package func delay(after earlier: Int, of row: Int64) -> Duration {
        let doublings = min(max(earlier, 0), 30)
        let delay = min(first * (1 << doublings), longest)
        let spread = mix(UInt64(bitPattern: row) &+ UInt64(doublings)) % 256
        return delay + delay * Int(spread) / 1024
    }

    /// The finaliser of SplitMix64: every bit of the result depends on every bit of `value`.
    private func mix(_ value: UInt64) -> UInt64 {
        var bits = value &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
