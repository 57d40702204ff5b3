/// How often and how soon an id is sent again.
package struct AttemptPolicy: Hashable, Sendable {
    /// Counted attempts after which an id is not sent again: 5.
    package var attemptLimit = 5
    /// Waits in a row that count no attempt after which an id in progress is looked up: 20, about
    /// seven minutes.
    package var waitLimit = 20
    /// The first back-off: 1 s.
    ///
    /// The next ones double: 1 s, 2 s, 4 s, 8 s; 15 s in all for five attempts.
    package var firstDelay: Duration = .seconds(1)
    /// The longest back-off, 30 s.
    package var longestDelay: Duration = .seconds(30)

    package init() {}

    /// The wait after one more setback than `earlier`, spread by up to a quarter so that ids which
    /// failed together do not all come back together.
    ///
    /// The spread is a hash of the cancel and its count: the turn has no randomness of its own, and
    /// the same seed must give the same run.
    package func backoff(after earlier: Int, of cancelID: Int64) -> Duration {
        let doublings = min(max(earlier, 0), 30)
        let delay = min(firstDelay * (1 << doublings), longestDelay)
        let spread = mix(UInt64(bitPattern: cancelID) &+ UInt64(doublings)) % 256
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
