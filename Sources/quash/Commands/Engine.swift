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
    /// This process, a row of `runner`.
    let runnerID: Int64
    /// The clocks.
    let machine: Machine
    private let client: HTXClient
    private let runner: Runner
    private let roster: Roster?

    /// Declares this process as a runner for the accounts it has keys for.
    ///
    /// `keys` reads accounts and keys anew while it runs; nil where they never change.
    ///
    /// - Throws: `StoreError.refused` where two accounts have one access key.
    init(
        store: CancelStore,
        credentials: [String: Credentials],
        exchanges: [ExchangeURL],
        settings: Settings,
        mode: Runner.Mode,
        work: Turn.Work = .all,
        keys: (@Sendable () async throws -> [String: Credentials])? = nil,
        logger: Logger
    ) throws {
        let machine = try Machine()
        let accounts = credentials.keys.sorted()
        let id = try Self.register(
            in: store,
            credentials: credentials,
            work: work,
            settings: settings,
            machine: machine,
            logger: logger
        )
        let doorbell = try Doorbell(database: store.path)
        let outages = OutageLog(logger)
        let client = HTXClient(
            exchanges: exchanges,
            credentials: credentials,
            timeout: settings.bucket.requestTimeout,
            now: { machine.now() },
            // All tokens may be out at once, and none of their requests may wait inside the client.
            connectionsPerHost: (settings.bucket.limit + settings.lookupBucket.limit)
                * max(accounts.count, 1),
            window: settings.bucket.window,
            onNews: { news in
                outages.tell(news)
                doorbell.ring()
            }
        )
        var roster: Roster?
        if let keys {
            roster = Roster(
                credentials,
                look: keys,
                enlist: { changed in
                    try await store.writeDetached { (ledger: Ledger) throws in
                        try Self.enlist(
                            changed,
                            in: ledger,
                            work: work,
                            settings: settings,
                            now: machine.now()
                        )
                    }
                    client.use(changed)
                },
                announce: { doorbell.ring() },
                logger: logger
            )
        }
        var served: (@Sendable () -> [String])?
        if let roster { served = { roster.accounts } }
        let turn = Turn(
            runner: id,
            accounts: accounts,
            work: work,
            settings: settings,
            isGone: { Machine.isGone($0) }
        )
        let world = Runner.World(
            now: { machine.now() },
            wait: { await doorbell.wait(until: $0, now: { machine.now().boot }) },
            delay: { try await Task.sleep(for: $0 - machine.now().boot, tolerance: .zero) },
            ring: { doorbell.ring() },
            send: { request in
                var answer = await client.send(request)
                answer.hint = AccountHint.hint(
                    for: answer.whole?.code,
                    message: answer.whole?.message
                )
                return answer
            },
            allowance: { client.allowance },
            accounts: served,
            lockHolder: { LockHolder.name(of: store.path) }
        )
        (self.store, self.settings, self.accounts) = (store, settings, accounts)
        (self.client, self.machine, runnerID) = (client, machine, id)
        self.roster = roster
        runner = Runner(store: store, turn: turn, mode: mode, world: world, logger: logger)
    }

    /// Declares this process in the file, however long another connection may hold it.
    private static func register(
        in store: CancelStore,
        credentials: [String: Credentials],
        work: Turn.Work,
        settings: Settings,
        machine: Machine,
        logger: Logger
    ) throws -> Int64 {
        let process = try machine.thisProcess()
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        while true {
            do {
                return try store.write { ledger in
                    let now = machine.now()
                    try enlist(
                        credentials,
                        in: ledger,
                        work: work,
                        settings: settings,
                        now: now
                    )
                    let id = try ledger.register(name: name, process: process, now: now)
                    let served = credentials.keys.sorted().joined(separator: ",")
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
                    metadata: [
                        "database": "\(store.path)",
                        "held_by": "\(LockHolder.name(of: store.path) ?? "unknown")",
                    ]
                )
            }
        }
    }

    /// Makes sure that accounts have their tokens and that no two have one key.
    private static func enlist(
        _ credentials: [String: Credentials],
        in ledger: Ledger,
        work: Turn.Work,
        settings: Settings,
        now: Now
    ) throws {
        for (account, credentials) in credentials.sorted(by: { $0.key < $1.key }) {
            try ledger.claimKey(fingerprint: Keys.fingerprint(of: credentials), for: account)
            for endpoint in work.endpoints {
                try ledger.ensureBucket(
                    account: account,
                    endpoint: endpoint,
                    policy: settings.policy(of: endpoint),
                    now: now
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
                .init(service: ExchangeWatch(client: client))
            ]
            + (roster.map { [.init(service: $0)] } ?? []) + [
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

/// Listens for the heartbeat of an exchange that is out.
private struct ExchangeWatch: Service {
    let client: HTXClient

    func run() async {
        await cancelWhenGracefulShutdown { await client.watch() }
    }
}
