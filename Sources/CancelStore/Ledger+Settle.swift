package import Cancels
import GRDB

extension Ledger {
    /// The request, if it has no answer yet.
    package func openRequest(_ id: Int64) throws -> OpenRequest? {
        guard let row = try row(.openRequest, [id]) else { return nil }
        return OpenRequest(
            id: id,
            account: row["account"],
            targetID: row["target_id"],
            call: try call(row),
            scanID: row["scan_id"],
            grantedAt: BootTime(nanoseconds: row["granted_ns"]),
            bootID: row["boot_id"]
        )
    }

    private func call(_ row: FoundRow) throws -> Call {
        switch try known(Endpoint(rawValue: row["endpoint"]), row["endpoint"]) {
        case .cancel:
            let ids: String = row["order_ids"]
            return .cancel(try ids.split(separator: ",").map { try orderID(String($0)) })
        case .lookup:
            let list: String = row["list"]
            return .lookup(try known(OrderList(rawValue: list), list), page: row["page"])
        }
    }

    /// Keeps an answer and gives its id.
    package func keep(_ answer: Answer, isLate: Bool, now: Now) throws -> Int64 {
        try run(
            .insertAnswer,
            [
                answer.requestID, isLate, answer.kind.rawValue, answer.receivedWall.milliseconds,
                answer.receivedAt.nanoseconds, now.bootID, answer.roundTrip?.nanoseconds,
                answer.exchange, answer.httpStatus, answer.whole?.code, answer.whole?.message,
                answer.serverTime, answer.body,
            ]
        )
        return db.lastInsertedRowID
    }

    /// Whether a late answer to its request is kept already, or this very answer.
    package func hasAnswer(_ answer: Answer) throws -> Bool {
        try row(
            .hasAnswer,
            [answer.requestID, answer.receivedAt.nanoseconds, answer.kind.rawValue]
        ) != nil
    }

    /// Whether a request is in the file: one that was purged is not.
    package func hasRequest(_ id: Int64) throws -> Bool { try row(.hasRequest, [id]) != nil }

    /// The cancels that are in a request.
    package func members(of request: Int64) throws -> [Member] {
        try rows(.members, [request]).map { row in
            Member(
                cancelID: row["id"],
                jobID: row["job_id"],
                orderID: try orderID(row["order_id"]),
                attempts: row["attempts"],
                waits: row["waits"],
                unknowns: row["unknowns"],
                notAfter: (row["not_after_ms"] as Int64?).map { WallTime(milliseconds: $0) },
                withdrawEvent: row["withdraw_event_id"],
                splitBy: row["split_by"],
                isShared: row["is_shared"]
            )
        }
    }

    /// Writes what an answer says of one cancel.
    package func recordAttempt(
        request: Int64,
        cancel: Int64,
        outcome: Outcome,
        isCounted: Bool
    ) throws {
        try run(
            .insertAttempt,
            [request, cancel, outcome.kind.rawValue, outcome.code, outcome.message, isCounted]
        )
    }

    /// Gives a sending cancel its new state after an attempt that ended in `kind`, if it is still the
    /// request's to give; tells whether it was.
    package func settle(
        _ member: Member,
        of request: Int64,
        as settlement: Settlement,
        after kind: Outcome.Kind,
        isCounted: Bool,
        now: Now
    ) throws -> Bool {
        try run(
            .settle,
            [
                settlement.state.rawValue, settlement.reason?.rawValue, settlement.code,
                settlement.message, isCounted ? 1 : 0, kind.leavesDoubt ? 1 : 0,
                settlement.state.isFinal ? now.wall.milliseconds : nil, settlement.answerID,
                settlement.eventID, member.cancelID, request,
            ]
        ) > 0
    }

    /// Writes an attempt with the same outcome for each of some sending cancels, and gives them the same final
    /// state, where they are still the request's; gives how many were.
    package func settle(
        alike cancels: [Int64],
        of request: Int64,
        as settlement: Settlement,
        after outcome: Outcome,
        now: Now
    ) throws -> Int {
        let isCounted = outcome.kind.countsAttempt
        try runByTen(
            .insertLikeAttempts,
            [request],
            on: cancels,
            [outcome.kind.rawValue, outcome.code, outcome.message, isCounted]
        )
        return try runByTen(
            .settleAlike,
            [request],
            on: cancels,
            [
                settlement.state.rawValue, settlement.reason?.rawValue, settlement.code,
                settlement.message, isCounted ? 1 : 0, now.wall.milliseconds, settlement.answerID,
            ]
        )
    }

    /// Gives a pending or unresolved cancel the final state that another's request, or a lookup, brought
    /// about.
    package func settleWaiting(
        _ cancel: Int64,
        by request: Int64,
        as settlement: Settlement,
        now: Now
    ) throws {
        try run(
            .settleWaiting,
            [
                settlement.state.rawValue, settlement.reason?.rawValue, settlement.code,
                settlement.message, now.wall.milliseconds, settlement.answerID,
                settlement.eventID, settlement.relationOrderID, request, cancel,
            ]
        )
    }

    /// Puts a sending cancel back to pending, if it is still the request's.
    package func postpone(
        _ member: Member,
        of request: Int64,
        outcome: Outcome,
        again: Verdict.Again,
        now: Now
    ) throws {
        let counts = outcome.kind.countsAttempt
        let isParked = again.delay > .zero
        try run(
            .postpone,
            [
                again.reason.rawValue, outcome.code, outcome.message, counts ? 1 : 0,
                outcome.kind.isWait ? member.waits + 1 : counts ? 0 : member.waits,
                outcome.kind.leavesDoubt ? 1 : 0, isParked,
                isParked ? (now.boot + again.delay).nanoseconds : nil, again.packLimit,
                again.isSplit ? request : nil, member.cancelID, request,
            ]
        )
        if !isParked { try rouse(job: member.jobID) }
    }

    /// Lets what waits for the word on the first half of a refused request go on: the next half of it
    /// where the poison must be in it, for the first half went through.
    package func releaseNextHalf(of request: Int64) throws {
        let rest = try rows(.splitRest, [request])
        let half = max(rest.count / 2, 1)
        for row in rest.prefix(half) {
            try release(row, packLimit: half)
        }
    }

    /// Lets all of a target that waits so go on together: the poison is found.
    package func releaseSplits(ofTarget target: Int64) throws {
        for row in try rows(.splitRestOfTarget, [target]) {
            try release(row, packLimit: nil)
        }
    }

    private func release(_ row: FoundRow, packLimit: Int?) throws {
        try run(.releaseSplit, [packLimit, row["id"] as Int64])
        try rouse(job: row["job_id"])
    }
}
