import ArgumentParser
import CancelStore
import Glibc

/// The command `quash`: its subcommands, and what its exit status says.
@main
struct Quash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quash",
        abstract:
            "Cancels many HTX trailing orders: queued in SQLite, sent under the limit, recorded.",
        discussion: """
            Any tool queues jobs with one SQL INSERT; a runner sends them, at most five requests a second per \
            account and ten ids a request, and records for every id what the exchange said.

            Start with `quash demo`, or with `quash migrate` and the README.
            """,
        version: "0.1.0",
        subcommands: [
            Demo.self, Enqueue.self, Run.self, Status.self, Retry.self, Withdraw.self, Pause.self,
            Resume.self, Reconcile.self, AuditCommand.self, Purge.self, Codes.self,
            AccountCommand.self, Migrate.self, SandboxCommand.self,
        ]
    )

    static func main() async {
        // A reader that closes our output early (`quash status | head`) is no reason to die half way.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            stop(for: error)
        }
    }

    /// Says what went wrong and ends with the status for it.
    private static func stop(for error: any Error) -> Never {
        switch ExitStatus(of: error) {
        case let status?:
            Terminal.say("quash: \(StoreFailure(error)?.description ?? "\(error)")")
            Glibc.exit(status.rawValue)
        case nil:
            // The argument parser's own errors, help and plain exit codes.
            exit(withError: error)
        }
    }
}
