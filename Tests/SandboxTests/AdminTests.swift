import Foundation
import Testing

import Sandbox

@Suite struct AdminTests {
    private func call(
        _ stage: Stage,
        _ method: String,
        _ target: String,
        _ body: String = ""
    ) async throws -> (status: Int, body: String) {
        let response = try #require(
            try await stage.served { try Connection(to: $0).call(method, target, body: body) }
        )
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    @Test func `an account is opened, and its secret is not shown`() async throws {
        let stage = try Stage()
        let body = #"{"name":"desk","access_key":"k","secret_key":"hush-hush"}"#
        let opened = try await call(stage, "POST", "/sandbox/accounts", body)
        #expect(opened == (201, #"{"name":"desk"}"#))
        let again = try await call(stage, "POST", "/sandbox/accounts", body)
        #expect(again == (400, #"{"error":"The account \"desk\" exists."}"#))
        let summary = try await call(stage, "GET", "/sandbox/summary")
        #expect(summary.body.contains("desk") && !summary.body.contains("hush"))
    }

    @Test func `orders are seeded with ids of one's own or made up`() async throws {
        let stage = try Stage()
        let own = try await call(
            stage,
            "POST",
            "/sandbox/orders",
            #"{"account":"main","pair":"BTC-USDT","contract_type":"swap","order_ids":["7",8]}"#
        )
        #expect(own == (201, #"{"order_ids":["7","8"]}"#))
        let madeUp = try await call(
            stage,
            "POST",
            "/sandbox/orders",
            """
            {"account":"main","contract_code":"ETH-USDT","count":2,
             "first":"826053970168446976"}
            """
        )
        #expect(madeUp == (201, #"{"order_ids":["826053970168446976","826053970168446977"]}"#))
        #expect(stage.exchange.orders(state: .open).count == 4)
    }

    @Test func `orders fire and are listed`() async throws {
        let stage = try Stage()
        try stage.exchange.seed(["1", "2"], account: "main", on: .btc)
        let fired = try await call(stage, "POST", "/sandbox/fire", #"{"order_ids":["1"]}"#)
        #expect(fired == (200, #"{"order_ids":["1"]}"#))
        let listed = try await call(
            stage,
            "GET",
            "/sandbox/orders?account=main&state=fired"
        )
        let order = """
            {"account":"main","changed_at_ms":1767323045000,"contract_code":"BTC-USDT",\
            "contract_type":"swap","order_id":"1","pair":"BTC-USDT","state":"fired"}
            """
        #expect(listed == (200, #"{"orders":[\#(order)]}"#))
    }

    @Test func `arrivals are listed from any sequence on`() async throws {
        let stage = try Stage()
        for _ in 0..<2 { _ = try stage.cancel("1") }
        let listed = try await call(stage, "GET", "/sandbox/arrivals?since=1")
        let arrival = """
            {"account":"main","answer":"ok","boot_ns":7000000000,"cancelled":0,\
            "contract_code":"BTC-USDT","fault":"none","order_id":"1","processed":true,\
            "refused_for_rate":false,"sequence":2,"signed":true,"wall_ms":1767323045000}
            """
        #expect(listed == (200, #"{"arrivals":[\#(arrival)]}"#))
    }

    @Test func `the summary tells the busiest window by account`() async throws {
        let stage = try Stage()
        for _ in 0..<6 { _ = try stage.cancel("1") }
        let summary = try await call(stage, "GET", "/sandbox/summary")
        let main = #"{"arrivals":6,"busiest_window":6,"processed":5,"refused_for_rate":1}"#
        #expect(summary.body.contains(#""main":\#(main)"#))
    }

    @Test func `faults are set, shown and used up`() async throws {
        let stage = try Stage()
        let set = try await call(
            stage,
            "PUT",
            "/sandbox/faults",
            #"{"script":[{"fault":"drop_after","count":2}],"chances":{"err_code:1004":0.5}}"#
        )
        #expect(set.status == 200)
        #expect(stage.exchange.faults.chances == [.errCode(1004): 0.5])
        #expect(stage.send(body: "").delivery == .closed)
        let left = try await call(stage, "GET", "/sandbox/faults")
        #expect(left.body.contains(#""script":[{"count":1,"fault":"drop_after"}]"#))
    }

    @Test func `a reset empties the stage`() async throws {
        let stage = try Stage()
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        #expect(try await call(stage, "POST", "/sandbox/reset").status == 200)
        #expect(stage.exchange.orders().isEmpty)
    }

    @Test(arguments: [
        ("POST", "accounts", "nonsense", "The body cannot be read: it is not JSON."),
        ("POST", "accounts", #"{"name":"n"}"#, "The body cannot be read: access_key is missing."),
        (
            "POST", "accounts", #"{"name":"n","access_key":"k","secret_key":7}"#,
            "The body cannot be read at secret_key: String was expected."
        ),
        (
            "POST", "orders", #"{"account":"main","count":1}"#,
            "Give contract_code, or pair and contract_type."
        ),
        (
            "POST", "orders", #"{"account":"main","contract_code":"BTC-USDT"}"#,
            "Give either order_ids or count."
        ),
        (
            "POST", "orders", #"{"account":"main","contract_code":"BTC","count":1}"#,
            "contract_code must look like BTC-USDT or BTC-USDT-210625."
        ),
        (
            "POST", "orders", #"{"account":"who","contract_code":"BTC-USDT","count":1}"#,
            #"There is no account "who"."#
        ),
        ("POST", "fire", #"{"order_ids":["404"]}"#, "The order 404 is not open."),
        ("GET", "orders?state=lost", "", "state must be open, fired or cancelled."),
        ("GET", "arrivals?since=yesterday", "", "since must be a whole number."),
        (
            "PUT", "faults", #"{"script":[{"fault":"earthquake"}]}"#,
            "The body cannot be read at script.0.fault: the value is not one of those allowed."
        ),
        (
            "PUT", "faults", #"{"latency_ms":{"min":9,"max":1}}"#,
            "latency_ms needs 0 <= min <= max <= 60000."
        ),
    ])
    func `a call that makes no sense is told why in a sentence`(
        method: String,
        call: String,
        body: String,
        sentence: String
    ) async throws {
        let stage = try Stage()
        let response = try await self.call(stage, method, "/sandbox/\(call)", body)
        #expect(response.status == 400)
        let error = try JSONDecoder().decode([String: String].self, from: Data(response.body.utf8))
        #expect(error == ["error": sentence])
    }
}
