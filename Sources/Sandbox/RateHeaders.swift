/// The `ratelimit-` headers of one answer (htx-api 4).
package struct RateHeaders: Sendable, Equatable {
    /// `ratelimit-limit`: requests per interval.
    package let limit: Int
    /// `ratelimit-interval`: the interval in milliseconds.
    package let intervalMs: Int64
    /// `ratelimit-remaining`: how many more would be admitted at once.
    package let remaining: Int
    /// `ratelimit-reset`: milliseconds since 1970, although the documentation leaves open what kind
    /// of milliseconds; at zero remaining, no request is admitted before it.
    package let resetMs: Int64

    /// Puts what a limiter said at a moment into the headers' units.
    package init(_ reading: RateWindow.Reading, of window: RateWindow, at moment: Moment) {
        limit = window.limit
        intervalMs = window.spanNs / 1_000_000
        remaining = reading.remaining
        // Rounded up: whoever trusts it to the millisecond must not come too early.
        resetMs = moment.wallMs + (reading.resetInNs + 999_999) / 1_000_000
    }
}
