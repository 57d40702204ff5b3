import ArgumentParser
import CancelRunner
import CancelStore
import Cancels
import HTX
import Logging

/// Compares what is recorded with what the exchange now says.
struct Reconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares what is recorded with what the exchange now says.",
        discussion: """
            "Accepted" is not "cancelled": the exchange acknowledges a command, and the order may still fire. This \
            reads the exchange's lists of open and past trailing orders for a job, an account or a span of time, \
            ids that were accepted included, and shows differences first. It sends no cancel and changes nothing that is final; what is \
            unresolved is settled by what it finds. A runner may run meanwhile.

              quash reconcile --job 12
              quash reconcile --account main --since 1h
              quash reconcile --json | jq 'select(.agreement == "differs")'

            Exit status: 0 all agree, 3 some differ, 4 some could not be proved (in neither list, still open, a list \
            that could not be read, an account without keys). The findings stay in v_lookup.
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var exchange: ExchangeOptions

    @Option(help: "Only this job.")
    var job: Int64?
    @Option(help: "Only this account; all with keys unless given.")
    var account: String?
    @Option(
        help: "Only settled since then: a span back from now (90s, 15m, 2h, 1d) or milliseconds."
    )
    var since: String?
    @Option(help: "Only settled until then, in the same form.")
    var until: String?
    @Option(help: "How many seconds to wait for what cannot be read yet.")
    var wait = 60
    @Flag(name: .long, help: "Print every id as one line of JSON, in no particular order.")
    var json = false

    func validate() throws {
        guard (0...86_400).contains(wait) else {
            throw ValidationError("--wait is 0 to 86400 seconds")
        }
        guard job == nil || account == nil else {
            throw ValidationError("a job has its account; give --job or --account, not both")
        }
    }

    func run() async throws {
        let store = try CancelStore.open(database.path)
        let logger = Log.make()
        let engine = try Engine(
            store: store,
            credentials: try await credentials(for: store, logger: logger),
            exchanges: try exchange.urls(),
            settings: exchange.settings,
            mode: .drain(wait: .seconds(wait)),
            work: .reconciliation,
            logger: logger
        )
        let scans = try begin(engine)
        try await engine.run(logger: logger)
        let view = try store.read { try ReconcileView(Report($0), scans: scans, json: json) }
        if !json { Terminal.print(view.summary) }
        let unread = try store.read { db in try notCompared(Report(db), engine.accounts) }
        for sentence in unread { Terminal.say(sentence) }
        let status: ExitStatus =
            view.status == .done && !unread.isEmpty ? .unfinished : view.status
        if status != .done { throw ExitCode(status.rawValue) }
    }

    /// What of the scope was not compared, in sentences.
    private func notCompared(_ report: Report, _ served: [String]) throws -> [String] {
        if let job {
            let open = try report.job(job)?.tally.open ?? 0
            return open > 0
                ? ["\(open) ids of job \(job) are still open and were not compared"] : []
        }
        guard account == nil else { return [] }
        return try report.accountNames().filter { !served.contains($0) }
            .filter { try report.hasJobs($0) }
            .map { "account \($0) has no keys here, so nothing of it was compared" }
    }

    /// Begins the scans; with none there is nothing to compare.
    private func begin(_ engine: Engine) throws -> [Int64] {
        let now = engine.machine.now().wall
        let from = try since.map { try Instant.parse($0, before: now) } ?? WallTime(milliseconds: 0)
        let to = try until.map { try Instant.parse($0, before: now) } ?? now
        guard from <= to else { throw Refusal("--since lies after --until") }
        return try engine.store.write { ledger in
            guard let job else {
                return try engine.accounts.flatMap {
                    try ledger.beginReconciliation(
                        account: $0,
                        settledIn: from...to,
                        runner: engine.runnerID,
                        now: engine.machine.now()
                    )
                }
            }
            let scan = try ledger.beginReconciliation(
                job: job,
                settledIn: from...to,
                runner: engine.runnerID,
                now: engine.machine.now()
            )
            return scan.map { [$0] } ?? []
        }
    }

    /// The keys of the account in question, or of all that have keys.
    private func credentials(
        for store: CancelStore,
        logger: Logger
    ) async throws -> [String: Credentials] {
        let all = try await Keys().credentials(in: store, logger: logger)
        let wanted =
            try account
            ?? job.map { job in
                guard let report = try store.read({ try Report($0).job(job) }) else {
                    throw Refusal("there is no job \(job) in \(store.path)")
                }
                return report.account
            }
        let accounts = try store.read { try Report($0).accounts() }
        if let paused = accounts.first(where: { $0.name == wanted && $0.pausedReason != nil }) {
            throw Refusal(
                "account \(paused.name) is paused (\(paused.pausedReason ?? "")), so nothing is asked for it; "
                    + "go on with: quash resume \(paused.name)"
            )
        }
        guard let wanted else { return all }
        guard let credentials = all[wanted] else {
            let names = Credentials.variables(for: wanted)
            throw Refusal(
                "account \(wanted) has no keys here; set \(names.accessKey) and \(names.secretKey)"
            )
        }
        return [wanted: credentials]
    }
}
