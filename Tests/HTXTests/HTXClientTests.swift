import Cancels
import Foundation
import Synchronization
import Testing

import HTX

/// The real client against a scripted server: every byte of these requests crosses a socket.
@Suite(.timeLimit(.minutes(1))) struct HTXClientTests {
    private static let keys = Credentials(accessKey: "access-abc", secretKey: "secret-xyz")
    private static let ids = ["826053970168446976", "34"].compactMap { OrderID($0) }
    private static let done =
        #"{"status":"ok","data":{"errors":[],"successes":"826053970168446976,34"},"ts":1616988232517}"#

    private static func request(account: String = "main") -> Request {
        Request(
            id: 7,
            target: Target(account: account, contract: .code("BTC-USDT")),
            call: .cancel(ids),
            grantedAt: BootTime(nanoseconds: 0)
        )
    }

    /// Sends one request through a client made for it, with a clock that counts its readings.
    private static func send(
        to urls: [String],
        account: String = "main",
        timeout: Duration = .seconds(20),
        warm: Bool = false
    ) async throws -> Answer {
        try await withClient(urls, timeout: timeout) { client in
            if warm { await client.warm() }
            return await client.send(request(account: account))
        }
    }

    private static func withClient<Value>(
        _ urls: [String],
        timeout: Duration = .seconds(20),
        _ body: (HTXClient) async throws -> Value
    ) async throws -> Value {
        let reading = Mutex<Int64>(0)
        let client = HTXClient(
            exchanges: try urls.map { try ExchangeURL($0) },
            credentials: ["main": keys],
            timeout: timeout,
            now: {
                let nanoseconds = reading.withLock { count in
                    count += 1
                    return count
                }
                return Now(
                    wall: WallTime(milliseconds: 1_767_323_045_000),
                    boot: BootTime(nanoseconds: nanoseconds),
                    bootID: "test"
                )
            },
            connectionsPerHost: 8
        )
        let value = try await body(client)
        try await client.shutdown()
        return value
    }

    private static func expectUnknown(_ answer: Answer, _ kind: Answer.Kind) {
        #expect(answer.kind == kind)
        #expect(answer.requestID == 7)
        #expect(answer.outcomes.count == 2)
        #expect(answer.outcomes.values.allSatisfy { $0.kind == .unknown && $0 == answer.whole })
        #expect(answer.whole?.message?.isEmpty == false)
        expectNoSecret(answer)
    }

    private static func expectNoSecret(_ answer: Answer) {
        // The body is the server's; a megabyte of it takes seconds to dump.
        var answer = answer
        answer.body = nil
        var dumped = ""
        dump(answer, to: &dumped)
        for secret in ["access-abc", "secret-xyz", "Signature", "AccessKeyId"] {
            #expect(!dumped.contains(secret))
        }
    }

    @Test func `the request on the wire is the signed one, and its answer is read`() async throws {
        let limits = "RateLimit-Limit: 5\r\nratelimit-remaining: 4\r\nContent-Type: text/plain\r\n"
        let server = try ScriptedServer(.answer(Self.done, headers: limits))
        let answer = try await Self.send(to: [server.url])

        #expect(answer.kind == .answered)
        #expect(answer.whole == nil)
        #expect(
            answer.outcomes == [Self.ids[0]: Outcome(.accepted), Self.ids[1]: Outcome(.accepted)]
        )
        #expect(answer.httpStatus == 200)
        #expect(answer.exchange == server.url)
        #expect(answer.serverTime == 1_616_988_232_517)
        #expect(answer.body == Array(Self.done.utf8))
        #expect(answer.limit == LimitReport(limit: 5, interval: nil, remaining: 4, reset: nil))
        #expect(answer.sentAt == BootTime(nanoseconds: 4))
        #expect(answer.receivedAt == BootTime(nanoseconds: 5))
        Self.expectNoSecret(answer)

        let signing = Signing(
            method: "POST",
            host: "127.0.0.1:\(server.port)",
            path: ProtocolV1.path(of: .cancel([])),
            time: WallTime(milliseconds: 1_767_323_045_000)
        )
        let lines = try #require(server.requests.first).components(separatedBy: "\r\n")
        #expect(
            lines.first == "POST \(signing.path)?\(signing.signedQuery(with: Self.keys)) HTTP/1.1"
        )
        let hosts = lines.filter { $0.lowercased().hasPrefix("host:") }
        #expect(
            hosts.map { $0.dropFirst(5).trimmingCharacters(in: .whitespaces) } == [signing.host]
        )
        #expect(lines.contains { $0.lowercased() == "content-type: application/json" })
        #expect(lines.contains { $0.lowercased() == "accept-encoding: identity" })
        #expect(lines.last == #"{"contract_code":"BTC-USDT","order_id":"826053970168446976,34"}"#)
        #expect(server.requests.count == 1)
    }

    @Test func `a second request uses the connection and has its own answer`() async throws {
        let server = try ScriptedServer(.answer(Self.done), .answer(#"{"status":"maintain"}"#))
        let kinds = try await Self.withClient([server.url]) { client in
            let first = await client.send(Self.request())
            let second = await client.send(Self.request())
            return [first, second].map { $0.whole?.kind }
        }
        #expect(kinds == [nil, .unavailable])
    }

    @Test func `a server silent before the head loses the request at the deadline`() async throws {
        let server = try ScriptedServer(.stall(after: ""))
        let start = ContinuousClock.now
        let answer = try await Self.send(to: [server.url], timeout: .seconds(1))
        // Far more than the timeout, for a busy machine, and far less than forever.
        #expect(start.duration(to: .now) < .seconds(10))
        Self.expectUnknown(answer, .lost)
        #expect(answer.whole?.message == "no answer within the timeout")
        #expect(answer.roundTrip == nil)
        #expect(server.requests.count == 1)
    }

    @Test func `a server silent in the body loses the request at the same deadline`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(Self.done.utf8.count)\r\n\r\n"
        let server = try ScriptedServer(.stall(after: head + Self.done.dropLast()))
        let start = ContinuousClock.now
        let answer = try await Self.send(to: [server.url], timeout: .seconds(1))
        // Far more than the timeout, for a busy machine, and far less than forever.
        #expect(start.duration(to: .now) < .seconds(10))
        Self.expectUnknown(answer, .lost)
        #expect(
            answer.whole?.message == "no answer within the timeout, after the head of an HTTP 200"
        )
    }

    @Test(
        arguments: [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"status\"",
            "nonsense\r\n\r\n",
        ]
    )
    func `a connection that breaks after the request is lost, and never sent again`(sent: String)
        async throws
    {
        let server = try ScriptedServer(.close(after: sent), .answer(Self.done))
        let spare = try ScriptedServer(.answer(Self.done))
        let answer = try await Self.send(to: [server.url, spare.url])
        if sent.contains("{") {
            // Nine bytes promised and nine given: a whole answer that cannot be read.
            Self.expectUnknown(answer, .answered)
        } else {
            Self.expectUnknown(answer, .lost)
        }
        #expect(server.requests.count == 1)
        #expect(spare.requests.isEmpty)
    }

    @Test func `a redirect is not followed`() async throws {
        let target = try ScriptedServer(.answer(Self.done))
        let location = "Location: \(target.url)/elsewhere\r\n"
        let server = try ScriptedServer(
            .answer("", status: "307 Temporary Redirect", headers: location)
        )
        let answer = try await Self.send(to: [server.url])
        Self.expectUnknown(answer, .answered)
        #expect(answer.httpStatus == 307)
        #expect(target.requests.isEmpty)
    }

    @Test func `a body over the limit is cut and unknown`() async throws {
        let long = Self.done + String(repeating: " ", count: Received.bodyLimit)
        let server = try ScriptedServer(.answer(long))
        let answer = try await Self.send(to: [server.url])
        Self.expectUnknown(answer, .answered)
        #expect(answer.body?.count == Received.bodyLimit)
    }

    @Test func `a body exactly at the limit is read`() async throws {
        let full =
            Self.done + String(repeating: " ", count: Received.bodyLimit - Self.done.utf8.count)
        let server = try ScriptedServer(.answer(full))
        let answer = try await Self.send(to: [server.url])
        #expect(answer.whole == nil)
        #expect(answer.outcomes.values.allSatisfy { $0.kind == .accepted })
    }

    @Test func `a compressed answer is read`() async throws {
        let packed = try #require(
            Data(
                base64Encoded:
                    "H4sIAAAAAAACAxXKuQ3AIBAF0V5+TMC5HK1YDhAmcoDEQoTo3TidNws88piMhPZC4MkjIy3U3ls/9boF"
                    + "eJZSmes/BU3SmeilomAtRU/CWGyBcVSRohiCNtopvz8rD5g6WwAAAA=="
            )
        )
        let server = try ScriptedServer(
            .answer(bytes: Array(packed), headers: "Content-Encoding: gzip\r\n")
        )
        let answer = try await Self.send(to: [server.url])
        #expect(answer.body == Array(Self.done.utf8))
        #expect(answer.outcomes.values.allSatisfy { $0.kind == .accepted })
    }

    @Test func `an answer that unpacks to far more than was sent is lost`() async throws {
        // The answer above and 64 KiB of blanks, 370 times what the wire carries.
        let packed = try #require(
            Data(
                base64Encoded:
                    "H4sIAAAAAAACA+3Kuw2DUBREwVasGxPwfYBbsRwgTOQAiQcRonfjPmbCs3tG3qf9yPGM9RtFfKZ9iu"
                    + "cZy7at211f7yLyMc9Lzsv/NNSp7JqxL6s0tG0a+1Q0bVxF7PdapSqNw1A3dVf11wMAAAAAAAAAAAAA"
                    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABuPwlzyN"
                    + "VbAAEA"
            )
        )
        let server = try ScriptedServer(
            .answer(bytes: Array(packed), headers: "Content-Encoding: gzip\r\n")
        )
        Self.expectUnknown(try await Self.send(to: [server.url]), .lost)
    }

    @Test func `a 429 is throttled, with what its headers say`() async throws {
        let server = try ScriptedServer(
            .answer("slow down", status: "429 Too Many Requests", headers: "Retry-After: 2\r\n")
        )
        let answer = try await Self.send(to: [server.url])
        #expect(answer.kind == .answered)
        #expect(answer.whole?.kind == .throttled)
        #expect(answer.limit?.reset == 2_000)
    }

    @Test func `a refused connection is passed to the next host, signed for that host`()
        async throws
    {
        let (socket, port) = try ScriptedServer.bindLoopback()
        defer { close(socket) }
        let server = try ScriptedServer(.answer(Self.done))
        let answer = try await Self.send(to: ["http://127.0.0.1:\(port)", server.url])
        #expect(answer.kind == .answered)
        #expect(answer.exchange == server.url)
        #expect(answer.outcomes.values.allSatisfy { $0.kind == .accepted })
        let signing = Signing(
            method: "POST",
            host: "127.0.0.1:\(server.port)",
            path: ProtocolV1.path(of: .cancel([])),
            time: WallTime(milliseconds: 1_767_323_045_000)
        )
        #expect(server.requests.first?.contains(signing.signedQuery(with: Self.keys)) == true)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a request no host takes is unsent`(host: String) async throws {
        let (socket, port) = try ScriptedServer.bindLoopback()
        defer { close(socket) }
        let answer = try await Self.send(to: ["http://\(host):\(port)", "http://\(host):\(port)/"])
        #expect(answer.kind == .unsent)
        #expect(answer.whole?.kind == .notSent)
        #expect(answer.outcomes.values.allSatisfy { $0 == answer.whole })
        #expect(answer.whole?.message?.hasPrefix("not connected: \(host):\(port) (") == true)
        #expect(answer.exchange == "http://\(host):\(port)")
        Self.expectNoSecret(answer)
    }

    @Test func `a failed TLS handshake is no connection`() async throws {
        let plain = try ScriptedServer(greeting: "HTTP/1.1 400 Bad Request\r\n\r\n")
        let server = try ScriptedServer(.answer(Self.done))
        let both = try await Self.send(to: ["https://127.0.0.1:\(plain.port)", server.url])
        #expect(both.kind == .answered)
        let alone = try await Self.send(to: ["https://localhost:\(plain.port)"])
        #expect(alone.kind == .unsent)
        #expect(
            alone.whole?.message == "not connected: localhost:\(plain.port) (TLS handshake failed)"
        )
    }

    @Test func `an account without keys sends nothing and says which variables to set`()
        async throws
    {
        let server = try ScriptedServer(.answer(Self.done))
        let answer = try await Self.send(to: [server.url], account: "desk")
        #expect(answer.kind == .unsent)
        #expect(answer.whole?.kind == .accountTrouble)
        #expect(
            answer.whole?.message
                == "no keys for account desk: set QUASH_DESK_ACCESS_KEY and QUASH_DESK_SECRET_KEY"
        )
        #expect(answer.sentAt == nil)
        #expect(server.requests.isEmpty)
    }

    @Test func `with no exchange nothing is sent`() async throws {
        let answer = try await Self.send(to: [], warm: true)
        #expect(answer.kind == .unsent)
        #expect(answer.whole == Outcome(.notSent, message: "not connected: no exchange is set"))
    }

    @Test func `warming asks the time on five connections, unsigned, and spends no request`()
        async throws
    {
        let server = try ScriptedServer(
            .answer("{}"),
            .answer("{}"),
            .answer("{}"),
            .answer("{}"),
            .answer("{}"),
            .answer(Self.done)
        )
        let answer = try await Self.send(to: [server.url], warm: true)
        #expect(answer.outcomes.values.allSatisfy { $0.kind == .accepted })
        let warming = server.requests.dropLast()
        #expect(warming.count == 5)
        #expect(warming.allSatisfy { $0.hasPrefix("GET /api/v1/timestamp HTTP/1.1\r\n") })
    }

    @Test func `warming a host that refuses is no failure`() async throws {
        let (socket, port) = try ScriptedServer.bindLoopback()
        defer { close(socket) }
        let answer = try await Self.send(to: ["http://127.0.0.1:\(port)"], warm: true)
        #expect(answer.kind == .unsent)
    }

    @Test func `an interrupted wait is lost at once`() async throws {
        let server = try ScriptedServer(.stall(after: ""))
        let answer = try await Self.withClient([server.url]) { client in
            await withTaskGroup(of: Answer.self) { group in
                group.addTask { await client.send(Self.request()) }
                group.cancelAll()
                return await group.next()
            }
        }
        Self.expectUnknown(try #require(answer), .lost)
    }

    @Test func `after shutdown nothing is sent`() async throws {
        let server = try ScriptedServer(.answer(Self.done))
        let client = HTXClient(
            exchanges: [try ExchangeURL(server.url)],
            credentials: ["main": Self.keys],
            timeout: .seconds(20),
            now: {
                Now(wall: WallTime(milliseconds: 0), boot: BootTime(nanoseconds: 0), bootID: "test")
            },
            connectionsPerHost: 1
        )
        try await client.shutdown()
        let answer = await client.send(Self.request())
        #expect(answer.kind == .unsent)
        #expect(server.requests.isEmpty)
    }
}
