// The limit, as arithmetic.
//
// The exchange counts arrivals: at most N = 5 in any half-open window w = 1 s. An ordinary token bucket
// (burst 5, refill 5/s) lets ten arrive in one second, and any scheme that spaces *sends* is at the mercy
// of jitter. So a token is a permission that comes back only when the exchange can no longer count the
// request it paid for in one window with the next one on the same token:
//
//     send s ≤ arrival a ≤ answer r          a' ≥ s' ≥ r + w ≥ a + w
//
// One token thus never puts two arrivals into one window, and N tokens never put more than N. Since the
// answer also travelled back, and the next request must travel out, the token may come back earlier by a
// *proven* minimum round trip m: it is free at r + w − m + e, where e covers timers and rounded clocks.
//
// m is what the least way out and the least way back add up to. The least round trip ever seen is no less than
// that, and comes close to it only after many samples, so it is worth 0.8 of itself after 500 and nothing
// before; a refusal, and another base URL, make it nothing again. Without m the bound needs no assumption.
//
// A commit takes milliseconds, so a token may be granted a little ahead: its request is on disk when the token comes
// back, and leaves at that instant, not before. Then s is still ≥ r + w, and the disk costs none of the limit.
//
// A request without an answer may arrive as long as anything of it may still be under way, so its token
// stays busy as granted: grant + hold. Nothing repairs that after a crash, and nothing needs to.
//
// This does not hold against a server that counts at completion, or over several gateways with clocks of
// their own; refusals would show it, and `smooth` is for servers that allow no burst.

/// How the tokens of one endpoint are counted out.
package struct BucketPolicy: Hashable, Sendable {
    /// How the limit is spread over the window; the text of `bucket.mode`.
    package enum Mode: String, Sendable, CaseIterable {
        /// N tokens, each busy for a window: the first 50 ids leave at once.
        case window
        /// One token, busy for an N-th of the window: for servers that allow no burst.
        case smooth
    }

    /// Requests per window: 5 (htx-api 4).
    package var limit = 5
    /// The window the exchange counts in: 1 s (htx-api 4).
    package var window: Duration = .seconds(1)
    /// How the limit is spread.
    package var mode: Mode = .window
    /// The longest a COMMIT may take before its grant is void: 2 s.
    ///
    /// The send deadline counts from the return of COMMIT, so without this bound a slow disk could
    /// stretch a grant past its hold.
    package var commitAllowance: Duration = .seconds(2)
    /// The longest from the return of COMMIT to hand-over to the client, 50 ms.
    package var sendDeadline: Duration = .milliseconds(50)
    /// The longest a request may take, connect included: 5 s.
    package var requestTimeout: Duration = .seconds(5)
    /// The longest a request may still arrive after we gave it up: 1 s.
    package var lateAllowance: Duration = .seconds(1)
    /// Added to each return of a token: 2 ms, for timers and for clocks rounded to 1 ms.
    package var margin: Duration = .milliseconds(2)

    package init() {}

    /// The limit of lookups: 24 in any second, so that no three seconds see more than the 72 reads that the
    /// exchange grants an account in three (htx-api 4).
    package static var reads: Self {
        var policy = Self()
        policy.limit = 24
        return policy
    }

    /// The same limit, spread in a given way.
    package func spread(_ mode: Mode) -> Self {
        var policy = self
        policy.mode = mode
        return policy
    }

    /// How many tokens the bucket has.
    package var tokens: Int { mode == .window ? limit : 1 }

    /// How far apart two arrivals on one token must be.
    package var spacing: Duration { mode == .window ? window : window / limit }

    /// How long a token stays busy if nothing is ever heard of its request.
    package var hold: Duration {
        commitAllowance + sendDeadline + requestTimeout + lateAllowance + spacing
    }

    /// Whether a grant may still be used: the COMMIT that wrote it was quick enough, and so was the way from
    /// there to the hand-over.
    ///
    /// The deadline counts from the COMMIT for a grant ahead as well: what a pause may find under way leaves within
    /// it. A process that was paused in between, by a signal or a suspended machine, must not send on an old grant:
    /// its token may be free again.
    package func isFresh(_ granted: BootTime, committedAt: BootTime, now: BootTime) -> Bool {
        now - committedAt <= sendDeadline && committedAt - granted <= commitAllowance
    }

    /// When the token of a request comes back, given when its answer came and the round trip that no
    /// request has ever beaten.
    package func release(answeredAt: BootTime, floor: Duration) -> BootTime {
        answeredAt + (spacing - floor + margin)
    }
}

/// The round trip that no request has beaten lately, as far as it is proven.
///
/// Two periods of five minutes each, so that the floor forgets what is older than ten. It is worth 0.8 of
/// the smallest seen, and nothing before five hundred were seen: crediting too much would break the limit,
/// and with a jitter as wide as the round trip itself few samples prove little.
package struct RoundTripFloor: Hashable, Sendable {
    /// How long one period lasts: 5 min.
    package static let period: Duration = .seconds(300)
    /// How many round trips make a proof: 500, the first 100 s of a busy account.
    package static let proof = 500

    /// No more is ever credited, 400 ms.
    ///
    /// A request that fails over to another base URL waits so long before it is sent there: its token may
    /// have come back early by the round trip that was proven on the other way.
    package static let most: Duration = .milliseconds(400)

    /// The smallest of the running period.
    package var smallest: Duration?
    /// The smallest of the period before.
    package var earlier: Duration?
    /// Round trips seen in the running period.
    package var seen: Int
    /// Round trips seen in the period before.
    package var seenEarlier: Int
    /// When the running period began.
    package var since: BootTime

    /// A floor that knows nothing.
    package init(since: BootTime) {
        self.init(smallest: nil, earlier: nil, seen: 0, seenEarlier: 0, since: since)
    }

    package init(
        smallest: Duration?,
        earlier: Duration?,
        seen: Int,
        seenEarlier: Int,
        since: BootTime
    ) {
        self.smallest = smallest
        self.earlier = earlier
        self.seen = seen
        self.seenEarlier = seenEarlier
        self.since = since
    }

    /// Takes note of one round trip that ended at `time`.
    package mutating func note(_ roundTrip: Duration, at time: BootTime) {
        if time - since >= Self.period * 2 || time < since {
            self = Self(since: time)
        } else if time - since >= Self.period {
            (earlier, smallest, since) = (smallest, nil, since + Self.period)
            (seenEarlier, seen) = (seen, 0)
        }
        smallest = min(smallest ?? roundTrip, roundTrip)
        seen += 1
    }

    /// What may be credited: zero until proven.
    package var proven: Duration {
        guard seen + seenEarlier >= Self.proof,
            let least = [smallest, earlier].compactMap(\.self).min()
        else {
            return .zero
        }
        return min(least * 4 / 5, Self.most)
    }
}
