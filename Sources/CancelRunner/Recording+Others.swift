import CancelStore
import Cancels

// What was said of an order, for the other rows that want it.

extension Recording {
    /// The order is in no request any more: what was said of it holds for those who wait for it by the same
    /// name, and the others may be claimed; gives how many rows got a final state.
    ///
    /// That it is cancelled holds for the unresolved as well, by whatever name. Failing and expiring are not
    /// said of the order: the others have attempts and deadlines of their own. `outcome` is nil where a
    /// lookup says it.
    func tellOthers(
        _ wants: [Want],
        _ final: Settlement?,
        by request: Int64,
        target: Int64,
        outcome: Outcome?
    ) throws -> Int {
        var settled = 0
        for want in wants {
            let isTold =
                switch (final?.state, want.state) {
                case (.cancelled, .unresolved): true
                case (.cancelled, .pending), (.rejected, .pending): want.targetID == target
                default: false
                }
            if isTold, let final {
                if let outcome {
                    try ledger.recordAttempt(
                        request: request,
                        cancel: want.cancelID,
                        outcome: outcome,
                        isCounted: false
                    )
                }
                try ledger.settleWaiting(want.cancelID, by: request, as: final, now: now)
                settled += 1
            } else if want.isBlocked, want.state == .pending {
                try ledger.unblock(want)
            }
        }
        return settled
    }

    /// Has the target of a job looked up soon: an id of it has become unresolved.
    func hastenLookup(of job: Int64) throws {
        try ledger.hastenLookup(
            of: job,
            notBefore: now.boot + settings.lookups.firstDelay,
            notAfter: now.boot + settings.lookups.again.first
        )
    }
}
