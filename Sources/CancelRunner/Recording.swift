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
        let members = Dictionary(grouping: try ledger.members(of: request.id), by: \.orderID)
        var settled = 0
        for order in request.orderIDs {
            // An id that the reader of answers did not speak of is unknown, never done.
            let outcome =
                answer.outcomes[order]
                ?? Outcome(.unknown, message: "the answer was not read for this id")
            let said = Said(order: order, outcome: outcome, answerID: answerID, request: request)
            settled += try judge(members[order] ?? [], by: said)
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
        else { return try giveBack(answer, of: request, floor: .zero, mode: .window) }
        if answer.exchange != bucket.exchange, answer.kind == .answered {
            // Another way to the exchange has another least round trip.
            bucket.exchange = answer.exchange
            bucket.floor = RoundTripFloor(since: answer.receivedAt)
        }
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
        case .unavailable(let wait):
            bucket.heldUntil = max(bucket.heldUntil, answer.receivedAt + wait)
            bucket.troubles = troubles + 1
        case .accountTrouble(let reason):
            try ledger.pause(request.account, reason: reason, requestID: request.id, now: now)
        case .silent:
            break
        }
        try ledger.update(bucket)
        try giveBack(answer, of: request, floor: bucket.floor.proven, mode: bucket.mode)
    }

    /// The token of an answered request comes back by the proven rule, of an unsent one at once, and of a
    /// lost one not before its hold is over.
    private func giveBack(
        _ answer: Answer,
        of request: OpenRequest,
        floor: Duration,
        mode: BucketPolicy.Mode
    ) throws {
        let policy = settings.bucket.spread(mode)
        switch answer.kind {
        case .answered:
            let free = policy.release(answeredAt: answer.receivedAt, floor: floor)
            try ledger.returnToken(of: request.id, freeAt: free)
        case .unsent:
            try ledger.returnToken(of: request.id, freeAt: now.boot)
        case .lost:
            // A machine that slept in between may send what was queued only now.
            let latest = answer.receivedAt + policy.lateAllowance + policy.spacing
            try ledger.abandonToken(of: request.id, busyUntil: latest)
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

    /// What an answer says of one order.
    private struct Said {
        let order: OrderID
        let outcome: Outcome
        let answerID: Int64
        let request: OpenRequest
    }

    /// Judges one attempt on an order for all the rows that were in it, and does what the verdict says;
    /// gives how many rows got a final state.
    private func judge(_ members: [Member], by said: Said) throws -> Int {
        let wants = try ledger.wants(of: said.order, account: said.request.account)
        let hasUnknown = wants.contains { $0.unknowns > 0 }
        let accepted = wants.first { $0.reason == .accepted && $0.state == .cancelled }?.answerID
        var settled = 0
        var final: Settlement?
        for member in members {
            try ledger.recordAttempt(
                request: said.request.id,
                cancel: member.cancelID,
                outcome: said.outcome,
                isCounted: said.outcome.kind.countsAttempt
            )
            let past = Past(
                cancelID: member.cancelID,
                attempts: member.attempts,
                waits: member.waits,
                requestSize: said.request.orderIDs.count,
                hasUnknown: hasUnknown,
                accepted: accepted
            )
            let settlement = try carryOut(
                verdict(on: said.outcome, past: past, policy: settings.attempts),
                on: member,
                by: said,
                hasUnknown: hasUnknown
            )
            guard let settlement, settlement.state.isFinal else { continue }
            settled += 1
            final = settlement
        }
        return settled + (try tellOthers(wants, final, by: said))
    }

    /// Does what a verdict says; gives the settlement where there was one.
    private func carryOut(
        _ verdict: Verdict,
        on member: Member,
        by said: Said,
        hasUnknown: Bool
    ) throws -> Settlement? {
        let settlement: Settlement
        switch verdict {
        case .settle(let state, let reason, let evidence):
            let cited =
                switch evidence {
                case .thisAnswer: said.answerID
                case .answer(let earlier): earlier
                }
            settlement = Settlement(state, reason, outcome: said.outcome, answerID: cited)
        case .unresolved(let reason):
            settlement = Settlement(.unresolved, reason, outcome: said.outcome)
        case .again(let again):
            guard let notAfter = member.notAfter, notAfter < now.wall else {
                try ledger.postpone(
                    member,
                    of: said.request.id,
                    outcome: said.outcome,
                    again: again,
                    now: now
                )
                return nil
            }
            // The deadline came while it was sending: that wish is applied here.
            let inDoubt = hasUnknown || said.outcome.kind.leavesDoubt
            settlement = try inDoubt ? unresolved(said) : expired(member, said)
        }
        let isSettled = try ledger.settle(member, of: said.request.id, as: settlement, now: now)
        return isSettled ? settlement : nil
    }

    private func unresolved(_ said: Said) -> Settlement {
        Settlement(.unresolved, .unknown, outcome: said.outcome)
    }

    private func expired(_ member: Member, _ said: Said) throws -> Settlement {
        let event = Event(
            "expire",
            jobID: member.jobID,
            requestID: said.request.id,
            detail: "1 id not sent in time"
        )
        let eventID = try ledger.note(event, now: now)
        return Settlement(.expired, nil, outcome: said.outcome, eventID: eventID)
    }

    /// The order is in no request any more: what was said of it holds for those who wait for it by the same
    /// name, and the others may be claimed; gives how many rows got a final state.
    ///
    /// That it is cancelled holds for the unresolved as well, by whatever name. Failing and expiring are not
    /// said of the order: the others have attempts and deadlines of their own.
    private func tellOthers(_ wants: [Want], _ final: Settlement?, by said: Said) throws -> Int {
        var settled = 0
        for want in wants {
            let isTold =
                switch (final?.state, want.state) {
                case (.cancelled, .unresolved): true
                case (.cancelled, .pending), (.rejected, .pending):
                    want.targetID == said.request.targetID
                default: false
                }
            if isTold, let final {
                try ledger.recordAttempt(
                    request: said.request.id,
                    cancel: want.cancelID,
                    outcome: said.outcome,
                    isCounted: false
                )
                try ledger.settleWaiting(want, by: said.request.id, as: final, now: now)
                settled += 1
            } else if want.isBlocked, want.state == .pending {
                try ledger.unblock(want)
            }
        }
        return settled
    }
}
