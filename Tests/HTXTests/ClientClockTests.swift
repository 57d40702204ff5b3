import Cancels
import Foundation
import HTX
import Testing

/// What the client does about a timestamp that is refused, against a scripted server.
@Suite(.timeLimit(.minutes(1))) struct ClientClockTests {
    private static let refusal = ScriptedServer.Move.answer(
        #"{"status":"error","err_code":12001,"err_msg":"Invalid timestamp","ts":1}"#
    )

    /// The public time of an exchange whose clock is so far from the test's.
    private static func time(_ offset: Int64) -> ScriptedServer.Move {
        .answer(#"{"status":"ok","ts":\#(TestClock.wall + offset)}"#)
    }

    private static func timestamp(_ offset: Int64) -> String {
        let time = WallTime(milliseconds: TestClock.wall + offset)
        return "Timestamp=\(Signing.percentEncoded(Signing.timestamp(time)))"
    }

    @Test func `a clock that is off is measured, and the next request signed by the exchange's`()
        async throws
    {
        let server = try ScriptedServer(
            Self.refusal,
            Self.time(361_000),
            .answer(TestClient.done),
            Self.refusal,
            Self.time(361_000)
        )
        try await TestClient.with(server.url) { test in
            let first = await test.send()
            let words =
                "Invalid timestamp; this machine's clock is 361 s behind the exchange's; it will "
                + "be signed anew by the exchange's clock"
            #expect(first.whole == Outcome(.unavailable, code: "12001", message: words))
            #expect(first.outcomes.count == 2)
            #expect(first.outcomes.values.allSatisfy { $0 == first.whole })
            #expect(first.httpStatus == 200 && first.serverTime == 1)
            #expect(
                first.body.map { String(decoding: $0, as: UTF8.self) }?.contains("12001") == true
            )

            #expect(await test.send().whole == nil)
            let third = await test.send()
            #expect(
                third.whole
                    == Outcome(
                        .accountTrouble,
                        code: "12001",
                        message: "Invalid timestamp; this machine's clock is 361 s behind the "
                            + "exchange's; set it (timedatectl)"
                    )
            )
            // All that is no outage.
            #expect(test.client.allowance == .max && test.news.isEmpty)
        }
        let requests = server.requests
        #expect(requests.count == 5)
        #expect(requests[0].contains(Self.timestamp(0)))
        #expect(requests[1].hasPrefix("GET /api/v1/timestamp HTTP/1.1\r\n"))
        #expect(requests[2].contains(Self.timestamp(361_000)))
    }

    @Test(
        arguments: [
            ("Invalid Timestamp", 2), ("Verification failure [校验失败]", 1),
        ]
    )
    func `a 403 asks for the time only where its words blame the timestamp`(
        message: String,
        requests: Int
    ) async throws {
        let server = try ScriptedServer(
            .answer(#"{"status":"error","err_code":403,"err_msg":"\#(message)","ts":1}"#),
            Self.time(-90_000)
        )
        try await TestClient.with(server.url) { test in
            let answer = await test.send()
            #expect(answer.whole?.kind == (requests == 2 ? .unavailable : .accountTrouble))
            #expect(answer.whole?.code == "403")
            #expect(answer.whole?.message?.hasPrefix(message) == true)
        }
        #expect(server.requests.count == requests)
    }

    @Test func `a minute later a clock that moved again is made good again`() async throws {
        let server = try ScriptedServer(
            Self.refusal,
            Self.time(361_000),
            Self.refusal,
            Self.time(60_000)
        )
        try await TestClient.with(server.url) { test in
            #expect(await test.send().whole?.kind == .unavailable)
            test.clock.advance(by: .seconds(60))
            #expect(await test.send().whole?.kind == .unavailable)
        }
    }

    @Test func `an exchange that does not tell its time leaves it to a person`() async throws {
        let server = try ScriptedServer(Self.refusal, .answer("", status: "503 Unavailable"))
        try await TestClient.with(server.url) { test in
            let whole = await test.send().whole
            #expect(whole?.kind == .accountTrouble)
            #expect(whole?.message?.contains("timedatectl") == true)
        }
    }

    @Test func `only the exchange that refused is asked`() async throws {
        let (socket, port) = try ScriptedServer.bindLoopback()
        defer { close(socket) }
        let server = try ScriptedServer(Self.refusal, Self.time(0))
        let other = try ScriptedServer(Self.time(361_000))
        try await TestClient.with("http://127.0.0.1:\(port)", server.url, other.url) { test in
            let whole = await test.send().whole
            #expect(whole?.kind == .accountTrouble)
            #expect(
                whole?.message?.hasSuffix("0 s behind the exchange's, which is near enough") == true
            )
        }
        #expect(server.requests.count == 2 && other.requests.isEmpty)
    }

    @Test func `a lookup brings its page, or the end of a ban`() async throws {
        let page = #"{"orders":[{"order_id":1,"status":2}],"total_page":1,"current_page":1}"#
        let server = try ScriptedServer(
            .answer(#"{"status":"ok","data":\#(page),"ts":1616988232517}"#),
            .answer(
                #"{"status":"error","err_code":1084,"ts":1616988232517}"#,
                headers: "ratelimit-reset: 100\r\nRecovery-Time: 1616988262517\r\n"
            ),
            .answer(
                #"{"status":"error","err_code":1032,"ts":1616988232517}"#,
                headers: "ratelimit-reset: 100\r\nRecovery-Time: 1616988262517\r\n"
            )
        )
        let lookup = Request(
            id: 8,
            target: TestClient.request.target,
            call: .lookup(.open, page: 1),
            grantedAt: BootTime(nanoseconds: 0)
        )
        try await TestClient.with(server.url) { test in
            let found = await test.client.send(lookup)
            #expect(found.kind == .answered && found.whole == nil && found.outcomes.isEmpty)
            #expect(found.page?.orders.map(\.finding) == [Finding(.live, code: "2")])
            let banned = await test.client.send(lookup)
            #expect(banned.whole?.kind == .throttled && banned.page == nil)
            #expect(banned.limit?.reset == 1_616_988_262_517)
            #expect(await test.client.send(lookup).limit?.reset == 100)
        }
        #expect(
            server.requests.first?.hasPrefix(
                "POST /linear-swap-api/v1/swap_cross_track_openorders?AccessKeyId=access-abc&"
            ) == true
        )
    }
}
