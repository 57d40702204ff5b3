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
            "contract_type":"swap","created_at_ms":1767323045000,"order_id":"1","pair":"BTC-USDT",\
            "relation_order_id":"1892021437253877761","state":"fired","trade_type":4}
            """
        #expect(listed == (200, #"{"orders":[\#(order)]}"#))
    }

    @Test func `history can be seeded, and orders can fail`() async throws {
        let stage = try Stage()
        let seeded = try await call(
            stage,
            "POST",
            "/sandbox/orders",
            """
            {"account":"main","contract_code":"BTC-USDT","order_ids":["1"],"state":"failed",
             "age_ms":5000,"trade_type":1,"fail_code":1093}
            """
        )
        #expect(seeded.status == 201)
        try stage.exchange.seed(["2"], account: "main", on: .btc)
        let failed = try await call(
            stage,
            "POST",
            "/sandbox/fail",
            #"{"order_ids":[2],"fail_code":1048,"fail_reason":"No position."}"#
        )
        #expect(failed == (200, #"{"order_ids":["2"]}"#))
        let orders = stage.exchange.orders(state: .failed)
        #expect(orders.map(\.createdAt.wallMs) == [Vector.wallMs - 5000, Vector.wallMs])
        #expect(orders.map(\.tradeType) == [1, 4])
        #expect(orders.last?.ending == .failed(code: 1048, reason: "No position."))
        let listed = try await call(stage, "GET", "/sandbox/orders?state=failed")
        #expect(listed.body.contains(#""fail_code":1093"#))
    }

    @Test func `keys are replaced, and no secret is shown`() async throws {
        let stage = try Stage()
        let body = #"{"access_key":"mockkey2-mended","secret_key":"mocksecret-mended"}"#
        let replaced = try await call(stage, "POST", "/sandbox/accounts/main/keys", body)
        #expect(replaced == (200, #"{"name":"main"}"#))
        #expect(try stage.cancel("1", query: Vector.ofMended).status == "ok")
        #expect(try stage.cancel("1").err_code == 403)
    }

    @Test func `arrivals are listed from any sequence on`() async throws {
        let stage = try Stage()
        for _ in 0..<2 { _ = try stage.cancel("1") }
        let listed = try await call(stage, "GET", "/sandbox/arrivals?since=1")
        let arrival = """
            {"account":"main","answer":"ok","boot_ns":7000000000,"cancelled":0,\
            "contract_code":"BTC-USDT","endpoint":"cancel","fault":"none","order_id":"1",\
            "processed":true,\
            "refused_for_rate":false,"sequence":2,"signed":true,"wall_ms":1767323045000}
            """
        #expect(listed == (200, #"{"arrivals":[\#(arrival)]}"#))
    }

    @Test func `the summary tells the busiest window by account`() async throws {
        let stage = try Stage()
        for _ in 0..<6 { _ = try stage.cancel("1") }
        let summary = try await call(stage, "GET", "/sandbox/summary")
        let main = """
            {"arrivals":6,"busiest_read_window":0,"busiest_window":6,"processed":5,"reads":\
            {"open_orders":0,"order_history":0,"processed":0,"refused_for_rate":0},\
            "refused_for_rate":1}
            """
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
        ("POST", "fail", #"{"order_ids":["404"]}"#, "The order 404 is not open."),
        (
            "POST", "orders",
            #"{"account":"main","contract_code":"BTC-USDT","count":1,"age_ms":-1}"#,
            "age_ms must be from 0 to 34560000000, which is 400 days."
        ),
        (
            "POST", "orders",
            #"{"account":"main","contract_code":"BTC-USDT","count":1,"trade_type":5}"#,
            "trade_type must be one of 1, 2, 3, 4, 17 and 18."
        ),
        (
            "POST", "accounts/who/keys", #"{"access_key":"k","secret_key":"s"}"#,
            #"There is no account "who"."#
        ),
        (
            "PUT", "faults", #"{"outage":"flood"}"#,
            "The body cannot be read at outage: the value is not one of those allowed."
        ),
        ("GET", "orders?state=lost", "", "state must be open, fired, cancelled or failed."),
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
