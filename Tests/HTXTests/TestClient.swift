import Cancels
import Foundation
import HTX
import Synchronization

/// Both clocks of a test, which stand still until told to move.
final class TestClock: Sendable {
    /// What the wall clock shows at first, in milliseconds.
    static let wall: Int64 = 1_767_323_045_000
    private let elapsed = Mutex(Duration.zero)

    /// The reading of both clocks.
    func now() -> Now {
        let elapsed = elapsed.withLock(\.self)
        return Now(
            wall: WallTime(milliseconds: Self.wall + elapsed.milliseconds),
            boot: BootTime(nanoseconds: 0) + elapsed,
            bootID: "test"
        )
    }

    /// Moves both on.
    func advance(by span: Duration) { elapsed.withLock { $0 += span } }
}

/// The real client with a clock of its own, and what it told of its exchanges.
final class TestClient: Sendable {
    /// Its keys.
    static let keys = Credentials(accessKey: "access-abc", secretKey: "secret-xyz")
    /// An answer that names both ids of `request` as cancelled.
    static let done = #"{"status":"ok","data":{"errors":[],"successes":"1,2"},"ts":1616988232517}"#
    /// What every test sends.
    static let request = Request(
        id: 7,
        target: Target(account: "main", contract: .code("BTC-USDT")),
        call: .cancel(["1", "2"].compactMap { OrderID($0) }),
        grantedAt: BootTime(nanoseconds: 0)
    )

    /// The client.
    let client: HTXClient
    /// Its clock.
    let clock: TestClock
    private let recorder: Recorder

    /// Runs a test with a client, and shuts the client down, since one that is dropped without that
    /// stops the program.
    static func with(
        _ urls: String...,
        body: (TestClient) async throws -> Void
    ) async throws {
        let test = try TestClient(urls)
        do {
            try await body(test)
        } catch {
            // What the test found goes before what a shutdown might say.
            try? await test.client.shutdown()
            throw error
        }
        try await test.client.shutdown()
    }

    private init(_ urls: [String]) throws {
        let (clock, recorder) = (TestClock(), Recorder())
        self.clock = clock
        self.recorder = recorder
        client = HTXClient(
            exchanges: try urls.map { try ExchangeURL($0) },
            credentials: ["main": Self.keys],
            timeout: .seconds(20),
            now: { clock.now() },
            connectionsPerHost: 8,
            sleep: { span in
                clock.advance(by: span)
                try recorder.spendLook()
            },
            onNews: { recorder.tell($0) }
        )
        recorder.ask(for: { [weak client] in client?.allowance })
    }

    /// What the client told so far.
    var news: [ExchangeNews] { recorder.news }

    /// What the client told of its changes, without where.
    var changes: [ExchangeNews.Change] { news.map(\.change) }

    /// What the client allowed after each look, while it was watching.
    var allowances: [Int?] { recorder.allowances }

    /// Lets the client watch for so many looks, each of which moves the clock on by its interval.
    func watch(looks: Int) async {
        recorder.allow(looks: looks)
        await client.watch()
    }

    /// Sends the request.
    func send() async -> Answer { await client.send(Self.request) }
}

/// What the client's closures write down.
private final class Recorder: Sendable {
    private struct Enough: Error {}
    private struct State {
        var news: [ExchangeNews] = []
        var allowances: [Int?] = []
        var allowance: @Sendable () -> Int? = { nil }
        var looks = 0
    }

    private let state = Mutex(State())

    var news: [ExchangeNews] { state.withLock(\.news) }

    var allowances: [Int?] { state.withLock(\.allowances) }

    func tell(_ piece: ExchangeNews) { state.withLock { $0.news.append(piece) } }

    func allow(looks: Int) { state.withLock { $0.looks = looks } }

    func ask(for allowance: @escaping @Sendable () -> Int?) {
        state.withLock { $0.allowance = allowance }
    }

    /// Throws once the looks are used up, which ends the watch.
    func spendLook() throws {
        // Not under the lock: to ask may bring news.
        let allowance = state.withLock(\.allowance)()
        let isOver = state.withLock { state in
            state.allowances.append(allowance)
            state.looks -= 1
            return state.looks <= 0
        }
        if isOver { throw Enough() }
    }
}
