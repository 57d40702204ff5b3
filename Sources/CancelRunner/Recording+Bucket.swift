import CancelStore
import Cancels

// What an answer means for the token its request used, and for the bucket it came from.

extension Recording {
    /// Frees the token, and holds or narrows the bucket as the answer says.
    func apply(_ answer: Answer, to request: OpenRequest) throws {
        let endpoint = request.call.endpoint
        guard var bucket = try ledger.bucket(account: request.account, endpoint: endpoint) else {
            return try giveBack(
                answer,
                of: request,
                floor: .zero,
                policy: settings.policy(of: endpoint)
            )
        }
        if answer.exchange != bucket.exchange, answer.kind == .answered {
            // Another way to the exchange has another least round trip.
            bucket.exchange = answer.exchange
            bucket.floor = RoundTripFloor(since: answer.receivedAt)
        }
        try heed(answer, to: request, in: &bucket)
        try heedLimit(answer, in: &bucket)
        try ledger.update(bucket)
        let policy = settings.policy(of: endpoint).spread(bucket.mode).under(bucket.stated)
        try giveBack(answer, of: request, floor: bucket.floor.proven, policy: policy)
    }

    /// Holds the bucket, or pauses the account, where the answer speaks of more than its own request.
    private func heed(_ answer: Answer, to request: OpenRequest, in bucket: inout Bucket) throws {
        // Five requests that met one trouble are one notice: only one granted after the last hold counts.
        let isNews = request.grantedAt >= bucket.heldUntil
        let troubles = isNews ? bucket.troubles : max(bucket.troubles - 1, 0)
        switch notice(of: answer, troubles: troubles, policy: settings.holds) {
        case .clear:
            if isNews { bucket.troubles = 0 }
            if let roundTrip = answer.roundTrip {
                bucket.floor.note(roundTrip, at: answer.receivedAt)
            }
        case .throttled(let wait):
            bucket.heldUntil = max(bucket.heldUntil, answer.receivedAt + wait)
            bucket.troubles = troubles + 1
            bucket.floor = RoundTripFloor(since: answer.receivedAt)
            // Our own tokens never put more than the limit into a window, so somebody else did.
            try note(max(bucket.foreign.last, 1), in: &bucket)
        case .unavailable(let wait):
            bucket.heldUntil = max(bucket.heldUntil, answer.receivedAt + wait)
            bucket.troubles = troubles + 1
        case .accountTrouble(let reason) where request.call.endpoint == .lookup:
            try holdLookups(for: reason, request, in: &bucket)
        case .accountTrouble(let reason):
            try ledger.pause(request.account, reason: reason, requestID: request.id, now: now)
        case .silent:
            break
        }
    }

    /// A right that is missing for reading need not be missing for cancelling: lookups wait, and the account
    /// goes on.
    private func holdLookups(
        for reason: String,
        _ request: OpenRequest,
        in bucket: inout Bucket
    ) throws {
        let isNews = bucket.troubles == 0
        bucket.heldUntil = max(bucket.heldUntil, now.boot + settings.holds.longestReset)
        bucket.troubles += 1
        guard isNews else { return }
        try ledger.note(
            Event(
                "lookup_failed",
                account: request.account,
                requestID: request.id,
                reason: "the account may not read its orders, so what is unresolved stays so",
                detail: reason
            ),
            now: now
        )
    }

    /// Takes from the headers what slows us down: a stricter limit, and requests of others.
    private func heedLimit(_ answer: Answer, in bucket: inout Bucket) throws {
        guard let report = answer.limit, answer.kind == .answered else { return }
        let ours = settings.policy(of: bucket.endpoint).spread(bucket.mode)
        if report.limit != nil {
            try adopt(ours.stricter(report), in: &bucket)
        }
        let policy = ours.under(bucket.stated)
        let sentAt = answer.sentAt ?? answer.receivedAt
        let free = try ledger.idleTokens(
            account: bucket.account,
            endpoint: bucket.endpoint,
            of: policy.tokens
        ).filter { $0.busyUntil <= sentAt }
        let foreign = foreignUse(remaining: report.remaining, free: free.count)
        guard foreign > 0 else { return }
        let reset = min(report.wait(serverTime: answer.serverTime) ?? policy.window, policy.window)
        // The highest slots, which are left to others for a while as well.
        for token in free.sorted(by: { $0.slot > $1.slot }).prefix(foreign) {
            try ledger.delay(
                slot: token.slot,
                of: bucket,
                until: answer.receivedAt + max(reset, .zero)
            )
        }
        try note(foreign, in: &bucket)
    }

    /// Adopts a stricter limit at once, with one window in which nothing is sent, and gives it up when the
    /// exchange states ours again.
    private func adopt(_ stated: StatedLimit?, in bucket: inout Bucket) throws {
        guard stated != bucket.stated else { return }
        let ours = settings.policy(of: bucket.endpoint)
        let window = max(stated?.window ?? ours.window, bucket.stated?.window ?? ours.window)
        bucket.stated = stated
        bucket.heldUntil = max(bucket.heldUntil, now.boot + window)
        try ledger.delayAll(of: bucket, until: now.boot + window)
        let limit = ours.under(stated)
        try ledger.note(
            Event(
                "limit",
                account: bucket.account,
                reason: stated == nil
                    ? "the exchange states our limit again"
                    : "the exchange states a stricter limit than ours, which is kept from now on",
                detail: "\(bucket.endpoint.rawValue): \(limit.limit) in \(limit.window)"
            ),
            now: now
        )
    }

    /// Keeps what is seen of other tools on the account; an event no oftener than every ten minutes.
    private func note(_ foreign: Int, in bucket: inout Bucket) throws {
        let isNews =
            bucket.foreign.at.map { now.wall.milliseconds - $0.milliseconds > 600_000 } ?? true
        bucket.foreign.last = foreign
        bucket.foreign.most = max(bucket.foreign.most, foreign)
        bucket.foreign.at = now.wall
        guard isNews else { return }
        try ledger.note(
            Event(
                "foreign_use",
                account: bucket.account,
                reason: "other tools use this account's limit too, so Quash leaves them room",
                detail: "\(bucket.endpoint.rawValue): \(foreign) requests in one window"
            ),
            now: now
        )
    }

    /// The token of an answered request comes back by the proven rule, of an unsent one at once, and of a
    /// lost one when nothing of it can arrive any more.
    private func giveBack(
        _ answer: Answer,
        of request: OpenRequest,
        floor: Duration,
        policy: BucketPolicy
    ) throws {
        switch answer.kind {
        case .answered:
            let free = policy.release(answeredAt: answer.receivedAt, floor: floor)
            try ledger.returnToken(of: request.id, freeAt: free)
        case .unsent:
            // Where it was granted ahead, its token is not back before that.
            let isOurs = request.bootID == now.bootID
            let free = isOurs ? max(now.boot, request.grantedAt) : now.boot
            try ledger.returnToken(of: request.id, freeAt: free)
        case .lost:
            // Given up at a known instant, it may arrive for one allowance more, as after a timeout. Of a
            // runner that is gone no such instant is known, and what it was granted stands.
            let latest = answer.receivedAt + policy.lateAllowance + policy.spacing
            if answer.sentAt != nil {
                try ledger.returnToken(of: request.id, freeAt: latest)
            } else {
                try ledger.abandonToken(of: request.id, busyUntil: latest)
            }
        }
    }
}
