import Foundation
import Testing

import Sandbox

@Suite struct OrderHistoryTests {
    private static let day: Int64 = 86_400_000

    /// One order of each state, ended in the order 1, 2, 3 a second apart.
    private func stage() throws -> Stage {
        let stage = try Stage()
        try stage.exchange.seed(["1", "2", "3", "4"], account: "main", on: .btc)
        stage.clock.advance(ns: 1_000_000_000)
        _ = try stage.cancel("1")
        stage.clock.advance(ns: 1_000_000_000)
        try stage.exchange.fire(["2"])
        stage.clock.advance(ns: 1_000_000_000)
        try stage.exchange.end(["3"], as: .failed(code: 1093, reason: "Too \"low\"."))
        return stage
    }

    @Test func `each ending has its code and its details`() throws {
        let orders = try #require(try stage().past().data?.orders)
        #expect(orders.map(\.order_id_str) == ["3", "2", "1"])
        #expect(orders.map(\.order_id) == [3, 2, 1])
        #expect(orders.map(\.status) == [5, 4, 6])
        #expect(orders.map(\.fail_code) == [1093, nil, nil])
        #expect(orders.map(\.fail_reason) == ["Too \"low\".", nil, nil])
        #expect(orders.map(\.relation_order_id) == ["-1", "1892021437253877761", "-1"])
        #expect(orders.map(\.canceled_at) == [nil, nil, Vector.wallMs + 1000])
        #expect(orders.map { ($0.update_time ?? 0) - Vector.wallMs } == [3000, 2000, 1000])
        #expect(orders.allSatisfy { $0.created_at == Vector.wallMs })
    }

    @Test func `the history is written like the open orders, with more to it`() throws {
        let text = String(
            decoding: try stage().ask(.orderHistory, Stage.pastOfBTC).body,
            as: UTF8.self
        )
        #expect(text.contains(#""order_id":2,"order_id_str":"2","order_source":"api","#))
        #expect(
            text.contains(
                """
                "update_time":1767323047000,"canceled_at":null,"fail_code":null,\
                "fail_reason":null,"triggered_price":49500.000000000000000000,\
                "market_limit_price":null,"formula_price":null,\
                "real_volume":1.000000000000000000,"relation_order_id":"1892021437253877761"}
                """
            )
        )
    }

    @Test(arguments: [
        (#""0""#, ["3", "2", "1"]), ("0", ["3", "2", "1"]), (#""4""#, ["2"]), ("5", ["3"]),
        (#""6""#, ["1"]), (#""4,6""#, ["2", "1"]), (#""6,5,4""#, ["3", "2", "1"]),
        (#""0,4""#, ["3", "2", "1"]),
    ])
    func `the status may be a number or a list`(status: String, ids: [String]) throws {
        let body =
            #"{"contract_code":"BTC-USDT","status":\#(status),"trade_type":0,"create_date":90}"#
        #expect(try stage().past(body).ids == ids)
    }

    @Test func `the last placed or the last ended comes first, as asked`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        stage.clock.advance(ns: 1_000_000)
        try stage.exchange.seed(["2"], account: "main", on: .btc)
        try stage.exchange.fire(["2"])
        stage.clock.advance(ns: 1_000_000)
        _ = try stage.cancel("1")
        let by = { (field: String) in
            Stage.pastOfBTC.replacing("}", with: #","sort_by":"\#(field)"}"#)
        }
        #expect(try stage.past(by("create_date")).ids == ["2", "1"])
        #expect(try stage.past(by("update_time")).ids == ["1", "2"])
        #expect(try stage.past(by("order_id")).err_code == 1067)
    }

    @Test func `seeded history is as old as it was said to be`() throws {
        let stage = try Stage()
        let ages: [(String, Exchange.Ending, Int64)] = [
            ("1", .cancelled(by: nil), 10), ("2", .fired, 2), ("3", .cancelled(by: nil), 89),
            ("4", .failed(code: 1048, reason: "x"), 100),
        ]
        for (id, ending, days) in ages {
            let placement = Exchange.Placement(ending: ending, ageMs: days * Self.day)
            try stage.exchange.seed([id], account: "main", on: .btc, as: placement)
        }
        let within = { (days: Int) in
            Stage.pastOfBTC.replacing(#""create_date":90"#, with: #""create_date":\#(days)"#)
        }
        #expect(try stage.past(within(1)).ids.isEmpty)
        #expect(try stage.past(within(2)).ids == ["2"])
        #expect(try stage.past(within(10)).ids == ["2", "1"])
        #expect(try stage.past(within(90)).ids == ["2", "1", "3"])
        // More than ninety days are read as ninety (htx-api 6.2).
        #expect(try stage.past(within(365)).ids == ["2", "1", "3"])
        let order = try stage.past(within(2)).data?.orders.first
        #expect(order?.created_at == Vector.wallMs - 2 * Self.day)
        #expect(order?.relation_order_id == "1892021437253877761")
        #expect(try stage.cancel("1", "2", "4").codes == ["1": 1071, "2": 1063, "4": 1061])
    }

    @Test func `pair, trade type and paging narrow the history`() throws {
        let stage = try Stage()
        let fired = Exchange.Placement(ending: .fired, tradeType: 2)
        try stage.exchange.seed(["1", "2", "3"], account: "main", on: .btc, as: fired)
        try stage.exchange.seed(["4"], account: "main", on: .eth, as: fired)
        let ask = { (more: String) in
            try stage.past(#"{"pair":"BTC-USDT","status":"4","create_date":1,\#(more)}"#)
        }
        #expect(try ask(#""trade_type":2"#).ids == ["3", "2", "1"])
        #expect(try ask(#""trade_type":1"#).ids.isEmpty)
        let second = try ask(#""trade_type":0,"page_index":2,"page_size":2"#)
        #expect(second.ids == ["1"])
        #expect(second.sizes == [2, 2, 3])
        #expect(try stage.past(of: Vector.other).ids.isEmpty)
    }

    @Test(arguments: [
        (#"{"status":"0","trade_type":0,"create_date":9}"#, 1014),
        (#"{"contract_code":"NOT-USDT","status":"0","trade_type":0,"create_date":9}"#, 1014),
        (#"{"contract_code":"BTC-USDT","trade_type":0,"create_date":9}"#, 1066),
        (#"{"contract_code":"BTC-USDT","status":"","trade_type":0,"create_date":9}"#, 1066),
        (#"{"contract_code":"BTC-USDT","status":"0","create_date":9}"#, 1066),
        (#"{"contract_code":"BTC-USDT","status":"0","trade_type":0}"#, 1066),
        (#"{"contract_code":"BTC-USDT","status":"0","trade_type":0,"create_date":0}"#, 1067),
        (#"{"contract_code":"BTC-USDT","status":"2","trade_type":0,"create_date":9}"#, 1067),
        (#"{"contract_code":"BTC-USDT","status":"4, 5","trade_type":0,"create_date":9}"#, 1067),
        (
            #"{"pair":"BTC-USDT","status":"0","trade_type":0,"create_date":9,"page_size":51}"#,
            1030
        ),
        (#"{"pair":"BTC-USDT","status":[0],"trade_type":0,"create_date":9}"#, 1030),
    ])
    func `a request that lacks something is refused`(body: String, code: Int) throws {
        let list = try Stage().past(body)
        #expect(list.status == "error")
        #expect(list.err_code == code)
    }

    @Test func `the admin listing tells the truth about every ending`() throws {
        let orders = try stage().exchange.orders()
        #expect(orders.map(\.state) == [.cancelled, .fired, .failed, .open])
        let json = try JSONEncoder().encode(orders)
        let text = String(decoding: json, as: UTF8.self)
        #expect(text.contains(#""relation_order_id":"1892021437253877761""#))
        #expect(text.contains(#""fail_code":1093"#))
    }
}
