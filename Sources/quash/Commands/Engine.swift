import CancelRunner
import CancelStore
import Cancels
import HTX
import Logging
import ServiceLifecycle
import UnixSignals

/// A runner with its real world: database, keys, clocks, exchange.
///
/// `run` and `demo` build it alike.
struct Engine {
    let store: CancelStore
    let settings: Settings
    let accounts: [String]
    private let client: HTXClient
    private let machine: Machine
    private let runner: Runner

    /// Declares this process as a runner for the accounts it has keys for.
    ///
    /// - Throws: `StoreError.refused` where two accounts have one access key.
    init(
        store: CancelStore,
        credentials: [String: Credentials],
        exchanges: [ExchangeURL],
        settings: Settings,
        mode: Runner.Mode,
        logger: Logger
    ) throws {
        let machine = try Machine()
        let accounts = credentials.keys.sorted()
        let id = try Self.register(
            in: store,
            credentials: credentials,
            settings: settings,
            machine: machine,
            logger: logger
        )
        let client = HTXClient(
            exchanges: exchanges,
            credentials: credentials,
            timeout: settings.bucket.requestTimeout,
            now: { machine.now() },
            connectionsPerHost: settings.bucket.limit * max(accounts.count, 1)
        )
        let turn = Turn(
            runner: id,
            accounts: accounts,
            settings: settings,
            isGone: { Machine.isGone($0) }
        )
        let doorbell = try Doorbell(database: store.path)
        let world = Runner.World(
            now: { machine.now() },
            wait: { await doorbell.wait(until: $0, now: { machine.now().boot }) },
            ring: { doorbell.ring() },
            send: { await client.send($0) }
        )
        (self.store, self.settings, self.accounts) = (store, settings, accounts)
        (self.client, self.machine) = (client, machine)
        runner = Runner(store: store, turn: turn, mode: mode, world: world, logger: logger)
    }

    /// Declares this process in the file, however long another connection may hold it.
    private static func register(
        in store: CancelStore,
        credentials: [String: Credentials],
        settings: Settings,
        machine: Machine,
        logger: Logger
    ) throws -> Int64 {
        let process = try machine.thisProcess()
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        let keys = credentials.sorted { $0.key < $1.key }
        while true {
            do {
                return try store.write { ledger in
                    let now = machine.now()
                    for (account, credentials) in keys {
                        let fingerprint = Keys.fingerprint(of: credentials)
                        try ledger.claimKey(fingerprint: fingerprint, for: account)
                        try ledger.ensureBucket(
                            account: account,
                            endpoint: .cancel,
                            policy: settings.bucket,
                            now: now
                        )
                    }
                    let id = try ledger.register(name: name, process: process, now: now)
                    let served = keys.map(\.key).joined(separator: ",")
                    try ledger.note(
                        Event("start", runnerID: id, detail: "accounts \(served)"),
                        now: now
                    )
                    return id
                }
            } catch {
                guard case .locked = StoreFailure(error) else { throw error }
                logger.warning(
                    "another connection holds the write lock; look for a shell or tool with a transaction left open",
                    metadata: ["database": "\(store.path)"]
                )
            }
        }
    }

    /// Runs until told to stop or until nothing is left to do, with `beside` running beside it.
    ///
    /// SIGTERM and SIGINT drain; a second one ends the process at once, which is as safe as any kill.
    func run(beside others: [any Service] = [], logger: Logger) async throws {
        await client.warm()
        let services =
            others.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) } + [
                .init(service: SecondSignal()),
                .init(service: runner, successTerminationBehavior: .gracefullyShutdownGroup),
            ]
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        do {
            try await group.run()
        } catch {
            // The first error is what happened; a client that will not close as well changes nothing.
            try? await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}
