import Foundation
import Testing

import Sandbox

@Suite struct ServerTests {
    private static let target = "\(Vector.path)?\(Vector.a)"

    // MARK: The cancel endpoint on the wire

    @Test func `a signed request cancels over HTTP as the real exchange answers`() async throws {
        let stage = try Stage()
        try stage.exchange.seed(["826053970168446976"], account: "main", on: .btc)
        let response = try #require(
            try await stage.served { endpoint in
                let body = Stage.body(["826053970168446976", "826052906719444993"])
                return try Connection(to: endpoint).call("POST", Self.target, body: body)
            }
        )
        #expect(response.status == 200)
        #expect(
            response.headers.filter { $0.key != "Date" } == [
                "Content-Type": "text/plain;charset=UTF-8", "Content-Length": "174",
                "ratelimit-limit": "5", "ratelimit-interval": "1000", "ratelimit-remaining": "4",
                "ratelimit-reset": "1767323046000",
            ]
        )
        #expect(
            String(decoding: response.body, as: UTF8.self) == """
                {"data":{"errors":[{"err_code":1061,"err_msg":"This order doesnt exist.",\
                "order_id":"826052906719444993"}],"successes":"826053970168446976"},\
                "status":"ok","ts":1767323045000}
                """
        )
    }

    @Test func `one connection carries many requests, refusals included`() async throws {
        let stage = try Stage()
        let codes = try await stage.served { endpoint in
            let connection = try Connection(to: endpoint)
            return try (0..<7).map { _ -> Int? in
                let response = try connection.call(
                    "POST",
                    Self.target,
                    body: Stage.body(["1"])
                )
                return try response.map { try Self.answer($0).err_code ?? 0 }
            }
        }
        #expect(codes == [0, 0, 0, 0, 0, 1032, 1032])
        #expect(stage.exchange.summary().accounts["main"]?.busiestWindow == 7)
    }

    @Test func `the raw query is judged, before any decoding`() async throws {
        let stage = try Stage()
        let code = try await stage.served { endpoint in
            let query = Vector.cUnsigned + "ik4Wf3JA+Emhv5k6v%2FU%2FVfpkyall6Re5yaeYfSlUUmI%3D"
            let response = try Connection(to: endpoint).call("POST", "\(Vector.path)?\(query)")
            return try response.map { try Self.answer($0).err_code }
        }
        #expect(code == 403)
    }

    @Test func `requests at once from many connections never pass six to the orders`() async throws
    {
        let stage = try Stage()
        let ids = try stage.exchange.seed(count: 40, account: "main", on: .btc)
        try await stage.served { endpoint in
            let connections = try ids.map { _ in try Connection(to: endpoint) }
            for (id, connection) in zip(ids, connections) {
                try connection.send("POST", Self.target, body: Stage.body([id]))
            }
            for connection in connections { _ = try connection.receive() }
        }
        #expect(stage.exchange.orders(state: .cancelled).count == 5)
        #expect(stage.exchange.summary().refusedForRate == 35)
    }

    @Test func `the lists answer over HTTP with a limit of their own`() async throws {
        let stage = try Stage()
        try stage.exchange.seed(["1", "2"], account: "main", on: .btc)
        let responses = try await stage.served { endpoint in
            let connection = try Connection(to: endpoint)
            _ = try connection.call("POST", Self.target, body: Stage.body(["1"]))
            return [
                try connection.call("POST", Vector.target(.openOrders), body: "{}"),
                try connection.call(
                    "POST",
                    Vector.target(.orderHistory),
                    body: Stage.pastOfBTC
                ),
            ]
        }
        let lists = try responses.map { response in
            try JSONDecoder().decode(List.self, from: #require(response).body)
        }
        #expect(lists.map(\.ids) == [["2"], ["1"]])
        let headers = try #require(responses.last??.headers)
        #expect(headers["Content-Type"] == "text/plain;charset=UTF-8")
        #expect(headers["ratelimit-limit"] == "72")
        #expect(headers["ratelimit-interval"] == "3000")
        #expect(headers["ratelimit-remaining"] == "70")
    }

    // MARK: Faults on the wire

    @Test func `too many requests come with a time to wait and no body`() async throws {
        let stage = try Stage { $0.faults.script = [.init(.tooManyRequests)] }
        let response = try await stage.served { endpoint in
            try Connection(to: endpoint).call("POST", Self.target, body: Stage.body(["1"]))
        }
        #expect(response?.status == 429)
        #expect(response?.headers["Retry-After"] == "1")
        #expect(response?.body == Data())
    }

    @Test(arguments: [Fault.dropBefore, .dropAfter])
    func `a drop closes the connection without a byte`(fault: Fault) async throws {
        let stage = try Stage { $0.faults.script = [.init(fault)] }
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        let (dropped, next) = try await stage.served { endpoint in
            let dropped = try Connection(to: endpoint).call(
                "POST",
                Self.target,
                body: Stage.body(["1"])
            )
            let next = try Connection(to: endpoint).call(
                "POST",
                Self.target,
                body: Stage.body(["1"])
            )
            return (dropped, try next.map(Self.answer))
        }
        #expect(dropped == nil)
        #expect(next?.codes == (fault.letsProcess ? ["1": 1071] : [:]))
    }

    @Test func `a hang ends at its limit, without a byte`() async throws {
        let stage = try Stage { $0.faults.script = [.init(.hangAfter)] }
        let response = try await stage.served(hangLimit: .milliseconds(20)) { endpoint in
            try Connection(to: endpoint).call("POST", Self.target, body: Stage.body(["1"]))
        }
        #expect(response == nil)
        #expect(stage.exchange.arrivals().first?.answer == .hung)
    }

    @Test(.timeLimit(.minutes(1)))
    func `hanging requests do not keep the server from stopping`() async throws {
        let stage = try Stage { $0.faults.script = [.init(.hangBefore, count: 2)] }
        // The hour shows that the shutdown does not wait for the limit.
        let silent = try await stage.served(hangLimit: .seconds(3600)) { endpoint in
            let silent = try (0..<2).map { _ in try Connection(to: endpoint) }
            for connection in silent {
                try connection.send("POST", Self.target, body: Stage.body(["1"]))
            }
            while stage.exchange.arrivals().count(where: { $0.answer == .hung }) < 2 {
                _ = try Connection(to: endpoint).call("GET", "/api/v1/timestamp")
            }
            return silent
        }
        #expect(try await onThread { try silent.map { try $0.receive() } } == [nil, nil])
    }

    @Test func `a gateway's page comes with its status`() async throws {
        let stage = try Stage { $0.faults.script = [.init(.serverErrorAfter)] }
        let response = try await stage.served { endpoint in
            try Connection(to: endpoint).call("POST", Self.target, body: Stage.body(["1"]))
        }
        #expect(response?.status == 502)
        #expect(response?.headers["Content-Type"] == "text/html")
    }

    @Test func `latency is waited out on the way there and back`() async throws {
        let stage = try Stage { $0.faults.latencyMs = .init(min: 30, max: 30) }
        let took = try await stage.served { endpoint in
            let connection = try Connection(to: endpoint)
            let clock = ContinuousClock()
            return try clock.measure {
                _ = try connection.call("POST", Self.target, body: Stage.body(["1"]))
            }
        }
        // Both parts are cut to whole microseconds; there is no upper bound to promise.
        #expect(took >= .microseconds(29_998))
    }

    // MARK: Public calls

    @Test func `time and heartbeat are public`() async throws {
        let stage = try Stage()
        let texts = try await stage.served { endpoint in
            try ["/api/v1/timestamp", "/heartbeat/", "/heartbeat"].map { path in
                let response = try Connection(to: endpoint).call("GET", path)
                return String(decoding: response?.body ?? Data(), as: UTF8.self)
            }
        }
        #expect(texts[0] == #"{"status":"ok","ts":1767323045000}"#)
        #expect(texts[1].contains(#""linear_swap_heartbeat":1"#))
        #expect(texts[1].contains(#""linear_swap_estimated_recovery_time":null"#))
        #expect(texts[2] == texts[1])
    }

    // MARK: Being a server

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.1", "example.com", ""])
    func `an address that others could reach is refused`(host: String) throws {
        let exchange = try Stage().exchange
        #expect(throws: BadInput.self) {
            try SandboxServer(exchange: exchange, settings: .init(host: host))
        }
    }

    @Test func `localhost means 127.0.0.1, and the port found is told`() async throws {
        let exchange = try Stage().exchange
        let server = try SandboxServer(exchange: exchange, settings: .init(host: "localhost"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let endpoint = try await server.listening
            #expect(endpoint.host == "127.0.0.1")
            #expect(endpoint.port > 0)
            #expect(endpoint.url == "http://127.0.0.1:\(endpoint.port)")
            group.cancelAll()
        }
    }

    @Test func `whoever waits for a port that is taken hears of it`() async throws {
        let stage = try Stage()
        let server = try SandboxServer(exchange: stage.exchange)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            await #expect(throws: (any Error).self) {
                let port = try await server.listening.port
                let second = try SandboxServer(
                    exchange: stage.exchange,
                    settings: .init(port: port)
                )
                async let waiting = second.listening
                do { try await second.run() } catch {}
                _ = try await waiting
            }
            group.cancelAll()
        }
    }

    private static func answer(_ response: Connection.Response) throws -> Answer {
        try JSONDecoder().decode(Answer.self, from: response.body)
    }
}
