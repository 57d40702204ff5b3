import ArgumentParser
import CancelRunner
import CancelStore
import Cancels
import HTX
import Logging

/// Sends what is queued, until told to stop or until nothing is left to do.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends what is queued, under the limit, and records every answer.",
        discussion: """
            Keys are read from the environment (QUASH_ACCESS_KEY and QUASH_SECRET_KEY for account main, \
            QUASH_<ACCOUNT>_ACCESS_KEY and …_SECRET_KEY for others) or from files in the folder QUASH_SECRETS.

            SIGTERM and SIGINT finish what is in flight; a second one stops at once, which is safe as well. \
            Exit status with --drain: 0 all cancelled, 3 some rejected, failed or expired, 4 some pending or \
            unresolved, 74 the disk or the database failed.
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var exchange: ExchangeOptions

    @Flag(name: .long, help: "End when nothing is left to do.")
    var drain = false

    @Option(
        name: .long,
        help:
            "With --drain: how many seconds to wait for what cannot be sent yet (an outage, a job's start)."
    )
    var wait = 60

    func validate() throws {
        guard (0...86_400).contains(wait) else {
            throw ValidationError("--wait is 0 to 86400 seconds")
        }
    }

    func run() async throws {
        let store = try CancelStore.open(database.path, statements: .small)
        let logger = Log.make()
        let engine = try Engine(
            store: store,
            credentials: try await Keys().credentials(in: store, logger: logger),
            exchanges: try exchange.urls(),
            settings: exchange.settings,
            mode: drain ? .drain(wait: .seconds(wait)) : .serve,
            keys: { try await Keys().credentials(in: store) },
            logger: logger
        )
        // A connection of its own: while a turn waits for the write lock, the view goes on.
        let view = ProgressView(
            store: try CancelStore.openReadOnly(database.path),
            settings: engine.settings,
            accounts: engine.accounts
        )
        try await engine.run(beside: [view], logger: logger)
        let tally = try store.read { try Report($0).tally() }
        Terminal.print(ProgressView.summary(tally))
        guard drain else { return }
        let status = ExitStatus(tally)
        if status != .done { throw ExitCode(status.rawValue) }
    }
}
