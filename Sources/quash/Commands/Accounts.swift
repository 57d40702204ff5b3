import ArgumentParser
import CancelStore
import HTX

/// Declares and lists accounts.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Declares and lists accounts; each is one exchange UID.",
        subcommands: [Add.self, List.self]
    )

    /// Declares an account.
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Declares an account. Its keys stay in the environment or in files."
        )

        @OptionGroup var database: DatabaseOptions

        @Argument(help: "1 to 32 lower-case letters, digits and underscores, a letter first.")
        var name: String

        func run() throws {
            let store = try CancelStore.open(database.path)
            try store.write { try $0.addAccount(name) }
            Terminal.say(
                "a runner that is running serves it within seconds, if it finds its keys in QUASH_SECRETS or had "
                    + "them in its environment"
            )
            let variables = Credentials.variables(for: name)
            Terminal.print(
                "account \(name) added; its keys: \(variables.accessKey), \(variables.secretKey)"
            )
        }
    }

    /// Lists the accounts.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the accounts, and whether this environment has their keys."
        )

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let store = try CancelStore.openReadOnly(database.path)
            let keys = try await Keys()
            let rows = try store.read { try Report($0).accounts() }.map { account in
                [
                    account.name,
                    try keys.credentials(for: account.name) == nil ? "missing" : "present",
                    account.pausedReason.map { "paused: \($0)" } ?? "active",
                    "\(account.readyJobs)",
                    "\(account.openRequests)",
                ]
            }
            Terminal.print(
                Table(["account", "keys", "state", "ready jobs", "open requests"], rows).description
            )
        }
    }
}
