import CancelStore
import Cancels

// What an answer to a cancel request means for its ids, one by one.

extension Recording {
    /// What an answer says of one order.
    fileprivate struct Said {
        let order: OrderID
        /// Where the order stood in the request.
        let place: Int
        let outcome: Outcome
        let answerID: Int64
        let request: OpenRequest
    }

    /// Judges every id of a cancel request; gives how many rows got a final state.
    func judge(
        _ orderIDs: [OrderID],
        by answer: Answer,
        answerID: Int64,
        of request: OpenRequest
    ) throws -> Int {
        try noteAlarms(answer, of: request)
        let members = try ledger.members(of: request.id)
        let byOrder = Dictionary(grouping: members, by: \.orderID)
        var settled = 0
        var accepted: [Int64] = []
        for (place, order) in orderIDs.enumerated() {
            // An id that the reader of answers did not speak of is unknown, never done.
            let outcome =
                answer.outcomes[order]
                ?? Outcome(.unknown, message: "the answer was not read for this id")
            let wanting = byOrder[order] ?? []
            if outcome == Outcome(.accepted), wanting.count == 1, !wanting[0].isShared {
                accepted.append(wanting[0].cancelID)
                continue
            }
            let said = Said(
                order: order,
                place: place,
                outcome: outcome,
                answerID: answerID,
                request: request
            )
            settled += try judge(wanting, by: said)
        }
        settled += try settle(accepted: accepted, of: request.id, by: answerID)
        try goOnSplitting(members, by: answer, of: request)
        return settled
    }

    /// Settles what was accepted and wanted by one row each: nearly all ids, and nothing of the past bears on
    /// them, so they are written together.
    private func settle(accepted: [Int64], of request: Int64, by answerID: Int64) throws -> Int {
        try ledger.settle(
            alike: accepted,
            of: request,
            as: Settlement(.cancelled, .accepted, code: nil, message: nil, answerID: answerID),
            after: Outcome(.accepted),
            now: now
        )
    }

    /// Judges one attempt on an order for all the rows that were in it, and does what the verdict says;
    /// gives how many rows got a final state.
    private func judge(_ members: [Member], by said: Said) throws -> Int {
        // Where a row is the only one of its order there is nobody else to ask or to tell.
        let isShared = members.count != 1 || members[0].isShared
        let wants = isShared ? try ledger.wants(of: said.order, account: said.request.account) : []
        let hasUnknown =
            members.contains { $0.unknowns > 0 } || wants.contains { $0.unknowns > 0 }
        let accepted = wants.first { $0.reason == .accepted && $0.state == .cancelled }?.answerID
        var settled = 0
        var final: Settlement?
        for member in members {
            let past = Past(
                cancelID: member.cancelID,
                attempts: member.attempts,
                waits: member.waits,
                requestSize: said.request.call.orderIDs.count,
                place: said.place,
                hasUnknown: hasUnknown,
                accepted: accepted
            )
            let verdict = verdict(on: said.outcome, past: past, policy: settings.attempts)
            // Whatever sends an id to be looked up has used an attempt up, or an id that is refused, found live
            // and refused again would go on for ever.
            let isCounted = said.outcome.kind.countsAttempt || verdict.isUnresolved
            try ledger.recordAttempt(
                request: said.request.id,
                cancel: member.cancelID,
                outcome: said.outcome,
                isCounted: isCounted
            )
            let settlement = try carryOut(
                verdict,
                on: member,
                by: said,
                hasUnknown: hasUnknown,
                isCounted: isCounted
            )
            guard let settlement, settlement.state.isFinal else { continue }
            settled += 1
            final = settlement
        }
        let told = try tellOthers(
            wants,
            final,
            by: said.request.id,
            target: said.request.targetID,
            outcome: said.outcome
        )
        return settled + told
    }

    /// Does what a verdict says; gives the settlement where there was one.
    private func carryOut(
        _ verdict: Verdict,
        on member: Member,
        by said: Said,
        hasUnknown: Bool,
        isCounted: Bool
    ) throws -> Settlement? {
        let settlement: Settlement
        switch verdict {
        case .settle(let state, let reason, let evidence):
            let cited =
                switch evidence {
                case .thisAnswer: said.answerID
                case .answer(let earlier): earlier
                }
            settlement = said.settlement(state, reason, answerID: cited)
        case .unresolved(let reason):
            settlement = said.settlement(.unresolved, reason)
        case .again(let again):
            let hasPassed = member.notAfter.map { $0 < now.wall } ?? false
            guard member.withdrawEvent != nil || hasPassed else {
                try ledger.postpone(
                    member,
                    of: said.request.id,
                    outcome: said.outcome,
                    again: again,
                    now: now
                )
                return nil
            }
            // A withdrawal or a deadline that came while it was sending was a wish, applied here.
            let inDoubt = hasUnknown || said.outcome.kind.leavesDoubt
            settlement =
                inDoubt
                ? said.settlement(.unresolved, .unknown) : try ended(member, by: said)
        }
        let isSettled = try ledger.settle(
            member,
            of: said.request.id,
            as: settlement,
            after: said.outcome.kind,
            isCounted: isCounted,
            now: now
        )
        guard isSettled else { return nil }
        if settlement.state == .unresolved { try hastenLookup(of: member.jobID) }
        return settlement
    }

    private func ended(_ member: Member, by said: Said) throws -> Settlement {
        if let event = member.withdrawEvent {
            return said.settlement(.withdrawn, nil, eventID: event)
        }
        let event = try noteExpiry(of: member.jobID, requestID: said.request.id)
        return said.settlement(.expired, nil, eventID: event)
    }

    /// Notes that one id was not sent in time.
    func noteExpiry(of job: Int64, requestID: Int64) throws -> Int64 {
        try ledger.note(
            Event("expire", jobID: job, requestID: requestID, detail: "1 id not sent in time"),
            now: now
        )
    }

    /// Goes on with the search for a poisonous id, where this request carried the first half of a refused
    /// one.
    private func goOnSplitting(
        _ members: [Member],
        by answer: Answer,
        of request: OpenRequest
    ) throws {
        let isRefused = answer.outcomes.values.contains { $0.kind == .badRequest }
        if isRefused, request.call.orderIDs.count == 1 {
            try ledger.releaseSplits(ofTarget: request.targetID)
        } else if !isRefused, answer.kind == .answered, !answer.asksToWait {
            // In order: the same answers must give the same file, in every process.
            for split in Set(members.compactMap(\.splitBy)).sorted() {
                try ledger.releaseNextHalf(of: split)
            }
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
        let outcomes = request.call.orderIDs.compactMap { answer.outcomes[$0] }
        if let unlisted = outcomes.first(where: { $0.kind == .unlisted }) {
            try ledger.note(
                Event(
                    "unlisted",
                    account: request.account,
                    requestID: request.id,
                    reason: "a code whose meaning for a cancel is not known; its ids are looked up",
                    detail: unlisted.reason
                ),
                now: now
            )
        }
    }
}

extension Recording.Said {
    func settlement(
        _ state: CancelState,
        _ reason: CancelClass?,
        answerID: Int64? = nil,
        eventID: Int64? = nil
    ) -> Settlement {
        Settlement(
            state,
            reason,
            code: outcome.code,
            message: outcome.message,
            answerID: answerID,
            eventID: eventID
        )
    }
}
