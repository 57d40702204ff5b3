package import Cancels
import GRDB

/// The tokens of one account and endpoint as a whole; a row of `bucket`.
package struct Bucket: Hashable, Sendable {
    package let account: String
    package let endpoint: Endpoint
    /// How the limit is spread, for every runner alike.
    package let mode: BucketPolicy.Mode
    /// No token is taken before this instant.
    package var heldUntil: BootTime
    /// Notices in a row that held it.
    package var troubles: Int
    /// The base URL that answered last: a round trip is proven for one way only.
    package var exchange: String?
    /// The round trip that none has beaten.
    package var floor: RoundTripFloor
    /// The limit that the exchange states, where it is stricter than ours.
    package var stated: StatedLimit?
    /// What is seen of other tools on the account.
    package var foreign: ForeignUse
}

/// A token that no request holds.
package struct IdleToken: Hashable, Sendable {
    package let slot: Int
    package let busyUntil: BootTime
}

extension Ledger {
    /// Makes sure that an account has its tokens, shaped as the policy says.
    ///
    /// A new bucket starts free. One whose shape changes starts over with one full hold, since what went
    /// out under the old shape was spaced by other rules.
    package func ensureBucket(
        account: String,
        endpoint: Endpoint,
        policy: BucketPolicy,
        now: Now
    ) throws {
        let shape = (policy.mode.rawValue, policy.tokens)
        let key = [account, endpoint.rawValue]
        guard let row = try row(.bucket, key) else {
            try run(
                .insertBucket,
                [account, endpoint.rawValue, shape.0, shape.1, now.boot.nanoseconds]
            )
            for slot in 0..<policy.tokens {
                try run(.insertToken, [account, endpoint.rawValue, slot, 0])
            }
            return
        }
        guard (row["mode"], row["tokens"]) != shape else { return }
        let free = (now.boot + policy.hold).nanoseconds
        try run(.reshapeBucket, [shape.0, shape.1, free, account, endpoint.rawValue])
        try run(.delayTokens, [free, account, endpoint.rawValue])
        let present: Int = try value(.tokenCount, key) ?? 0
        for slot in present..<max(present, policy.tokens) {
            try run(.insertToken, [account, endpoint.rawValue, slot, free])
        }
    }

    /// The bucket of an account and endpoint; nil before `ensureBucket`.
    package func bucket(account: String, endpoint: Endpoint) throws -> Bucket? {
        guard let row = try row(.bucket, [account, endpoint.rawValue]) else { return nil }
        let smallest: Int64? = row["floor_smallest_ns"]
        let earlier: Int64? = row["floor_earlier_ns"]
        return Bucket(
            account: account,
            endpoint: endpoint,
            mode: try known(BucketPolicy.Mode(rawValue: row["mode"]), row["mode"]),
            heldUntil: BootTime(nanoseconds: row["held_until_ns"]),
            troubles: row["troubles"],
            exchange: row["exchange"],
            floor: RoundTripFloor(
                smallest: smallest.map { .nanoseconds($0) },
                earlier: earlier.map { .nanoseconds($0) },
                seen: row["floor_seen"],
                seenEarlier: row["floor_seen_earlier"],
                since: BootTime(nanoseconds: row["floor_since_ns"])
            ),
            stated: StatedLimit(
                requests: row["stated_limit"],
                milliseconds: row["stated_window_ms"]
            ),
            foreign: ForeignUse(
                last: row["foreign_last"],
                most: row["foreign_most"],
                at: (row["foreign_at_ms"] as Int64?).map { WallTime(milliseconds: $0) }
            )
        )
    }

    /// Writes a bucket back.
    package func update(_ bucket: Bucket) throws {
        try run(
            .updateBucket,
            [
                bucket.heldUntil.nanoseconds, bucket.troubles, bucket.exchange,
                bucket.floor.smallest?.nanoseconds, bucket.floor.earlier?.nanoseconds,
                bucket.floor.seen, bucket.floor.seenEarlier, bucket.floor.since.nanoseconds,
                bucket.stated?.requests, bucket.stated?.window.milliseconds, bucket.foreign.last,
                bucket.foreign.most, bucket.foreign.at?.milliseconds, bucket.account,
                bucket.endpoint.rawValue,
            ]
        )
    }

    /// The tokens that no request holds, soonest free first.
    package func idleTokens(account: String, endpoint: Endpoint, of tokens: Int) throws
        -> [IdleToken]
    {
        try rows(.idleTokens, [account, endpoint.rawValue, tokens]).map { row in
            IdleToken(slot: row["slot"], busyUntil: BootTime(nanoseconds: row["busy_until_ns"]))
        }
    }

    /// Makes a token that no request holds wait at least until an instant.
    package func delay(slot: Int, of bucket: Bucket, until time: BootTime) throws {
        try run(
            .delayToken,
            [time.nanoseconds, bucket.account, bucket.endpoint.rawValue, slot]
        )
    }

    /// Makes every token of a bucket wait at least until an instant.
    package func delayAll(of bucket: Bucket, until time: BootTime) throws {
        try run(.delayTokens, [time.nanoseconds, bucket.account, bucket.endpoint.rawValue])
    }

    /// Gives a request's token back, free from `time` on.
    package func returnToken(of request: Int64, freeAt time: BootTime) throws {
        try run(.returnToken, [time.nanoseconds, request])
    }

    /// Gives a request's token up: it stays busy as granted, and at least until `time`, since the request
    /// may yet arrive.
    package func abandonToken(of request: Int64, busyUntil time: BootTime) throws {
        try run(.abandonToken, [time.nanoseconds, request])
    }

    /// Whether an operator or an account's own trouble keeps it from being claimed for.
    package func isPaused(_ account: String) throws -> Bool {
        guard let row = try row(.accountPause, [account]) else { return true }
        return (row["paused_at_ms"] as Int64?) != nil
    }

    /// Pauses an account with a reason, unless it is paused already.
    package func pause(_ account: String, reason: String, requestID: Int64?, now: Now) throws {
        let changed = try run(.pauseAccount, [now.wall.milliseconds, reason, account])
        guard changed > 0 else { return }
        try note(
            Event("pause", account: account, requestID: requestID, by: "quash", reason: reason),
            now: now
        )
    }
}
