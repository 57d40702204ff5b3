package import Cancels
import GRDB

/// An id that may be claimed.
package struct Candidate: Hashable, Sendable {
    package let cancelID: Int64
    package let orderID: OrderID
    /// The most ids its request may carry; nil is the endpoint's limit.
    package let packLimit: Int?
    /// Whether other rows are of its order too, whatever became of them; where none is, nobody else wants it
    /// and it is in no request.
    package let isShared: Bool
}

/// One row that wants an order cancelled, of any job.
package struct Want: Hashable, Sendable {
    package let cancelID: Int64
    package let jobID: Int64
    package let targetID: Int64
    package let state: CancelState
    package let reason: CancelClass?
    /// Whether it waits for the end of a request that its order is in under another name of the contract.
    package let isBlocked: Bool
    package let unknowns: Int
    package let answerID: Int64?
}

/// A job with work, at the head of its line.
package struct HeadJob: Hashable, Sendable {
    package let id: Int64
    package let targetID: Int64
    package let notAfter: WallTime?

    init(_ row: FoundRow) {
        id = row["id"]
        targetID = row["target_id"]
        notAfter = (row["not_after_ms"] as Int64?).map { WallTime(milliseconds: $0) }
    }
}

extension Ledger {
    /// The job whose ids are the most urgent of an account.
    package func headJob(of account: String) throws -> HeadJob? {
        try row(.headJobOfAccount, [account]).map(HeadJob.init)
    }

    /// The job whose ids are the most urgent of a target.
    package func headJob(ofTarget target: Int64) throws -> HeadJob? {
        try row(.headJobOfTarget, [target]).map(HeadJob.init)
    }

    /// Whether an order of an account is in an unfinished request.
    package func isInFlight(_ order: OrderID, account: String) throws -> Bool {
        try row(.isInFlight, [order.text, account]) != nil
    }

    /// The rows that want an order and that a request to `target` may be for; not those whose time has passed,
    /// which a sweep has still to expire.
    package func companions(of order: OrderID, target: Int64, now: WallTime) throws -> [Int64] {
        try rows(.companions, [order.text, target, now.milliseconds]).map { $0["id"] }
    }

    /// Ids of a job that may be claimed, oldest first, after the row `cancelID`.
    package func readyCancels(
        of job: Int64,
        after cancelID: Int64,
        limit: Int
    ) throws -> [Candidate] {
        try rows(.readyCancels, [job, cancelID, limit]).map { row in
            Candidate(
                cancelID: row["id"],
                orderID: try orderID(row["order_id"]),
                packLimit: row["pack_limit"],
                isShared: row["is_shared"]
            )
        }
    }

    /// All that was ever wanted of an order.
    package func wants(of order: OrderID, account: String) throws -> [Want] {
        try rows(.wants, [order.text, account]).map { row in
            let isParked: Bool = row["parked"]
            return Want(
                cancelID: row["id"],
                jobID: row["job_id"],
                targetID: row["target_id"],
                state: try known(CancelState(rawValue: row["state"]), row["state"]),
                reason: (row["class"] as String?).flatMap(CancelClass.init(rawValue:)),
                isBlocked: isParked && (row["due_ns"] as Int64?) == nil,
                unknowns: row["unknowns"],
                answerID: row["answer_id"]
            )
        }
    }

    /// The target of a row.
    package func target(_ id: Int64) throws -> Target {
        guard let row = try row(.target, [id]) else {
            throw StoreError.refused("target \(id) is not in the file")
        }
        let contract: ContractSelector
        if let code = row["contract_code"] as String? {
            contract = .code(code)
        } else {
            let type = try known(ContractType(rawValue: row["contract_type"]), row["contract_type"])
            contract = .pair(row["pair"], type)
        }
        return Target(account: row["account"], contract: contract)
    }

    /// Notes that a job has nothing to claim until something rouses it.
    package func idle(job: Int64) throws { try run(.idleJob, [job]) }

    /// Notes that an idle job has something to claim again.
    package func rouse(job: Int64) throws { try run(.rouseJob, [job]) }

    /// Sets an id aside until the request that its order is in has ended.
    package func block(cancel: Int64) throws { try run(.block, [cancel]) }

    /// Lets a blocked id be claimed again.
    package func unblock(_ want: Want) throws {
        if try run(.unblock, [want.cancelID]) > 0 { try rouse(job: want.jobID) }
    }

    /// Writes a request down with its ids and its token, and marks its cancels as sending.
    ///
    /// After the commit of this transaction, and not before `grantedAt`, it may be sent.
    ///
    /// `members` are the rows it is for, several where jobs want the same id; `scan` is what a lookup belongs
    /// to; `hold` is how long its token stays busy from the grant on if nothing is ever heard of it.
    package func writeRequest(
        runner: Int64,
        targetID: Int64,
        call: Call,
        members: [Int64] = [],
        scan: Int64? = nil,
        slot: Int,
        grantedAt: BootTime,
        hold: Duration,
        now: Now
    ) throws -> Request {
        let target = try target(targetID)
        let endpoint = call.endpoint
        var page: (list: String, number: Int)?
        if case .lookup(let list, let number) = call { page = (list.rawValue, number) }
        try run(
            .insertRequest,
            [
                runner, endpoint.rawValue, targetID,
                call.orderIDs.map(\.text).joined(separator: ","), call.orderIDs.count, slot,
                now.wall.milliseconds + (grantedAt - now.boot).milliseconds, grantedAt.nanoseconds,
                now.bootID, scan, page?.list,
                page?.number,
            ]
        )
        let id = db.lastInsertedRowID
        let taken = try run(
            .takeToken,
            [id, (grantedAt + hold).nanoseconds, target.account, endpoint.rawValue, slot]
        )
        precondition(taken == 1, "a token is taken only while no request holds it")
        let marked = try runByTen(.markSending, [id], on: members)
        precondition(marked == members.count, "only pending ids are claimed")
        if let scan {
            let marked = try run(.sendScan, [id, scan])
            precondition(marked == 1, "a scan asks for one page at a time")
        }
        return Request(id: id, target: target, call: call, grantedAt: grantedAt)
    }

    func orderID(_ text: String) throws -> OrderID { try known(OrderID(text), text) }

    /// A value the schema's constraints vouch for; anything else is a damaged file.
    func known<Value>(_ value: Value?, _ text: String) throws -> Value {
        guard let value else { throw StoreError.refused("the file holds an unknown word: \(text)") }
        return value
    }
}
