import CancelStore
package import Cancels

/// Takes free tokens and writes requests for them, as many as are allowed.
struct Claiming {
    let turn: Turn
    let ledger: Ledger
    let now: Now
    let lead: Lead
    /// Requests that may still be claimed in this turn.
    var allowance: Int

    /// Claims what an account's tokens allow: cancels by urgency, then the pages that lookups wait for.
    ///
    /// The two have tokens of their own, so neither waits for the other. Gives when the account can next claim
    /// something by itself; nil where it cannot.
    mutating func claim(for account: String, into result: inout Turn.Result) throws -> BootTime? {
        var own = Turn.Result()
        try claim(for: account, own: &own)
        result.sends += own.sends
        return own.wake
    }

    private mutating func claim(for account: String, own result: inout Turn.Result) throws {
        let hasCancels = try turn.work.cancels && ledger.headJob(of: account) != nil
        let scans = try dueScans(of: account, into: &result)
        guard hasCancels || !scans.isEmpty, try !ledger.isPaused(account) else { return }
        guard allowance > 0 else {
            return result.wake(at: now.boot + turn.settings.outageLook)
        }
        if hasCancels { try claimCancels(of: account, into: &result) }
        try claimLookups(scans, of: account, into: &result)
    }

    /// Claims full requests as long as there is work and free tokens.
    private mutating func claimCancels(of account: String, into result: inout Turn.Result) throws {
        var packing = Packing(
            ledger: ledger,
            idsPerRequest: turn.settings.idsPerRequest,
            now: now
        )
        try withTokens(of: account, .cancel, into: &result) { [turn, ledger, now] token, policy in
            guard let pack = try packing.pack(for: account) else { return nil }
            return try ledger.writeRequest(
                runner: turn.runner,
                targetID: pack.targetID,
                call: .cancel(pack.orderIDs),
                members: pack.members,
                slot: token.slot,
                grantedAt: max(now.boot, token.busyUntil),
                hold: policy.hold,
                now: now
            )
        }
    }

    /// Claims the next page of every scan that is due.
    private mutating func claimLookups(
        _ scans: [Scan],
        of account: String,
        into result: inout Turn.Result
    ) throws {
        guard !scans.isEmpty else { return }
        var rest = scans[...]
        try withTokens(of: account, .lookup, into: &result) { [turn, ledger, now] token, policy in
            guard let scan = rest.popFirst() else { return nil }
            return try ledger.writeRequest(
                runner: turn.runner,
                targetID: scan.targetID,
                call: .lookup(scan.list, page: scan.page),
                scan: scan.id,
                slot: token.slot,
                grantedAt: max(now.boot, token.busyUntil),
                hold: policy.hold,
                now: now
            )
        }
    }

    /// Offers the free tokens of a bucket, one after another, until one is not wanted.
    private mutating func withTokens(
        of account: String,
        _ endpoint: Endpoint,
        into result: inout Turn.Result,
        _ write: (IdleToken, BucketPolicy) throws -> Request?
    ) throws {
        guard let bucket = try ledger.bucket(account: account, endpoint: endpoint) else { return }
        guard bucket.heldUntil <= now.boot else { return result.wake(at: bucket.heldUntil) }
        // The file says how the limit is spread: runners that were started differently must agree.
        let policy = turn.settings.policy(of: endpoint).spread(bucket.mode).under(bucket.stated)
        let tokens = try ledger.idleTokens(
            account: account,
            endpoint: endpoint,
            of: policy.tokens - bucket.foreign.reserved(of: policy.tokens, at: now.wall)
        )
        for token in tokens {
            // Soonest free first: behind one that is still busy there is none that is free.
            guard token.busyUntil <= now.boot + lead.reach else {
                result.wake(at: token.busyUntil + (.zero - lead.start))
                break
            }
            guard allowance > 0 else {
                return result.wake(at: now.boot + turn.settings.outageLook)
            }
            guard let request = try write(token, policy) else { return }
            result.sends.append(request)
            allowance -= 1
            // An outage is probed by one request, not by five.
            if bucket.troubles > 0 { return }
        }
        // More is wanted than there are tokens: those that are left to others come back as well.
        if let left = bucket.foreign.reservation(at: now.wall) { result.wake(at: now.boot + left) }
    }

    /// The scans whose next page may be asked for now; those that are wanted and not begun are begun.
    private func dueScans(of account: String, into result: inout Turn.Result) throws -> [Scan] {
        var running = try ledger.runningScans(of: account, runner: turn.runner)
        if turn.work.cancels {
            let targets = try ledger.wantedLookups(of: account)
            running = try endIdle(running, wanted: Set(targets.map(\.targetID)))
            let begun = Set(running.lazy.filter { $0.purpose == .unresolved }.map(\.targetID))
            var hasBegun = false
            for wanted in targets where !begun.contains(wanted.targetID) {
                guard wanted.due <= now.boot else {
                    result.wake(at: wanted.due)
                    continue
                }
                try ledger.beginScan(target: wanted.targetID, runner: turn.runner, now: now)
                hasBegun = true
            }
            if hasBegun { running = try ledger.runningScans(of: account, runner: turn.runner) }
        } else {
            running.removeAll { $0.purpose == .unresolved }
        }
        for scan in running where !scan.isInFlight && scan.due > now.boot {
            result.wake(at: scan.due)
        }
        return running.filter { !$0.isInFlight && $0.due <= now.boot }
    }

    /// Ends the scans between two pages whose ids have all been settled by other answers; gives the others.
    ///
    /// Nobody waits for the rest of their pages, and a rerun would go on with them.
    private func endIdle(_ running: [Scan], wanted: Set<Int64>) throws -> [Scan] {
        try running.filter { scan in
            let isIdle =
                scan.purpose == .unresolved && !scan.isInFlight && !wanted.contains(scan.targetID)
            if isIdle { try ledger.end(scan: scan.id, as: .givenUp, now: now) }
            return !isIdle
        }
    }
}

extension Turn.Work {
    /// Whether cancels are claimed.
    var cancels: Bool {
        switch self {
        case .all: true
        case .reconciliation: false
        }
    }

    /// The endpoints whose tokens it uses; the shape of another's is not its to change.
    package var endpoints: [Endpoint] {
        switch self {
        case .all: Endpoint.allCases
        case .reconciliation: [.lookup]
        }
    }
}
