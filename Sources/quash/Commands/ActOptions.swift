import ArgumentParser
import CancelStore
import Cancels
import Foundation

/// What every act takes: a rehearsal, and the audit's who and why.
struct ActOptions: ParsableArguments {
    @Flag(name: .long, help: "Change nothing; say what it would do.")
    var dryRun = false
    @Option(help: "Why, for the audit.")
    var reason: String?
    @Option(help: "Who, for the audit. [default: the login name]")
    var by: String?

    /// Fills in who and why.
    func apply(to act: inout Act) {
        act.reason = reason
        act.by = by ?? ProcessInfo.processInfo.userName
    }

    /// Carries the act out, or rehearses it.
    func carryOut(_ act: Act, in path: String) throws -> ActReport {
        let store = try CancelStore.open(path)
        return try dryRun
            ? store.rehearse { try $0.carryOut(act) } : store.write { try $0.carryOut(act) }
    }
}

/// Which ids an act is for.
struct ActScope: ParsableArguments {
    @Option(help: "Only of this job.")
    var job: Int64?
    @Option(help: "Only of this account.")
    var account: String?
    @Option(help: "Only this order id.")
    var order: String?

    /// Whether anything narrows it.
    var isGiven: Bool { job != nil || account != nil || order != nil }

    /// Fills in the scope.
    func apply(to act: inout Act) {
        (act.jobID, act.account, act.orderID) = (job, account, order)
    }
}

/// Accounts by name, or all of them.
struct AccountArguments: ParsableArguments {
    @Argument(help: "The accounts.")
    var accounts: [String] = []
    @Flag(name: .long, help: "All accounts.")
    var all = false

    func validate() throws {
        guard accounts.isEmpty == all else {
            throw ValidationError(
                all ? "give accounts or --all, not both" : "give an account, or --all"
            )
        }
    }

    /// Carries an act out for each of them, in one transaction.
    func carryOut(_ kind: Act.Kind, _ audit: ActOptions, in path: String) throws {
        let named: [String?] = all ? [nil] : accounts
        let store = try CancelStore.open(path)
        let body = { (ledger: Ledger) in
            try named.flatMap { account in
                var act = Act(kind)
                act.account = account
                audit.apply(to: &act)
                return try ledger.carryOut(act).accounts
            }
        }
        let report = try audit.dryRun ? store.rehearse(body) : store.write(body)
        Terminal.print(ActView.accounts(report, isDryRun: audit.dryRun))
    }
}

/// An instant as a person gives it.
enum Instant {
    /// A span back from now (`90s`, `15m`, `2h`, `1d`), or milliseconds since 1970 UTC.
    ///
    /// - Throws: `Refusal` for anything else.
    static func parse(_ text: String, before now: WallTime) throws -> WallTime {
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        if let number = Int64(text), number >= 0 { return WallTime(milliseconds: number) }
        guard let unit = text.last.flatMap({ seconds[$0] }), let count = Int64(text.dropLast()),
            (0...1_000_000).contains(count)
        else {
            throw Refusal(
                "\"\(text)\" is no time; give a span back from now, such as 90s, 15m, 2h or 1d, or "
                    + "milliseconds since 1970 UTC"
            )
        }
        return WallTime(milliseconds: now.milliseconds - count * unit * 1_000)
    }
}

/// What acts say they did.
enum ActView {
    /// Of a retry: ids, requests and seconds, by contract.
    static func retry(_ report: ActReport, isDryRun: Bool, settings: Settings) -> String {
        let rows = report.retried.map { share in
            (share, requests: (share.ids + settings.idsPerRequest - 1) / settings.idsPerRequest)
        }
        let ids = rows.reduce(0) { $0 + $1.0.ids }
        let requests = rows.reduce(0) { $0 + $1.requests }
        let verb = isDryRun ? "would be sent" : "are queued to be sent"
        let plural = requests == 1 ? "" : "s"
        let head = "\(ids) ids \(verb) once more, in \(requests) request\(plural)"
        guard !rows.isEmpty else { return head }
        let table = Table(
            ["account", "contract", "ids", "requests", "seconds"],
            rows.map { share, requests in
                [
                    share.account, share.contract, "\(share.ids)", "\(requests)",
                    "\((requests + settings.bucket.limit - 1) / settings.bucket.limit)",
                ]
            }
        )
        return head + "\n\n" + table.description
    }

    /// Of a withdrawal: ids at once, and ids at their verdict.
    static func withdrawal(_ report: ActReport, isDryRun: Bool) -> String {
        let verb = isDryRun ? "would be withdrawn" : "withdrawn"
        var text = "\(report.withdrawn) ids \(verb)"
        if report.wished > 0 {
            text += "; \(report.wished) are sending or in doubt, and are at their verdict"
        }
        return text
    }

    /// Of a pause or resume: what waits, account by account.
    static func accounts(_ accounts: [ActReport.Account], isDryRun: Bool) -> String {
        let table = Table(
            ["account", "state", "pending ids", "requests in flight"],
            accounts.map {
                [
                    $0.name, ($0.isPaused ? "paused" : "active") + (isDryRun ? " (dry run)" : ""),
                    "\($0.pendingIDs)", "\($0.openRequests)",
                ]
            }
        )
        return table.description
    }
}
