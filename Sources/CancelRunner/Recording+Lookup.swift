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
        if list == .open, let total = orders.total {
            scan.shrank = scan.shrank || total < scan.openOrders ?? total
            scan.openOrders = scan.openOrders ?? total
        }
        if try ledger.unfoundMembers(of: id, limit: 1).isEmpty {
            try end(scan, as: .complete)
        } else if page < orders.count {
            // A list that is not read to its end says nothing of what was not found in it.
            guard page < settings.lookups.pageLimit else {
                try end(scan, as: .givenUp)
                return settled
            }
            scan.page = page + 1
            try ledger.advance(scan)
        } else if list == .open {
            (scan.list, scan.page) = (.history, 1)
            try ledger.advance(scan)
        } else if scan.shrank {
            // An order may have slipped from a page to the one before while that was read.
            try end(scan, as: .givenUp)
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
        let ruling = ruling(
            on: finding.kind,
            past: try past(of: member, in: reading),
            attempts: settings.attempts,
            lookups: settings.lookups
        )
        return try carryOut(ruling, on: member, by: finding, in: reading)
    }

    private func past(of member: ScanMember, in reading: Reading) throws -> LookupPast {
        let account = reading.request.account
        let word = try ledger.lastWord(on: member.orderID, account: account, bootID: now.bootID)
        let absences = try ledger.absences(
            of: member.cancelID,
            since: word?.answer ?? 0,
            bootID: now.bootID
        )
        return LookupPast(
            cancelID: member.cancelID,
            attempts: member.attempts,
            quiet: try quiet(on: member.orderID, since: word?.at, in: reading),
            isWished: member.withdrawEvent != nil || hasPassed(member.notAfter),
            absences: absences.times,
            absentFor: absences.since.map { now.boot - $0 } ?? .zero
        )
    }

    /// How long nothing had been said of an order when the page was asked for; nil where something was under
    /// way then, or has been since.
    private func quiet(
        on order: OrderID,
        since lastWord: BootTime?,
        in reading: Reading
    ) throws -> Duration? {
        let request = reading.request
        guard request.bootID == now.bootID,
            try !ledger.isInFlight(order, account: request.account)
        else { return nil }
        // Of another boot, or never: long ago.
        guard let lastWord else { return settings.lookups.quietFor }
        let quiet = request.grantedAt - lastWord
        return quiet < .zero ? nil : quiet
    }

    private func hasPassed(_ notAfter: WallTime?) -> Bool {
        notAfter.map { $0 < now.wall } ?? false
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
                // A list's status is no error code.
                code: finding.kind == .failed ? finding.code : nil,
                message: finding.message ?? "so the exchange's lists say",
                answerID: reading.answerID,
                relationOrderID: finding.relationOrderID
            )
        case .again(let delay):
            try ledger.reopen(member.cancelID, finding: finding, due: now.boot + delay)
            return 0
        case .grant:
            settlement = try wish(of: member, in: reading)
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
    private func wish(of member: ScanMember, in reading: Reading) throws -> Settlement {
        if let withdrawn = member.withdrawEvent {
            return Settlement(.withdrawn, nil, code: nil, message: nil, eventID: withdrawn)
        }
        let event = try noteExpiry(of: member.jobID, requestID: reading.request.id)
        return Settlement(.expired, nil, code: nil, message: nil, eventID: event)
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
