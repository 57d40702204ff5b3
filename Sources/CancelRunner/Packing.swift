import CancelStore
import Cancels

/// Chooses the ids of the next request: the target holding the most urgent due id, then up to ten
/// distinct due ids of that target over all its jobs.
///
/// Nothing is scanned. Jobs with work stand in an index by urgency, and one that turns out to have none
/// is taken out of it, so each look either finds an id or makes the next look shorter.
struct Packing {
    let ledger: Ledger
    let idsPerRequest: Int

    /// The ids of one request and the rows it is for.
    struct Pack {
        let targetID: Int64
        /// 1 to 10 distinct ids, most urgent first.
        var orderIDs: [OrderID] = []
        /// All rows that want them, several to an id where several jobs do.
        var members: [Int64] = []
        /// The most ids it may carry: the least that any of its ids allows.
        var limit: Int

        func has(_ order: OrderID) -> Bool { orderIDs.contains(order) }
    }

    /// The next request of an account; nil where it has nothing to claim.
    func pack(for account: String) throws -> Pack? {
        while let head = try ledger.headJob(of: account) {
            var pack = Pack(targetID: head.target, limit: idsPerRequest)
            var job: Int64? = head.job
            while let current = job, pack.orderIDs.count < pack.limit {
                guard try fill(&pack, from: current, account: account) else { break }
                try ledger.idle(job: current)
                job = try ledger.headJob(ofTarget: head.target)
            }
            if !pack.orderIDs.isEmpty { return pack }
        }
        return nil
    }

    /// Adds ids of one job; tells whether the job has no more to give, taken or set aside.
    private func fill(_ pack: inout Pack, from job: Int64, account: String) throws -> Bool {
        var last: Int64 = 0
        while true {
            let page = try ledger.readyCancels(of: job, after: last, limit: idsPerRequest)
            for candidate in page {
                last = candidate.cancelID
                if pack.has(candidate.orderID) { continue }  // In the pack by another job's row.
                let limit = min(pack.limit, candidate.packLimit ?? idsPerRequest)
                let wants = try ledger.wants(of: candidate.orderID, account: account)
                if wants.contains(where: { $0.state == .sending }) {
                    try ledger.block(cancel: candidate.cancelID)
                    continue
                }
                guard pack.orderIDs.count < limit else { return false }
                pack.limit = limit
                pack.orderIDs.append(candidate.orderID)
                pack.members += wants.filter { $0.mayBeSent(to: pack.targetID) }.map(\.cancelID)
            }
            if page.count < idsPerRequest { return true }
        }
    }
}

extension Want {
    /// Whether a request to `target` may be for this row as well.
    fileprivate func mayBeSent(to target: Int64) -> Bool {
        state == .pending && !isParked && targetID == target && isJobReady
    }
}
