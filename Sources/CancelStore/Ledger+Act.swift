package import Cancels
import GRDB

/// What an operator orders; a row of `act`, carried out by the triggers of the schema.
package struct Act: Hashable, Sendable {
    /// The kinds; the text of `act.kind`.
    package enum Kind: String, Sendable, CaseIterable {
        /// Nothing more is claimed for an account, or for all.
        case pause
        /// It goes on.
        case resume
        /// Ids that came to nothing get another round.
        case retry
        /// Open ids are taken back.
        case withdraw
    }

    package var kind: Kind
    package var account: String?
    package var jobID: Int64?
    package var orderID: String?
    /// Of a retry: the state of the ids it is for, `failed` where nil.
    package var state: CancelState?
    /// Of a retry: their class.
    package var reasonClass: String?
    /// Of a retry: their code.
    package var code: String?
    /// Of a retry: the time in which they were settled.
    package var since: WallTime?
    package var until: WallTime?
    /// Why, for the audit.
    package var reason: String?
    /// Who, for the audit.
    package var by: String?

    package init(_ kind: Kind) { self.kind = kind }
}

/// What an act did, or in a rehearsal would do.
package struct ActReport: Hashable, Sendable {
    /// Ids of one target.
    package struct Share: Hashable, Sendable {
        package let account: String
        package let contract: String
        package let ids: Int
    }

    /// One account that was paused or let go on.
    package struct Account: Hashable, Sendable {
        package let name: String
        package let isPaused: Bool
        package let pendingIDs: Int
        package let openRequests: Int
    }

    /// Of a retry: the ids with a new round, by target.
    package var retried: [Share] = []
    /// Of a withdrawal: ids withdrawn at once.
    package var withdrawn = 0
    /// Of a withdrawal: ids that are sending or in doubt, to be withdrawn at their verdict.
    package var wished = 0
    /// Of a pause or resume: the accounts.
    package var accounts: [Account] = []
}

extension Ledger {
    /// Carries an act out, with its event.
    ///
    /// - Throws: `StoreError.refused` with the database's sentence where it takes no such act.
    package func carryOut(_ act: Act) throws -> ActReport {
        let before = try withdrawnCount()
        do {
            try run(
                .insertAct,
                [
                    act.kind.rawValue, act.account, act.jobID, act.orderID, act.state?.rawValue,
                    act.reasonClass, act.code, act.since?.milliseconds, act.until?.milliseconds,
                    act.reason, act.by,
                ]
            )
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw StoreError.refused(error.message ?? "the act was refused")
        }
        let id = db.lastInsertedRowID
        var report = ActReport()
        switch act.kind {
        case .pause, .resume:
            report.accounts = try pauses(of: act.account)
        case .retry:
            report.retried = try rows(.retried, [id]).map {
                .init(account: $0["account"], contract: $0["selector"], ids: $0["ids"])
            }
        case .withdraw:
            report.withdrawn = try withdrawnCount() - before
            let event: Int64? = try value(.latestEvent)
            report.wished = try value(.wishes, [event]) ?? 0
        }
        return report
    }

    private func withdrawnCount() throws -> Int {
        try rows(.tally).first { $0["state"] as String == CancelState.withdrawn.rawValue }?["ids"]
            ?? 0
    }

    private func pauses(of account: String?) throws -> [ActReport.Account] {
        try rows(.pauses, [account]).map { row in
            let name: String = row["name"]
            return ActReport.Account(
                name: name,
                isPaused: row["paused"],
                pendingIDs: try value(.pendingOfAccount, [name]) ?? 0,
                openRequests: row["open_requests"]
            )
        }
    }
}
