import ArgumentParser
import CancelStore
import Cancels
import Foundation

/// Gives ids that came to nothing another round.
struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends ids that came to nothing once more: failed ones, unless told otherwise.",
        discussion: """
            Each gets a next round; the round before stays as it was, and v_attempt shows the attempts of both. \
            What was cancelled is never sent again. Ids of a job whose not_after_ms has passed are left out.

              quash retry --dry-run
              quash retry --job 12 --reason "exchange was down"
              quash retry --state rejected --code 1088 --since 2h

            The same in SQL: INSERT INTO act (kind, job_id, reason, by) VALUES ('retry', 12, '…', 'ann')
            """
    )

    /// The states a retry may be for.
    enum Ended: String, ExpressibleByArgument, CaseIterable { case failed, rejected, withdrawn }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var scope: ActScope
    @OptionGroup var audit: ActOptions

    @Option(help: "The state of the ids: failed, rejected or withdrawn.")
    var state: Ended = .failed
    @Option(name: .customLong("class"), help: "Only of this class, such as transient or permanent.")
    var reasonClass: String?
    @Option(help: "Only with this code of the exchange.")
    var code: String?
    @Option(
        help: "Only settled since then: a span back from now (90s, 15m, 2h, 1d) or milliseconds."
    )
    var since: String?
    @Option(help: "Only settled until then, in the same form.")
    var until: String?

    func run() throws {
        var act = Act(.retry)
        scope.apply(to: &act)
        audit.apply(to: &act)
        act.state = CancelState(rawValue: state.rawValue)
        (act.reasonClass, act.code) = (reasonClass, code)
        let now = try Machine().now().wall
        act.since = try since.map { try Instant.parse($0, before: now) }
        act.until = try until.map { try Instant.parse($0, before: now) }
        let report = try audit.carryOut(act, in: database.path)
        Terminal.print(ActView.retry(report, isDryRun: audit.dryRun, settings: Settings()))
    }
}

/// Takes open ids back.
struct Withdraw: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes ids back that were not sent yet, of a job, an account, or one order.",
        discussion: """
            What is sending or in doubt is withdrawn at its verdict, if the exchange then says that the order is \
            still live; an answer that names it as cancelled stands.

            The same in SQL: INSERT INTO act (kind, job_id, reason, by) VALUES ('withdraw', 12, '…', 'ann')
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var scope: ActScope
    @OptionGroup var audit: ActOptions

    func validate() throws {
        guard scope.isGiven else {
            throw ValidationError("say what to withdraw: --job, --account or --order")
        }
    }

    func run() throws {
        var act = Act(.withdraw)
        scope.apply(to: &act)
        audit.apply(to: &act)
        let report = try audit.carryOut(act, in: database.path)
        Terminal.print(ActView.withdrawal(report, isDryRun: audit.dryRun))
    }
}

/// Keeps accounts from being claimed for.
struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pauses an account, or all: nothing more is claimed.",
        discussion: """
            After it has returned no runner claims anything more for the account; what was claimed before may still \
            leave within the send deadline of 50 ms, and its answers are recorded.

            The same in SQL: INSERT INTO act (kind, account, reason, by) VALUES ('pause', 'main', '…', 'ann'); \
            without an account it is for all.
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var accounts: AccountArguments
    @OptionGroup var audit: ActOptions

    func run() throws { try accounts.carryOut(.pause, audit, in: database.path) }
}

/// Lets accounts go on.
struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets a paused account, or all, go on.",
        discussion:
            "The same in SQL: INSERT INTO act (kind, account, reason, by) VALUES ('resume', 'main', '…', 'ann')"
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var accounts: AccountArguments
    @OptionGroup var audit: ActOptions

    func run() throws { try accounts.carryOut(.resume, audit, in: database.path) }
}
