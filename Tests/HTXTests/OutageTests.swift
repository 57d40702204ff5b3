import Cancels
import Foundation
import HTX
import Testing

/// The client's failover and its way back, against scripted servers.
@Suite(.timeLimit(.minutes(1))) struct OutageTests {
    private static let maintenance = ScriptedServer.Move.answer(#"{"status":"maintain"}"#)
    private static let done = ScriptedServer.Move.answer(TestClient.done)
    private static let bad = ScriptedServer.Move.answer("", status: "503 Unavailable")

    private static func heartbeat(_ value: Int) -> ScriptedServer.Move {
        .answer(#"{"status":"ok","data":{"linear_swap_heartbeat":\#(value)},"ts":1}"#)
    }

    @Test func `maintenance stops the requests until the heartbeat is green and a probe answered`()
        async throws
    {
        let server = try ScriptedServer(
            Self.maintenance,
            Self.heartbeat(0),
            Self.heartbeat(1),
            Self.done
        )
        try await TestClient.with(server.url) { test in
            #expect(test.client.allowance == .max)
            #expect(await test.send().whole?.kind == .unavailable)
            #expect(test.client.allowance == 0)
            let refused = await test.send()
            #expect(refused.kind == .unsent && refused.exchange == nil)
            let words = "every exchange is out: 127.0.0.1:\(server.port) (maintenance)"
            #expect(refused.whole == Outcome(.notSent, message: words))
            #expect(refused.outcomes.values.allSatisfy { $0 == refused.whole })

            // At 0 s it waits, at 2 s the heartbeat is red, at 4 s it is green.
            await test.watch(looks: 2)
            #expect(test.changes.count == 1)
            // While somebody watches, the wait alone brings nothing back.
            #expect(test.allowances == [0, 0])
            await test.watch(looks: 1)
            #expect(test.client.allowance == 1)
            let probe = await test.send()
            #expect(probe.outcomes.values.allSatisfy { $0.kind == .accepted })
            #expect(test.client.allowance == .max)
            #expect(
                test.changes == [
                    .opened(reason: "maintenance"), .halfOpen, .closed(after: .seconds(6)),
                ]
            )
            #expect(test.news.allSatisfy { $0.exchange.description == server.url })
        }
        let lines = server.requests.map { $0.prefix(16) }
        #expect(
            lines == [
                "POST /linear-swa", "GET /heartbeat/ ", "GET /heartbeat/ ", "POST /linear-swa",
            ]
        )
        #expect(!server.requests[1].contains("Signature"))
    }

    @Test func `five failures in a row move the requests to the next exchange, and back again`()
        async throws
    {
        let first = try ScriptedServer(
            Self.bad,
            Self.bad,
            Self.bad,
            Self.bad,
            Self.bad,
            .answer("not here", status: "404 Not Found"),
            Self.done,
            Self.done
        )
        let second = try ScriptedServer(Self.done)
        try await TestClient.with(first.url, second.url) { test in
            for _ in 0..<5 { #expect(await test.send().whole?.kind == .unknown) }
            #expect(second.requests.isEmpty)
            let moved = await test.send()
            #expect(moved.exchange == second.url && moved.whole == nil)
            #expect(test.client.allowance == .max)
            // A server without a heartbeat is probed once the wait is over.
            await test.watch(looks: 2)
            for _ in 0..<2 { #expect(await test.send().exchange == first.url) }
            #expect(
                test.changes == [
                    .opened(reason: "HTTP 503"), .halfOpen, .closed(after: .seconds(4)),
                ]
            )
        }
        #expect(second.requests.count == 1)
    }

    @Test func `a host that refuses is passed over by the next request`() async throws {
        let (socket, port) = try ScriptedServer.bindLoopback()
        defer { close(socket) }
        let server = try ScriptedServer(Self.done, Self.done)
        try await TestClient.with("http://127.0.0.1:\(port)", server.url) { test in
            #expect(await test.send().exchange == server.url)
            #expect(test.news.map(\.exchange.description) == ["http://127.0.0.1:\(port)"])
            // Still within a window of the change, so it waits before it is sent there.
            let start = ContinuousClock.now
            #expect(await test.send().exchange == server.url)
            #expect(start.duration(to: .now) >= RoundTripFloor.most)
            // Nothing listens there, so no look brings it back.
            await test.watch(looks: 3)
            #expect(test.news.count == 1)
        }
    }

    @Test func `a late answer by the way before makes requests by the new way wait again`()
        async throws
    {
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        let answer = ScriptedServer.Move.message(Array(TestClient.done.utf8))
        let first = try ScriptedServer(
            .hold(arrived: { arrival.finish() }, until: gate, answer: answer),
            Self.maintenance
        )
        let second = try ScriptedServer(Self.done, Self.done)
        try await TestClient.with(first.url, second.url) { test in
            async let late = test.send()
            for await _ in arrived {}
            #expect(await test.send().whole?.kind == .unavailable)
            #expect(await test.send().exchange == second.url)
            // A millisecond before the window since the change is over.
            test.clock.advance(by: .milliseconds(999))
            gate.signal()
            #expect(await late.exchange == first.url)
            let start = ContinuousClock.now
            #expect(await test.send().exchange == second.url)
            #expect(start.duration(to: .now) >= RoundTripFloor.most)
        }
    }

    @Test func `a probe that fails doubles the wait`() async throws {
        let server = try ScriptedServer(
            Self.maintenance,
            Self.heartbeat(1),
            Self.bad,
            Self.heartbeat(1)
        )
        try await TestClient.with(server.url) { test in
            _ = await test.send()
            await test.watch(looks: 2)
            #expect(await test.send().whole?.kind == .unknown)
            #expect(test.client.allowance == 0)
            // It opened at 4 s for 2 s: the look at 4 s asks nothing, the one at 6 s does.
            await test.watch(looks: 1)
            #expect(server.requests.count == 3)
            await test.watch(looks: 1)
            #expect(server.requests.count == 4)
            #expect(
                test.changes == [
                    .opened(reason: "maintenance"), .halfOpen, .opened(reason: "HTTP 503"),
                    .halfOpen,
                ]
            )
        }
    }

    @Test func `where nobody watches, the wait alone leads to a probe`() async throws {
        let server = try ScriptedServer(Self.maintenance, Self.done)
        try await TestClient.with(server.url) { test in
            _ = await test.send()
            test.clock.advance(by: .milliseconds(999))
            #expect(test.client.allowance == 0)
            test.clock.advance(by: .milliseconds(1))
            #expect(test.client.allowance == 1)
            #expect(await test.send().whole == nil)
            #expect(test.client.allowance == .max)
        }
    }

    @Test func `a probe given up by ourselves says nothing against the exchange`() async throws {
        let server = try ScriptedServer(Self.maintenance, .stall(after: ""), Self.done)
        try await TestClient.with(server.url) { test in
            _ = await test.send()
            test.clock.advance(by: .seconds(1))
            let lost = await withTaskGroup(of: Answer.self) { group in
                group.addTask { await test.send() }
                group.cancelAll()
                return await group.next()
            }
            #expect(lost?.kind == .lost)
            #expect(test.client.allowance == 1)
            #expect(test.changes == [.opened(reason: "maintenance"), .halfOpen])
        }
    }

    @Test func `warming opens one connection to each exchange after the first`() async throws {
        let first = try ScriptedServer(Self.done, Self.done, Self.done, Self.done, Self.done)
        let second = try ScriptedServer(Self.done)
        try await TestClient.with(first.url, second.url) { test in await test.client.warm() }
        #expect(first.requests.count == 5)
        #expect(second.requests.map { $0.prefix(22) } == ["GET /api/v1/timestamp "])
    }
}
