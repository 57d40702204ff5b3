package import Cancels
import GRDB

extension Ledger {
    /// The targets of an account with unresolved ids.
    package func wantedLookups(of account: String) throws -> [WantedLookup] {
        try rows(.wantedLookups, [account]).map(WantedLookup.init)
    }

    /// A target with unresolved ids; nil where it has none.
    package func wantedLookup(of target: Int64) throws -> WantedLookup? {
        try row(.wantedLookup, [target]).map(WantedLookup.init)
    }

    /// The scans of an account that a runner may go on with.
    package func runningScans(of account: String, runner: Int64) throws -> [Scan] {
        try rows(.runningScans, [account, runner]).map(scan)
    }

    /// A scan that has not ended.
    package func runningScan(_ id: Int64) throws -> Scan? { try row(.scan, [id]).map(scan) }

    /// Begins a scan for all unresolved ids of a target.
    package func beginScan(target: Int64, runner: Int64, now: Now) throws {
        let scan = try insertScan(target: target, purpose: .unresolved, runner: runner, now: now)
        try run(.insertUnresolvedMembers, [scan, target])
    }

    /// Begins a scan of a runner's own for what is recorded of a job; gives its id, or nil where nothing is.
    package func beginReconciliation(
        job: Int64,
        settledIn span: ClosedRange<WallTime>,
        runner: Int64,
        now: Now
    ) throws -> Int64? {
        guard let target: Int64 = try value(.targetOfJob, [job]) else { return nil }
        return try reconcile(target, .insertMembersOfJob, of: job, span, runner: runner, now: now)
    }

    /// Begins scans of a runner's own for what is recorded of an account; gives the ids of those with
    /// something to look for.
    package func beginReconciliation(
        account: String,
        settledIn span: ClosedRange<WallTime>,
        runner: Int64,
        now: Now
    ) throws -> [Int64] {
        try rows(.targetsOfAccount, [account]).compactMap { row in
            let target: Int64 = row["id"]
            return try reconcile(
                target,
                .insertMembersOfTarget,
                of: target,
                span,
                runner: runner,
                now: now
            )
        }
    }

    private func reconcile(
        _ target: Int64,
        _ query: Query,
        of key: Int64,
        _ span: ClosedRange<WallTime>,
        runner: Int64,
        now: Now
    ) throws -> Int64? {
        let scan = try insertScan(target: target, purpose: .reconcile, runner: runner, now: now)
        let bounds = (span.lowerBound.milliseconds, span.upperBound.milliseconds)
        guard try run(query, [scan, key, bounds.0, bounds.1]) > 0 else {
            try end(scan: scan, as: .complete, now: now)
            return nil
        }
        return scan
    }

    private func insertScan(
        target: Int64,
        purpose: Scan.Purpose,
        runner: Int64,
        now: Now
    ) throws -> Int64 {
        try run(.insertScan, [target, purpose.rawValue, runner, now.wall.milliseconds])
        return db.lastInsertedRowID
    }

    /// Writes down where a scan goes on after an answer.
    package func advance(_ scan: Scan) throws {
        try run(
            .advanceScan,
            [
                scan.list.rawValue, scan.page, scan.due.nanoseconds, scan.troubles, scan.openOrders,
                scan.shrank, scan.id,
            ]
        )
    }

    /// Ends a scan.
    package func end(scan: Int64, as end: Scan.End, now: Now) throws {
        try run(.endScan, [now.wall.milliseconds, end.rawValue, scan])
    }

    /// The members of a scan with an order id of which it has said nothing yet.
    package func members(of scan: Int64, order: OrderID) throws -> [ScanMember] {
        try rows(.membersByOrder, [scan, order.text]).map(scanMember)
    }

    /// The members of a scan of which it has said nothing yet, at most `limit`.
    package func unfoundMembers(of scan: Int64, limit: Int) throws -> [ScanMember] {
        try rows(.unfoundMembers, [scan, limit]).map(scanMember)
    }

    /// Writes what a scan says of a cancel.
    package func record(
        _ finding: Finding,
        of member: ScanMember,
        scan: Int64,
        answer: Int64,
        now: Now
    ) throws {
        try run(
            .insertFinding,
            [
                member.cancelID, scan, answer, finding.kind.rawValue, finding.code, finding.message,
                finding.relationOrderID, member.state.rawValue, member.reason?.rawValue,
                now.wall.milliseconds, now.boot.nanoseconds, now.bootID,
            ]
        )
    }

    /// How many lookups in a row have missed a cancel since an answer, in this boot, and when the first did.
    package func absences(
        of cancel: Int64,
        since answer: Int64,
        bootID: String
    ) throws -> (times: Int, since: BootTime?) {
        guard let row = try row(.absences, [cancel, answer, bootID]) else { return (0, nil) }
        return (row["times"], (row["since"] as Int64?).map { BootTime(nanoseconds: $0) })
    }

    /// The last word on any attempt on an order: which answer, and when it came or was given up; nil where
    /// there was none.
    ///
    /// The time is nil where it counts on another boot's clock.
    package func lastWord(
        on order: OrderID,
        account: String,
        bootID: String
    ) throws -> (answer: Int64, at: BootTime?)? {
        guard let row = try row(.lastWord, [order.text, account]),
            let id: Int64 = row["id"]
        else { return nil }
        let isOurs = row["boot_id"] as String == bootID
        return (id, isOurs ? BootTime(nanoseconds: row["received_ns"]) : nil)
    }

    /// Makes an unresolved cancel pending again, due at an instant.
    package func reopen(_ cancel: Int64, finding: Finding, due: BootTime) throws {
        try run(.reopen, [finding.code, finding.message, due.nanoseconds, cancel])
    }

    /// Has the target of a job looked up soon, since an id of it became unresolved.
    package func hastenLookup(of job: Int64, notBefore: BootTime, notAfter: BootTime) throws {
        try run(.hastenLookup, [notBefore.nanoseconds, notAfter.nanoseconds, job])
    }

    /// Has a target looked up again not before an instant.
    package func postponeLookup(of target: Int64, until due: BootTime) throws {
        try run(.postponeLookup, [due.nanoseconds, target])
    }

    private func scan(_ row: FoundRow) throws -> Scan {
        Scan(
            id: row["id"],
            targetID: row["target_id"],
            purpose: try known(Scan.Purpose(rawValue: row["purpose"]), row["purpose"]),
            list: try known(OrderList(rawValue: row["list"]), row["list"]),
            page: row["page"],
            due: BootTime(nanoseconds: row["due_ns"]),
            troubles: row["troubles"],
            openOrders: row["open_orders"],
            shrank: row["shrank"],
            isInFlight: (row["request_id"] as Int64?) != nil
        )
    }

    private func scanMember(_ row: FoundRow) throws -> ScanMember {
        ScanMember(
            cancelID: row["id"],
            jobID: row["job_id"],
            orderID: try orderID(row["order_id"]),
            state: try known(CancelState(rawValue: row["state"]), row["state"]),
            reason: (row["class"] as String?).flatMap(CancelClass.init(rawValue:)),
            attempts: row["attempts"],
            notAfter: (row["not_after_ms"] as Int64?).map { WallTime(milliseconds: $0) },
            withdrawEvent: row["withdraw_event_id"]
        )
    }
}
