package import Cancels
package import GRDB

/// How far work is: ids counted by state, of a whole file or of one job.
package struct Tally: Hashable, Sendable {
    /// Ids, by state; every state is there.
    package var ids: [CancelState: Int] = [:]

    /// All ids.
    package var total: Int { ids.values.reduce(0, +) }
    /// Ids in a final state.
    package var settled: Int { ids.filter(\.key.isFinal).values.reduce(0, +) }
    /// Ids that the exchange has yet to be asked about.
    package var open: Int { self[.pending] + self[.sending] }

    package subscript(state: CancelState) -> Int { ids[state] ?? 0 }
}

/// One job, as `v_job` shows it.
package struct JobReport: Hashable, Sendable {
    package let id: Int64
    package let account: String
    package let contract: String
    package let priority: Int64
    package let queuedAt: WallTime
    package let queuedBy: String?
    package let note: String?
    package let tally: Tally
}

/// One account, as `v_account` shows it.
package struct AccountReport: Hashable, Sendable {
    package let name: String
    package let pausedReason: String?
    package let readyJobs: Int
    package let openRequests: Int
    /// The limit that the exchange states, where it is stricter than ours.
    package let stated: StatedLimit?
    /// What is seen of other tools on the account.
    package let foreign: ForeignUse
}

/// An id that needs a person, as `v_failure` shows it.
package struct FailureReport: Hashable, Sendable {
    package let orderID: String
    package let state: String
    package let reason: String?
    package let code: String?
    package let message: String?
}

/// What the commands read; each a handful of lookups, whatever the size of the file.
package struct Report {
    let db: Database

    package init(_ db: Database) { self.db = db }

    /// How far all the work is.
    package func tally() throws -> Tally {
        var tally = Tally(
            ids: Dictionary(uniqueKeysWithValues: CancelState.allCases.map { ($0, 0) })
        )
        var superseded = 0
        for row in try rows(.tally) {
            if let state = CancelState(rawValue: row["state"]) {
                tally.ids[state] = row["ids"]
            } else {
                superseded += row["ids"]
            }
        }
        let total = try Int.fetchOne(db, sql: Query.cancelCount.rawValue) ?? 0
        tally.ids[.pending] = total - superseded - tally.total
        return tally
    }

    /// The names of the accounts.
    package func accountNames() throws -> [String] {
        try rows(.accountNames).map { $0["name"] }
    }

    /// The accounts, by name.
    package func accounts() throws -> [AccountReport] {
        try rows(.accounts).map { row in
            AccountReport(
                name: row["account"],
                pausedReason: row["paused_reason"],
                readyJobs: row["ready_jobs"],
                openRequests: row["open_requests"],
                stated: StatedLimit(
                    requests: row["stated_limit"],
                    milliseconds: row["stated_window_ms"]
                ),
                foreign: ForeignUse(
                    last: row["foreign_last"] ?? 0,
                    most: row["foreign_most"] ?? 0,
                    at: (row["foreign_at_ms"] as Int64?).map { WallTime(milliseconds: $0) }
                )
            )
        }
    }

    /// The jobs queued last, newest first.
    package func latestJobs(_ limit: Int) throws -> [JobReport] {
        try Int64.fetchAll(db, sql: Query.latestJobs.rawValue, arguments: [limit])
            .compactMap { try job($0) }
    }

    /// One job; nil where there is none of that id.
    package func job(_ id: Int64) throws -> JobReport? {
        try rows(.job, [id]).first.map { row in
            var tally = Tally()
            for state in CancelState.allCases { tally.ids[state] = row[state.rawValue] }
            return JobReport(
                id: row["job_id"],
                account: row["account"],
                contract: row["contract"],
                priority: row["priority"],
                queuedAt: WallTime(milliseconds: row["queued_at_ms"]),
                queuedBy: row["queued_by"],
                note: row["note"],
                tally: tally
            )
        }
    }

    /// The ids of a job that need a person, at most `limit`.
    package func failures(of job: Int64, limit: Int) throws -> [FailureReport] {
        try rows(.failuresOfJob, [job, limit]).map { row in
            FailureReport(
                orderID: row["order_id"],
                state: row["state"],
                reason: row["class"],
                code: row["err_code"],
                message: row["err_msg"]
            )
        }
    }

    /// Ids sent in the last `span`, by the wall clock.
    package func idsSent(within span: Duration, of now: WallTime) throws -> Int {
        let since = now.milliseconds - span.milliseconds
        return try rows(.latestRequests, [1_000])
            .prefix { $0["granted_at_ms"] as Int64 >= since }
            .reduce(0) { $0 + ($1["size"] as Int) }
    }

    /// The rows of any statement, for what a person asks in SQL.
    package func rows(sql: String) throws -> (columns: [String], rows: [[String]]) {
        let statement = try db.makeStatement(sql: sql)
        let rows = try Row.fetchAll(statement)
        return (
            statement.columnNames,
            rows.map { row in
                row.databaseValues.map {
                    $0.isNull ? "" : String(describing: $0.storage.value ?? "")
                }
            }
        )
    }

    private func rows(_ query: Query, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(db, sql: query.rawValue, arguments: arguments)
    }
}
