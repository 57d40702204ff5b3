/// Every limit of a runner, in one value; the command line builds it once.
package struct Settings: Hashable, Sendable {
    /// The most ids a request may carry: 10 (htx-api 2.1).
    package var idsPerRequest = 10
    /// How the tokens of cancel requests are counted out.
    package var bucket = BucketPolicy()
    /// How the tokens of lookups are counted out.
    package var lookupBucket = BucketPolicy.reads
    /// How often an id is sent.
    package var attempts = AttemptPolicy()
    /// How often an unresolved id is looked up.
    package var lookups = LookupPolicy()
    /// How long a bucket waits after trouble.
    package var holds = HoldPolicy()
    /// How old a heartbeat with requests in flight may get before it is renewed: 1 s.
    package var heartbeat: Duration = .seconds(1)
    /// The most rows one turn moves for other reasons than an answer (expiry, back-off that ended):
    /// 2,000, about 10 ms, so that no turn keeps the write lock long.
    package var sweep = 2_000
    /// How many requests a turn grants before it leaves the other accounts to the next one: 64, about 50 ms.
    ///
    /// What is granted leaves after the commit, so a turn that served a thousand accounts at once would send none of
    /// it in time; of a hundred requests two busy cores hand over the last at the edge of the send deadline.
    package var grants = 64
    /// The most rows of history one turn seals: 2,000, so that a file with many unsealed ones is sealed bit by
    /// bit.
    package var seals = 2_000

    /// How soon to look again whether an exchange that cannot be reached lets a request through: 1 s.
    package var outageLook: Duration = .seconds(1)

    package init() {}

    /// How the tokens of an endpoint are counted out.
    package func policy(of endpoint: Endpoint) -> BucketPolicy {
        switch endpoint {
        case .cancel: bucket
        case .lookup: lookupBucket
        }
    }

    /// How old a heartbeat must be before its runner's requests are given up: the request timeout and
    /// two heartbeats, for a living runner renews it every one.
    package var leaseTime: Duration { bucket.requestTimeout + heartbeat * 2 }
}
