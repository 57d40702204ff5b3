package import Cancels
import Foundation
import GRDB

/// A request that has no answer yet.
package struct OpenRequest: Hashable, Sendable {
    package let id: Int64
    package let account: String
    package let endpoint: Endpoint
    package let targetID: Int64
    package let orderIDs: [OrderID]
    package let grantedAt: BootTime
    package let bootID: String
}

/// A cancel that is in a request.
package struct Member: Hashable, Sendable {
    package let cancelID: Int64
    package let jobID: Int64
    package let orderID: OrderID
    package let attempts: Int
    package let waits: Int
    package let notAfter: WallTime?
}

/// What a cancel's row says after a verdict.
package struct Settlement: Sendable {
    package var state: CancelState
    package var reason: CancelClass?
    package var outcome: Outcome
    /// The evidence of a final state.
    package var answerID: Int64?
    package var eventID: Int64?

    package init(
        _ state: CancelState,
        _ reason: CancelClass?,
        outcome: Outcome,
        answerID: Int64? = nil,
        eventID: Int64? = nil
    ) {
        self.state = state
        self.reason = reason
        self.outcome = outcome
        self.answerID = answerID
        self.eventID = eventID
    }
}

extension Ledger {
    /// The request, if it has no answer yet.
    package func openRequest(_ id: Int64) throws -> OpenRequest? {
        guard let row = try row(.openRequest, [id]) else { return nil }
        let ids: String = row["order_ids"]
        return OpenRequest(
            id: id,
            account: row["account"],
            endpoint: try known(Endpoint(rawValue: row["endpoint"]), row["endpoint"]),
            targetID: row["target_id"],
            orderIDs: try ids.split(separator: ",").map { try orderID(String($0)) },
            grantedAt: BootTime(nanoseconds: row["granted_ns"]),
            bootID: row["boot_id"]
        )
    }

    /// Keeps an answer and gives its id.
    package func keep(_ answer: Answer, isLate: Bool, now: Now) throws -> Int64 {
        try run(
            .insertAnswer,
            [
                answer.requestID, isLate, answer.kind.rawValue, answer.receivedWall.milliseconds,
                answer.receivedAt.nanoseconds, now.bootID, answer.roundTrip?.nanoseconds,
                answer.exchange, answer.httpStatus, answer.whole?.code, answer.whole?.message,
                answer.serverTime, answer.body.map { Data($0) },
            ]
        )
        return db.lastInsertedRowID
    }

    /// Whether a late answer to the request is kept already.
    package func hasLateAnswer(_ request: Int64) throws -> Bool {
        try row(.hasLateAnswer, [request]) != nil
    }

    /// The cancels that are in a request.
    package func members(of request: Int64) throws -> [Member] {
        try rows(.members, [request]).map { row in
            Member(
                cancelID: row["id"],
                jobID: row["job_id"],
                orderID: try orderID(row["order_id"]),
                attempts: row["attempts"],
                waits: row["waits"],
                notAfter: (row["not_after_ms"] as Int64?).map { WallTime(milliseconds: $0) }
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

    /// Gives a sending cancel its new state, if it is still the request's to give; tells whether it was.
    package func settle(
        _ member: Member,
        of request: Int64,
        as settlement: Settlement,
        now: Now
    ) throws -> Bool {
        let kind = settlement.outcome.kind
        return try run(
            .settle,
            [
                settlement.state.rawValue, settlement.reason?.rawValue, settlement.outcome.code,
                settlement.outcome.message, kind.countsAttempt ? 1 : 0, kind.leavesDoubt ? 1 : 0,
                settlement.state.isFinal ? now.wall.milliseconds : nil, settlement.answerID,
                settlement.eventID, member.cancelID, request,
            ]
        ) > 0
    }

    /// Gives a waiting cancel the final state that another's request brought about.
    package func settleWaiting(
        _ want: Want,
        by request: Int64,
        as settlement: Settlement,
        now: Now
    ) throws {
        try run(
            .settleWaiting,
            [
                settlement.state.rawValue, settlement.reason?.rawValue, settlement.outcome.code,
                settlement.outcome.message, now.wall.milliseconds, settlement.answerID, request,
                want.cancelID,
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
                outcome.kind == .inProgress ? member.waits + 1 : counts ? 0 : member.waits,
                outcome.kind.leavesDoubt ? 1 : 0, isParked,
                isParked ? (now.boot + again.delay).nanoseconds : nil, again.packLimit,
                member.cancelID, request,
            ]
        )
        if !isParked { try rouse(job: member.jobID) }
    }
}
