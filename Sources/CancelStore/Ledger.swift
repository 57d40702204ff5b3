package import Cancels
import GRDB

/// The verbs of one write transaction, each a statement or two of `Query`.
///
/// A ledger is handed out by `CancelStore.write` and must not outlive the closure it was given to.
package struct Ledger {
    let db: Database
    private let prepared: PreparedQueries

    init(db: Database, prepared: PreparedQueries) {
        self.db = db
        self.prepared = prepared
    }

    /// Runs a statement that returns no rows; gives how many it changed.
    @discardableResult
    func run(_ query: Query, _ arguments: [(any Storable)?] = []) throws -> Int {
        try prepared.statement(of: query, on: db).run(arguments)
    }

    /// Runs a statement that takes ten rows at a time, by their ids, between its first and its other arguments;
    /// gives how many it changed.
    @discardableResult
    func runByTen(
        _ query: Query,
        _ first: [(any Storable)?],
        on ids: [Int64],
        _ others: [(any Storable)?] = []
    ) throws -> Int {
        var changed = 0
        for start in stride(from: 0, to: ids.count, by: 10) {
            let ten = (start..<start + 10).map { ids[min($0, ids.count - 1)] }
            changed += try run(query, first + ten + others)
        }
        return changed
    }

    /// The rows of a statement.
    func rows(_ query: Query, _ arguments: [(any Storable)?] = []) throws -> [FoundRow] {
        try prepared.statement(of: query, on: db).rows(arguments)
    }

    /// The first row of a statement.
    func row(_ query: Query, _ arguments: [(any Storable)?] = []) throws -> FoundRow? {
        try prepared.statement(of: query, on: db).rows(arguments, limit: 1).first
    }

    /// The first column of the first row.
    func value<Value: Storable>(_ query: Query, _ arguments: [(any Storable)?] = []) throws
        -> Value?
    {
        try row(query, arguments)?.first()
    }
}

// MARK: - Runners and boot

extension Ledger {
    /// What tells one runner process from another, over restarts and reboots.
    package struct Process: Hashable, Sendable {
        /// The process id.
        package let pid: Int64
        /// When the kernel started it, in clock ticks since boot; a pid alone is used again.
        package let started: Int64
        /// The namespace the pid counts in; a process of another one cannot be looked up.
        package let space: String

        package init(pid: Int64, started: Int64, space: String) {
            self.pid = pid
            self.started = started
            self.space = space
        }
    }

    /// An unfinished request of another runner, with what tells whether that runner lives.
    package struct OthersRequest: Hashable, Sendable {
        package let requestID: Int64
        package let runnerID: Int64
        package let process: Process
        package let bootID: String
        package let heartbeat: BootTime
        package let stopped: Bool
    }

    /// Declares this process as a runner and gives its id.
    package func register(name: String, process: Process, now: Now) throws -> Int64 {
        try run(
            .registerRunner,
            [
                name, process.pid, process.started, process.space, now.bootID,
                now.wall.milliseconds,
                now.boot.nanoseconds,
            ]
        )
        return db.lastInsertedRowID
    }

    /// Renews a runner's heartbeat where it is older than `age`.
    package func beat(_ runner: Int64, olderThan age: Duration, now: Now) throws {
        let oldest = now.boot.nanoseconds - age.nanoseconds
        try run(.beat, [now.boot.nanoseconds, runner, oldest])
    }

    /// Notes that a runner stopped with good manners.
    package func stop(_ runner: Int64, now: Now) throws {
        try run(.stopRunner, [now.wall.milliseconds, runner])
        try note(Event("stop", runnerID: runner), now: now)
    }

    /// Notices a reboot: whatever counts on the old boot clock starts anew, tokens with one full hold; tells
    /// whether there was one.
    package func rebase(hold: Duration, now: Now) throws -> Bool {
        let last: String? = try value(.bootID)
        guard last != now.bootID else { return false }
        guard last != nil else {
            try run(.insertBoot, [now.bootID])
            return false
        }
        try run(.updateBoot, [now.bootID])
        try run(.rebaseTokens, [(now.boot + hold).nanoseconds])
        try run(.rebaseBuckets, [now.boot.nanoseconds])
        try run(.rebaseDue, [now.boot.nanoseconds])
        try run(.rebaseLookups)
        try run(.rebaseScans)
        return true
    }

    /// The unfinished requests of one runner.
    package func requests(of runner: Int64) throws -> [Int64] {
        try rows(.ownRequests, [runner]).map { $0["request_id"] }
    }

    /// The unfinished requests of all runners but one.
    package func requestsOfOthers(than runner: Int64) throws -> [OthersRequest] {
        try rows(.othersRequests, [runner]).map { row in
            OthersRequest(
                requestID: row["request_id"],
                runnerID: row["runner_id"],
                process: Process(
                    pid: row["pid"],
                    started: row["process_started"],
                    space: row["process_space"]
                ),
                bootID: row["boot_id"],
                heartbeat: BootTime(nanoseconds: row["heartbeat_ns"]),
                stopped: (row["stopped_at_ms"] as Int64?) != nil
            )
        }
    }
}

// MARK: - Events

/// Something that happened beside requests and answers; a row of `event`.
package struct Event: Sendable {
    /// `start`, `stop`, `recovery`, `pause`, `resume`, `expire`, `stranger`, `unlisted`.
    package var kind: String
    package var account: String?
    package var jobID: Int64?
    package var requestID: Int64?
    package var runnerID: Int64?
    package var by: String?
    package var reason: String?
    package var detail: String?

    package init(
        _ kind: String,
        account: String? = nil,
        jobID: Int64? = nil,
        requestID: Int64? = nil,
        runnerID: Int64? = nil,
        by: String? = nil,
        reason: String? = nil,
        detail: String? = nil
    ) {
        self.kind = kind
        self.account = account
        self.jobID = jobID
        self.requestID = requestID
        self.runnerID = runnerID
        self.by = by
        self.reason = reason
        self.detail = detail
    }
}

extension Ledger {
    /// Writes an event and gives its id.
    @discardableResult
    package func note(_ event: Event, now: Now) throws -> Int64 {
        try run(
            .insertEvent,
            [
                now.wall.milliseconds, event.kind, event.account, event.jobID, event.requestID,
                event.runnerID, event.by, event.reason, event.detail,
            ]
        )
        return db.lastInsertedRowID
    }
}
