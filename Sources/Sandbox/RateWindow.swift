/// The exchange's limiter for one account and endpoint: a strict sliding window.
///
/// An arrival is refused when it is at least the (limit + 1)-th within some half-open window of
/// one span, `[t, t + span)`. Refused arrivals count as well, so hammering never recovers: this is
/// the harshest limiter a server could have, and who passes it passes any other that allows bursts
/// (reliability 3.2). It needs only the last `limit` arrivals: a new one overflows a window exactly
/// when the oldest of them is less than one span away.
package struct RateWindow: Sendable {
    /// What one arrival was told, as the `ratelimit-` headers put it.
    package struct Reading: Sendable, Equatable {
        /// Whether the arrival went over the limit.
        package let refused: Bool
        /// How many further arrivals would be admitted at the same instant.
        package let remaining: Int
        /// How long until the oldest arrival that counts leaves the window, in nanoseconds: at zero
        /// remaining, until the next arrival is admitted.
        package let resetInNs: Int64

        /// What one look at the window found.
        package init(refused: Bool, remaining: Int, resetInNs: Int64) {
            self.refused = refused
            self.remaining = remaining
            self.resetInNs = resetInNs
        }
    }

    /// How many arrivals one span admits.
    package private(set) var limit: Int
    /// The length of the window in nanoseconds.
    package private(set) var spanNs: Int64
    /// The last arrivals, oldest first, in nanoseconds on the boot clock.
    private var recent: [Int64] = []
    /// How many are remembered: the highest limit so far, so that raising it forgives nothing.
    private var memory: Int

    /// Makes a window in which nothing has arrived yet.
    package init(limit: Int, spanNs: Int64) {
        precondition(limit > 0 && spanNs > 0, "an unlimited account has no window")
        self.limit = limit
        self.spanNs = spanNs
        memory = limit
    }

    /// Goes on with another limit and span over the same arrivals.
    package mutating func adjust(limit: Int, spanNs: Int64) {
        precondition(limit > 0 && spanNs > 0, "an unlimited account has no window")
        self.limit = limit
        self.spanNs = spanNs
        memory = max(memory, limit)
    }

    /// Counts one arrival; instants must not decrease.
    package mutating func arrive(at ns: Int64) -> Reading {
        let refused = recent.count >= limit && ns - recent[recent.count - limit] < spanNs
        recent.append(ns)
        if recent.count > memory { recent.removeFirst() }
        return reading(at: ns, refused: refused)
    }

    /// Tells how things stand without counting anything.
    package func reading(at ns: Int64, refused: Bool = false) -> Reading {
        let counted = recent.suffix(limit).drop { ns - $0 >= spanNs }
        return Reading(
            refused: refused,
            remaining: limit - counted.count,
            resetInNs: (counted.first ?? ns) + spanNs - ns
        )
    }
}
