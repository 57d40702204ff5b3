import CancelStore
import Cancels

/// Writes down what came back for requests, and what follows from it.
///
/// Every settlement is compare-and-set on (cancel, request): an answer that comes after its request was
/// given up is kept as late and changes nothing.
struct Recording {
    let ledger: Ledger
    let settings: Settings
    let now: Now

    /// Records one answer; gives how many cancels got a final state.
    func record(_ answer: Answer) throws -> Int {
        guard let request = try ledger.openRequest(answer.requestID) else {
            if try !ledger.hasLateAnswer(answer.requestID) {
                _ = try ledger.keep(answer, isLate: true, now: now)
            }
            return 0
        }
        let answerID = try ledger.keep(answer, isLate: false, now: now)
        try noteAlarms(answer, of: request)
        try apply(answer, to: request)
        var settled = 0
        for member in try ledger.members(of: request.id) {
            // An id that the reader of answers did not speak of is unknown, never done.
            let outcome =
                answer.outcomes[member.orderID]
                ?? Outcome(.unknown, message: "the answer was not read for this id")
            settled += try judge(member, outcome: outcome, answerID: answerID, request: request)
        }
        for order in request.orderIDs {
            try unblock(order, account: request.account)
        }
        return settled
    }

    /// Records that nothing will come back for a request whose runner is gone.
    func giveUp(_ other: Ledger.OthersRequest) throws -> Int {
        guard let request = try ledger.openRequest(other.requestID) else { return 0 }
        let lost = Outcome(.unknown, message: "its runner was gone before an answer was recorded")
        let answer = Answer(
            requestID: request.id,
            kind: .lost,
            outcomes: Dictionary(uniqueKeysWithValues: request.orderIDs.map { ($0, lost) }),
            receivedAt: now.boot,
            receivedWall: now.wall
        )
        try ledger.note(
            Event(
                "recovery",
                requestID: request.id,
                runnerID: other.runnerID,
                reason: lost.message
            ),
            now: now
        )
        return try record(answer)
    }

    // MARK: - The request as a whole

    /// What an answer means for the token it used and the bucket it came from.
    private func apply(_ answer: Answer, to request: OpenRequest) throws {
        guard var bucket = try ledger.bucket(account: request.account, endpoint: request.endpoint)
        else { return try ledger.abandonToken(of: request.id) }
        if answer.exchange != bucket.exchange, answer.kind == .answered {
            // Another way to the exchange has another least round trip.
            bucket.exchange = answer.exchange
            bucket.floor = RoundTripFloor(since: answer.receivedAt)
        }
        switch notice(of: answer, troubles: bucket.troubles, policy: settings.holds) {
        case .clear:
            bucket.troubles = 0
            if let roundTrip = answer.roundTrip {
                bucket.floor.note(roundTrip, at: answer.receivedAt)
            }
        case .throttled(let wait):
            bucket.heldUntil = max(bucket.heldUntil, answer.receivedAt + wait)
            bucket.troubles += 1
            bucket.floor = RoundTripFloor(since: answer.receivedAt)
        case .unavailable(let wait):
            bucket.heldUntil = max(bucket.heldUntil, answer.receivedAt + wait)
            bucket.troubles += 1
        case .accountTrouble(let reason):
            try ledger.pause(request.account, reason: reason, requestID: request.id, now: now)
        case .silent:
            break
        }
        try ledger.update(bucket)
        try giveBack(answer, of: request, floor: bucket.floor.proven)
    }

    /// The token of an answered request comes back by the proven rule, of an unsent one at once, and of a
    /// lost one not before its hold is over.
    private func giveBack(_ answer: Answer, of request: OpenRequest, floor: Duration) throws {
        switch answer.kind {
        case .answered:
            let free = settings.bucket.release(answeredAt: answer.receivedAt, floor: floor)
            try ledger.returnToken(of: request.id, freeAt: free)
        case .unsent:
            try ledger.returnToken(of: request.id, freeAt: now.boot)
        case .lost:
            try ledger.abandonToken(of: request.id)
        }
    }

    /// Tells the operator what should never be: ids nobody asked for, codes nobody knows.
    private func noteAlarms(_ answer: Answer, of request: OpenRequest) throws {
        if !answer.strangers.isEmpty {
            let named = answer.strangers.prefix(10).joined(separator: ",")
            try ledger.note(
                Event(
                    "stranger",
                    account: request.account,
                    requestID: request.id,
                    reason: "the answer names ids that were not asked for",
                    detail: named
                ),
                now: now
            )
        }
        let unlisted = answer.outcomes.values.first { $0.kind == .unknown && $0.code != nil }
        if let unlisted {
            try ledger.note(
                Event(
                    "unlisted",
                    account: request.account,
                    requestID: request.id,
                    reason:
                        "a code whose meaning is not known; its ids are asked again, then looked up",
                    detail: unlisted.reason
                ),
                now: now
            )
        }
    }

    // MARK: - Its ids, one by one

    /// Judges one attempt and does what the verdict says; gives how many rows got a final state.
    private func judge(
        _ member: Member,
        outcome: Outcome,
        answerID: Int64,
        request: OpenRequest
    ) throws -> Int {
        try ledger.recordAttempt(
            request: request.id,
            cancel: member.cancelID,
            outcome: outcome,
            isCounted: outcome.kind.countsAttempt
        )
        let wants = try ledger.wants(of: member.orderID, account: request.account)
        let past = Past(
            cancelID: member.cancelID,
            attempts: member.attempts,
            waits: member.waits,
            requestSize: request.orderIDs.count,
            hasUnknown: wants.contains { $0.unknowns > 0 },
            accepted: wants.first { $0.reason == .accepted && $0.state == .cancelled }?.answerID
        )
        switch verdict(on: outcome, past: past, policy: settings.attempts) {
        case .settle(let state, let reason, let evidence):
            let cited =
                switch evidence {
                case .thisAnswer: answerID
                case .answer(let earlier): earlier
                }
            let settlement = Settlement(state, reason, outcome: outcome, answerID: cited)
            return try settle(member, as: settlement, request: request, wants: wants)
        case .unresolved(let reason):
            return try settle(
                member,
                as: Settlement(.unresolved, reason, outcome: outcome),
                request: request,
                wants: []
            )
        case .again(let again):
            return try postpone(
                member,
                outcome: outcome,
                again: again,
                past: past,
                request: request
            )
        }
    }

    private func settle(
        _ member: Member,
        as settlement: Settlement,
        request: OpenRequest,
        wants: [Want]
    ) throws -> Int {
        guard try ledger.settle(member, of: request.id, as: settlement, now: now) else { return 0 }
        guard settlement.state.isFinal else { return 0 }
        // What the exchange said of the order holds for all who wait for it by the same name. Failing
        // is not said of the order: the others have attempts of their own.
        guard settlement.state != .failed else { return 1 }
        let waiting = wants.filter { $0.state == .pending && $0.targetID == request.targetID }
        for want in waiting {
            try ledger.recordAttempt(
                request: request.id,
                cancel: want.cancelID,
                outcome: settlement.outcome,
                isCounted: false
            )
            try ledger.settleWaiting(want, by: request.id, as: settlement, now: now)
        }
        return 1 + waiting.count
    }

    /// Back to pending, unless the deadline came while it was sending: then that wish is applied here.
    private func postpone(
        _ member: Member,
        outcome: Outcome,
        again: Verdict.Again,
        past: Past,
        request: OpenRequest
    ) throws -> Int {
        guard let notAfter = member.notAfter, notAfter < now.wall else {
            try ledger.postpone(member, of: request.id, outcome: outcome, again: again, now: now)
            return 0
        }
        let inDoubt = past.hasUnknown || outcome.kind.leavesDoubt
        guard !inDoubt else {
            let unresolved = Settlement(.unresolved, .unknown, outcome: outcome)
            _ = try ledger.settle(member, of: request.id, as: unresolved, now: now)
            return 0
        }
        let event = try ledger.note(
            Event(
                "expire",
                jobID: member.jobID,
                requestID: request.id,
                detail: "1 id not sent in time"
            ),
            now: now
        )
        let expired = Settlement(.expired, nil, outcome: outcome, eventID: event)
        return try ledger.settle(member, of: request.id, as: expired, now: now) ? 1 : 0
    }

    /// The order is in no request any more: those who waited for that may be claimed.
    private func unblock(_ order: OrderID, account: String) throws {
        for want in try ledger.wants(of: order, account: account) where want.isBlocked {
            if want.state == .pending { try ledger.unblock(want) }
        }
    }
}
