import CancelStore
import Cancels

// What a page of the exchange's lists means for the cancels that a scan looks for.

extension Recording {
    /// What a lookup's answer belongs to.
    private struct Reading {
        let scan: Scan
        let answerID: Int64
        let request: OpenRequest
    }

    /// Reads the answer to a lookup and says where its scan goes on; gives how many cancels got a final
    /// state.
    func read(
        _ answer: Answer,
        answerID: Int64,
        of request: OpenRequest,
        list: OrderList,
        page: Int
    ) throws -> Int {
        guard let id = request.scanID, var scan = try ledger.runningScan(id) else { return 0 }
        let reading = Reading(scan: scan, answerID: answerID, request: request)
        guard let orders = answer.page else {
            try overcome(answer, in: reading)
            return 0
        }
        var settled = 0
        for order in orders.orders {
            for member in try ledger.members(of: id, order: order.id) {
                settled += try settle(member, by: order.finding, in: reading)
            }
        }
        (scan.troubles, scan.due) = (0, now.boot)
        if try ledger.unfoundMembers(of: id, limit: 1).isEmpty {
            try end(scan, as: .complete)
        } else if orders.number < orders.count, orders.number < settings.lookups.pageLimit {
            scan.page = page + 1
            try ledger.advance(scan)
        } else if list == .open {
            (scan.list, scan.page) = (.history, 1)
            try ledger.advance(scan)
        } else {
            settled += try missTheRest(in: reading)
            try end(scan, as: .complete)
        }
        return settled
    }

    /// What was in neither list: absent, which settles nothing before it was so several times.
    private func missTheRest(in reading: Reading) throws -> Int {
        var settled = 0
        let absent = Finding(.absent, message: "in neither list of the exchange")
        while true {
            let missed = try ledger.unfoundMembers(of: reading.scan.id, limit: settings.sweep)
            for member in missed { settled += try settle(member, by: absent, in: reading) }
            if missed.count < settings.sweep { return settled }
        }
    }

    /// Writes a finding down, and does what follows from it where the cancel is unresolved.
    private func settle(
        _ member: ScanMember,
        by finding: Finding,
        in reading: Reading
    ) throws -> Int {
        try ledger.record(
            finding,
            of: member,
            scan: reading.scan.id,
            answer: reading.answerID,
            now: now
        )
        guard member.state == .unresolved else { return 0 }
        let absences = try ledger.absences(of: member.cancelID)
        let since = absences.since.map { now.wall.milliseconds - $0.milliseconds } ?? 0
        let past = LookupPast(
            cancelID: member.cancelID,
            attempts: member.attempts,
            absences: absences.times,
            absentFor: .milliseconds(since)
        )
        let ruling = ruling(
            on: finding.kind,
            past: past,
            attempts: settings.attempts,
            lookups: settings.lookups
        )
        return try carryOut(ruling, on: member, by: finding, in: reading)
    }

    private func carryOut(
        _ ruling: Ruling,
        on member: ScanMember,
        by finding: Finding,
        in reading: Reading
    ) throws -> Int {
        let settlement: Settlement
        switch ruling {
        case .wait:
            return 0
        case .settle(let state, let reason):
            settlement = Settlement(
                state,
                reason,
                code: finding.code,
                message: finding.message,
                answerID: reading.answerID,
                relationOrderID: finding.relationOrderID
            )
        case .again(let delay):
            guard let wish = try wish(of: member, in: reading) else {
                try ledger.reopen(member.cancelID, finding: finding, due: now.boot + delay)
                return 0
            }
            settlement = wish
        }
        let request = reading.request
        try ledger.settleWaiting(member.cancelID, by: request.id, as: settlement, now: now)
        let wants = try ledger.wants(of: member.orderID, account: request.account)
        let told = try tellOthers(
            wants,
            settlement.state == .cancelled || settlement.state == .rejected ? settlement : nil,
            by: request.id,
            target: request.targetID,
            outcome: nil
        )
        return 1 + told
    }

    /// A withdrawal or a deadline that came meanwhile: of an order that is still live it is applied now.
    private func wish(of member: ScanMember, in reading: Reading) throws -> Settlement? {
        let event: Int64
        let state: CancelState
        if let withdrawn = member.withdrawEvent {
            (state, event) = (.withdrawn, withdrawn)
        } else if let notAfter = member.notAfter, notAfter < now.wall {
            (state, event) = (
                .expired, try noteExpiry(of: member.jobID, requestID: reading.request.id)
            )
        } else {
            return nil
        }
        return Settlement(state, nil, code: nil, message: nil, eventID: event)
    }

    /// Asks for the same page again, after a wait; at last gives the scan up.
    private func overcome(_ answer: Answer, in reading: Reading) throws {
        var scan = reading.scan
        switch answer.whole?.kind {
        case .throttled?, .unavailable?, .notSent?, .accountTrouble?:
            // The bucket, the circuit or the account does the waiting.
            return try ledger.advance(scan)
        case .badTarget?, .badRequest?, .permanent?:
            try giveUp(scan, answer, request: reading.request)
        default:
            scan.troubles += 1
            scan.due = now.boot + settings.attempts.again.delay(after: scan.troubles, of: scan.id)
            if scan.troubles < settings.lookups.troubleLimit { return try ledger.advance(scan) }
            try giveUp(scan, answer, request: reading.request)
        }
    }

    private func giveUp(_ scan: Scan, _ answer: Answer, request: OpenRequest) throws {
        try ledger.note(
            Event(
                "lookup_failed",
                account: request.account,
                requestID: request.id,
                reason:
                    "the exchange's lists could not be read to the end; it is tried again later",
                detail: answer.whole?.reason
            ),
            now: now
        )
        try end(scan, as: .givenUp)
    }

    /// Ends a scan; what it left unresolved is looked up again after a wait that grows.
    private func end(_ scan: Scan, as end: Scan.End) throws {
        try ledger.end(scan: scan.id, as: end, now: now)
        guard scan.purpose == .unresolved,
            let wanted = try ledger.wantedLookup(of: scan.targetID)
        else { return }
        let delay = settings.lookups.again.delay(after: wanted.fruitless, of: scan.targetID)
        try ledger.postponeLookup(of: scan.targetID, until: now.boot + delay)
    }
}
