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
    let now: Now
    /// Orders that were found in flight: one look an order, however many jobs want it.
    private var inFlight: Set<OrderID> = []

    init(ledger: Ledger, idsPerRequest: Int, now: Now) {
        self.ledger = ledger
        self.idsPerRequest = idsPerRequest
        self.now = now
    }

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
    mutating func pack(for account: String) throws -> Pack? {
        while let head = try ledger.headJob(of: account) {
            var pack = Pack(targetID: head.targetID, limit: idsPerRequest)
            var job: HeadJob? = head
            while let current = job, pack.orderIDs.count < pack.limit {
                guard try fill(&pack, from: current, account: account) else { break }
                try ledger.idle(job: current.id)
                job = try ledger.headJob(ofTarget: head.targetID)
            }
            if !pack.orderIDs.isEmpty { return pack }
        }
        return nil
    }

    /// Adds ids of one job; tells whether the job has no more to give, taken or set aside.
    private mutating func fill(
        _ pack: inout Pack,
        from job: HeadJob,
        account: String
    ) throws -> Bool {
        // Past its deadline it gives nothing; a sweep will expire what is left of it.
        if let notAfter = job.notAfter, notAfter < now.wall { return true }
        var last: Int64 = 0
        let pageSize = idsPerRequest + 1
        while true {
            // One more than a request takes, so that a full one ends here with what it found behind it.
            let page = try ledger.readyCancels(of: job.id, after: last, limit: pageSize)
            for candidate in page {
                last = candidate.cancelID
                if pack.has(candidate.orderID) { continue }  // In the pack by another job's row.
                if candidate.isShared, try isInFlight(candidate.orderID, account: account) {
                    try ledger.block(cancel: candidate.cancelID)
                    continue
                }
                let limit = min(pack.limit, candidate.packLimit ?? idsPerRequest)
                guard pack.orderIDs.count < limit else { return false }
                pack.limit = limit
                pack.orderIDs.append(candidate.orderID)
                guard candidate.isShared else {
                    pack.members.append(candidate.cancelID)
                    continue
                }
                pack.members += try ledger.companions(
                    of: candidate.orderID,
                    target: pack.targetID,
                    now: now.wall
                )
            }
            if page.count < pageSize { return true }
        }
    }

    private mutating func isInFlight(_ order: OrderID, account: String) throws -> Bool {
        if inFlight.contains(order) { return true }
        guard try ledger.isInFlight(order, account: account) else { return false }
        inFlight.insert(order)
        return true
    }
}
