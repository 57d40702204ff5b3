import ArgumentParser
import Cancels
import CancelStore
import Foundation

/// Says how far the work is, of the whole file or of one job.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says how far the work is: of the whole file, or of one job.",
        discussion:
            "For anything else there is SQL: v_job, v_cancel, v_attempt, v_request, v_failure, v_rate."
    )

    @OptionGroup var database: DatabaseOptions

    @Flag(name: .long, help: "Print JSON, for other tools.")
    var json = false

    @Argument(help: "A job id.")
    var job: Int64?

    func run() throws {
        let store = try CancelStore.openReadOnly(database.path)
        let machine = try Machine()
        let status = try store.read { db in
            try StatusReport(Report(db), job: job, now: machine.now())
        }
        guard let status else { throw Refusal("there is no job \(job ?? 0) in \(store.path)") }
        Terminal.print(json ? try status.json() : status.text())
    }
}

/// What `status` shows.
struct StatusReport {
    private let tally: Tally
    private let idsPerSecond: Double
    private let secondsLeft: Double?
    /// Until an unresolved id is next looked up.
    private let secondsToLookup: Double?
    private let accounts: [AccountReport]
    private let jobs: [JobReport]
    private let failures: [FailureReport]

    /// How far back the rate is measured: 10 s.
    private static let span: Duration = .seconds(10)

    /// Reads it; nil where the job is unknown.
    init?(_ report: Report, job: Int64?, now: Now) throws {
        let settings = Settings()
        accounts = try report.accounts()
        if let job {
            guard let found = try report.job(job) else { return nil }
            (jobs, tally) = ([found], found.tally)
            failures = try report.failures(of: job, limit: 20)
        } else {
            (jobs, tally) = (try report.latestJobs(10), try report.tally())
            failures = []
        }
        let sent = try report.idsSent(within: Self.span, of: now.wall)
        idsPerSecond = Double(sent) / (Self.span / .seconds(1))
        let busy = accounts.filter { $0.readyJobs > 0 && $0.pausedReason == nil }.count
        let ceiling = settings.idsPerRequest * settings.bucket.limit * max(busy, 1)
        secondsToLookup = try report.nextLookup().map { max(($0 - now.boot) / .seconds(1), 0) }
        secondsLeft = tally.open > 0 ? Double(tally.open) / Double(ceiling) : nil
    }

    /// For people.
    func text() -> String {
        var parts = [ProgressView.summary(tally)]
        if let secondsLeft {
            parts.append(
                "\(Int(idsPerSecond)) ids/s over the last 10 s; \(tally.open) to go, "
                    + "\(ProgressView.span(secondsLeft)) at the limit"
            )
        }
        if tally[.unresolved] > 0 { parts.append(unresolvedText) }
        for account in accounts { parts += Self.notes(on: account) }
        if !jobs.isEmpty { parts.append(jobTable) }
        if !failures.isEmpty { parts.append(failureTable) }
        return parts.joined(separator: "\n\n")
    }

    /// What is not known yet, and when it will be looked up.
    private var unresolvedText: String {
        let ids =
            "\(tally[.unresolved]) ids are unresolved: a request for them may have worked unseen"
        guard let secondsToLookup else {
            return ids + "; nothing looks them up while their account is paused"
        }
        return ids
            + (secondsToLookup > 0
                ? "; a runner looks them up in \(ProgressView.span(secondsToLookup))"
                : "; a runner looks them up now")
    }

    /// What a person should know of an account.
    private static func notes(on account: AccountReport) -> [String] {
        var notes: [String] = []
        if let reason = account.pausedReason {
            notes.append("account \(account.name) is paused: \(reason)")
        }
        if let stated = account.stated {
            notes.append(
                "account \(account.name): the exchange states a limit of \(stated.requests) requests in "
                    + "\(stated.window.milliseconds) ms, which is kept"
            )
        }
        if let at = account.foreign.at {
            notes.append(
                "account \(account.name): other tools use its limit too, up to \(account.foreign.most) requests "
                    + "in one window; last seen \(time(at))"
            )
        }
        return notes
    }

    private static func time(_ wall: WallTime) -> String {
        Date(timeIntervalSince1970: Double(wall.milliseconds) / 1_000)
            .formatted(.iso8601.dateSeparator(.dash).timeSeparator(.colon))
    }

    private var jobTable: String {
        let states: [CancelState] = [
            .pending, .sending, .unresolved, .cancelled, .rejected, .failed, .expired, .withdrawn,
        ]
        return Table(
            ["job", "account", "contract", "ids"] + states.map(\.rawValue),
            jobs.map { job in
                ["\(job.id)", job.account, job.contract, "\(job.tally.total)"]
                    + states.map { "\(job.tally[$0])" }
            }
        ).description
    }

    private var failureTable: String {
        Table(
            ["order id", "state", "class", "code", "message"],
            failures.map {
                [$0.orderID, $0.state, $0.reason ?? "", $0.code ?? "", $0.message ?? ""]
            }
        ).description
    }

    /// For tools: one object; ids by state, seconds as numbers, names as in SQL.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    private struct Document: Encodable {
        struct Account: Encodable {
            var account: String
            var paused_reason: String?
            var ready_jobs: Int
            var open_requests: Int
            var stated_limit: Int?
            var stated_window_ms: Int64?
            var foreign_most: Int
            var foreign_at_ms: Int64?
        }
        struct Job: Encodable {
            var job_id: Int64
            var account: String
            var contract: String
            var priority: Int64
            var queued_at_ms: Int64
            var queued_by: String?
            var note: String?
            var ids: [String: Int]
        }
        struct Failure: Encodable {
            var order_id: String
            var state: String
            var `class`: String?
            var err_code: String?
            var err_msg: String?
        }
        var ids: [String: Int]
        var ids_per_second: Double
        var seconds_left_at_limit: Double?
        var seconds_to_lookup: Double?
        var accounts: [Account]
        var jobs: [Job]
        var failures: [Failure]
    }

    private var document: Document {
        Document(
            ids: tally.byName,
            ids_per_second: idsPerSecond,
            seconds_left_at_limit: secondsLeft,
            seconds_to_lookup: secondsToLookup,
            accounts: accounts.map {
                .init(
                    account: $0.name,
                    paused_reason: $0.pausedReason,
                    ready_jobs: $0.readyJobs,
                    open_requests: $0.openRequests,
                    stated_limit: $0.stated?.requests,
                    stated_window_ms: $0.stated?.window.milliseconds,
                    foreign_most: $0.foreign.most,
                    foreign_at_ms: $0.foreign.at?.milliseconds
                )
            },
            jobs: jobs.map {
                .init(
                    job_id: $0.id,
                    account: $0.account,
                    contract: $0.contract,
                    priority: $0.priority,
                    queued_at_ms: $0.queuedAt.milliseconds,
                    queued_by: $0.queuedBy,
                    note: $0.note,
                    ids: $0.tally.byName
                )
            },
            failures: failures.map {
                .init(
                    order_id: $0.orderID,
                    state: $0.state,
                    class: $0.reason,
                    err_code: $0.code,
                    err_msg: $0.message
                )
            }
        )
    }
}

extension Tally {
    fileprivate var byName: [String: Int] {
        Dictionary(uniqueKeysWithValues: CancelState.allCases.map { ($0.rawValue, self[$0]) })
    }
}
