import ArgumentParser
import CancelRunner
import CancelStore
import Cancels
import HTX
import Logging

/// Settles everything that is queued in a file, with the limit lifted.
struct EngineBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Settles everything that is queued, with the limit lifted."
    )

    @Option(help: "The file, migrated and filled.")
    var database: String

    @Option(help: "How many requests of an account are in flight at most.")
    var tokens = 50

    @Option(
        help:
            "The practice exchange, with its limit lifted; without one every id is accepted at once."
    )
    var exchange: String?

    func run() async throws {
        let store = try CancelStore.open(database, statements: .small)
        let settings = Stage.lifted(tokens: tokens)
        let (id, accounts) = try Stage.register(in: store, settings: settings)
        let client = try exchange.map {
            try Self.client(of: $0, accounts: accounts, tokens: tokens)
        }
        await client?.warm()
        let bell = Bell()
        let runner = Runner(
            store: store,
            turn: Turn(runner: id, accounts: accounts, settings: settings, isGone: { _ in false }),
            mode: .drain(wait: .seconds(30)),
            world: .init(
                now: Stage.now,
                wait: { await bell.wait(until: $0) },
                ring: { bell.ring() },
                send: { request in
                    guard let client else { return Self.accept(request) }
                    return await client.send(request)
                }
            ),
            logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let before = (Stage.now().boot, Stage.processorTime)
        try await runner.run()
        let seconds = Double((Stage.now().boot - before.0).nanoseconds) / 1e9
        try await client?.shutdown()
        try Stage.report([
            "seconds": seconds, "processor_s": Stage.processorTime - before.1,
            "peak_mb": Stage.peakMemory,
        ])
    }

    private static func client(of url: String, accounts: [String], tokens: Int) throws -> HTXClient
    {
        let keys = accounts.map {
            (
                $0,
                Credentials(accessKey: "practice-\($0)-access", secretKey: "practice-\($0)-secret")
            )
        }
        return HTXClient(
            exchanges: [try ExchangeURL(url)],
            credentials: Dictionary(uniqueKeysWithValues: keys),
            timeout: .seconds(5),
            now: Stage.now,
            connectionsPerHost: tokens * accounts.count
        )
    }

    /// The answer of an exchange that is no distance away and accepts everything, with a body as it writes one.
    private static func accept(_ request: Request) -> Answer {
        let now = Stage.now()
        let accepted = Outcome(.accepted)
        var answer = Answer(
            requestID: request.id,
            kind: .answered,
            outcomes: Dictionary(uniqueKeysWithValues: request.orderIDs.map { ($0, accepted) }),
            receivedAt: now.boot,
            receivedWall: now.wall
        )
        let ids = request.orderIDs.map(\.text).joined(separator: ",")
        answer.sentAt = request.grantedAt
        answer.exchange = "http://127.0.0.1"
        answer.httpStatus = 200
        answer.serverTime = now.wall.milliseconds
        answer.body = Array(
            #"{"status":"ok","data":{"errors":[],"successes":"\#(ids)"},"ts":\#(now.wall.milliseconds)}"#
                .utf8
        )
        return answer
    }
}
