import Foundation
import Testing

import Sandbox

@Suite struct OpenOrdersTests {
    @Test func `open orders are listed as the exchange writes them`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1192021437253877761"], account: "main", on: .btc)
        let reply = stage.ask(.openOrders, "{}")
        #expect(reply.status == 200)
        #expect(reply.contentType == "text/plain;charset=UTF-8")
        #expect(
            String(decoding: reply.body, as: UTF8.self) == """
                {"status":"ok","data":{"orders":[{"symbol":"BTC","contract_code":"BTC-USDT",\
                "pair":"BTC-USDT","contract_type":"swap","business_type":"swap",\
                "volume":1.000000000000000000,"order_type":1,"direction":"sell",\
                "offset":"close","lever_rate":5,"order_id":1192021437253877761,\
                "order_id_str":"1192021437253877761","order_source":"api",\
                "created_at":1767323045000,"order_price_type":"optimal_5","status":2,\
                "callback_rate":0.010000000000000000,\
                "active_price":50000.000000000000000000,"is_active":1,\
                "margin_mode":"cross","margin_account":"USDT","reduce_only":1}],\
                "total_page":1,"current_page":1,"total_size":1},"ts":1767323045000}
                """
        )
    }

    @Test func `only open orders of the account are there, the newest first`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1", "2", "3"], account: "main", on: .btc)
        try stage.exchange.seed(["4"], account: "other", on: .btc)
        stage.clock.advance(ns: 1_000_000)
        try stage.exchange.seed(["5"], account: "main", on: .eth)
        try stage.exchange.seed(["6"], account: "main", on: .btc, as: .init(ageMs: 60_000))
        #expect(try stage.open().ids == ["5", "3", "2", "1", "6"])
        #expect(try stage.open(of: Vector.other).ids == ["4"])
        _ = try stage.cancel("2")
        try stage.exchange.fire(["1"])
        try stage.exchange.end(["6"], as: .failed(code: 1048, reason: "none"))
        #expect(try stage.open().ids == ["5", "3"])
    }

    @Test func `contract, pair and trade type narrow the list`() throws {
        let stage = try Stage()
        let dated = Exchange.Contract(code: "BTC-USDT-260327", pair: "BTC-USDT", type: "quarter")
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        try stage.exchange.seed(["2"], account: "main", on: dated, as: .init(tradeType: 1))
        try stage.exchange.seed(["3"], account: "main", on: .eth, as: .init(tradeType: 17))
        #expect(try stage.open(#"{"contract_code":"btc-usdt"}"#).ids == ["1"])
        #expect(try stage.open(#"{"contract_code":"BTC-USDT-260327"}"#).ids == ["2"])
        #expect(try stage.open(#"{"pair":"BTC-USDT"}"#).ids == ["2", "1"])
        #expect(try stage.open(#"{"contract_code":"ETH-USDT","pair":"BTC-USDT"}"#).ids == ["3"])
        #expect(try stage.open(#"{"trade_type":0}"#).ids == ["3", "2", "1"])
        #expect(try stage.open(#"{"trade_type":1}"#).ids == ["2"])
        #expect(try stage.open(#"{"trade_type":17,"pair":"BTC-USDT"}"#).ids.isEmpty)
        let third = try stage.open(#"{"trade_type":17}"#).data?.orders.first
        #expect(third?.direction == "buy" && third?.offset == "both")
    }

    @Test func `a contract known but without orders has an empty page`() throws {
        let list = try Stage().open(#"{"contract_code":"BTC-USDT"}"#)
        #expect(list.status == "ok")
        #expect(list.sizes == [0, 1, 0])
    }

    @Test func `pages follow one another without gap or overlap`() throws {
        let stage = try Stage()
        let ids = try stage.exchange.seed(count: 120, account: "main", on: .btc)
        let newest = Array(ids.reversed())
        #expect(try stage.open().ids == Array(newest[..<20]))
        #expect(try stage.open().sizes == [6, 1, 120])
        #expect(try stage.open(#"{"page_index":2,"page_size":50}"#).ids == Array(newest[50..<100]))
        let last = try stage.open(#"{"page_index":3,"page_size":50}"#)
        #expect(last.ids == Array(newest[100...]))
        #expect(last.sizes == [3, 3, 120])
        #expect(try stage.open(#"{"page_index":4,"page_size":50}"#).sizes == [3, 4, 120])
        #expect(try stage.open(#"{"page_index":9223372036854775807}"#).ids.isEmpty)
    }

    @Test func `what is cancelled between two pages shifts the later one`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1", "2", "3", "4"], account: "main", on: .btc)
        #expect(try stage.open(#"{"page_size":2}"#).ids == ["4", "3"])
        _ = try stage.cancel("3")
        #expect(try stage.open(#"{"page_size":2,"page_index":2}"#).ids == ["1"])
    }

    @Test(arguments: ["18446744073709551616", "99999999999999999999", "007"])
    func `an id that no number holds goes out as text`(id: String) throws {
        let stage = try Stage()
        try stage.exchange.seed([id], account: "main", on: .btc)
        let text = String(decoding: stage.ask(.openOrders, "{}").body, as: UTF8.self)
        #expect(text.contains(#""order_id":"\#(id)","order_id_str":"\#(id)""#))
    }

    @Test func `odd names are escaped`() throws {
        let stage = try Stage()
        let contract = Exchange.Contract(code: "A\"\\\n-USDT", pair: "A\"\\\n-USDT", type: "swap")
        try stage.exchange.seed(["1"], account: "main", on: contract)
        #expect(try stage.open().data?.orders.first?.contract_code == "A\"\\\n-USDT")
    }

    @Test(arguments: [
        (#"{"contract_code":"NOT-USDT"}"#, 1014), (#"{"pair":"NOT-USDT"}"#, 1014),
        (#"{"page_size":51}"#, 1030), (#"{"page_size":0}"#, 1030), (#"{"page_index":0}"#, 1030),
        (#"{"page_index":"1"}"#, 1030), (#"{"trade_type":5}"#, 1067), ("", 1030), ("[]", 1030),
    ])
    func `a request that makes no sense is refused`(body: String, code: Int) throws {
        let stage = try Stage()
        let list = try stage.open(body)
        #expect(list.status == "error")
        #expect(list.err_code == code)
        #expect(list.data == nil)
        #expect(stage.exchange.arrivals().first?.processed == false)
    }

    @Test func `a list is signed for its own path`() throws {
        let stage = try Stage()
        let call = SignedCall(
            method: "POST",
            host: Vector.host,
            target: "\(Exchange.Endpoint.openOrders.path)?\(Vector.a)"
        )
        let reply = stage.exchange.answer(stage.exchange.arrive(call, at: .openOrders), body: [])
        #expect(reply.errCode == 403)
        #expect(stage.exchange.arrivals().first?.signed == false)
    }

    @Test func `arrivals tell the endpoint and the page`() throws {
        let stage = try Stage()
        _ = try stage.open(#"{"contract_code":"BTC-USDT","page_index":3}"#)
        _ = try stage.past()
        _ = try stage.cancel("1")
        let arrivals = stage.exchange.arrivals()
        #expect(arrivals.map(\.endpoint) == [.openOrders, .orderHistory, .cancel])
        #expect(arrivals.map(\.page) == [3, 1, nil])
        #expect(arrivals.map(\.contractCode) == ["BTC-USDT", "BTC-USDT", "BTC-USDT"])
        let json = try JSONEncoder().encode(arrivals)
        #expect(String(decoding: json, as: UTF8.self).contains(#""endpoint":"order_history""#))
    }

    @Test func `a book of a hundred thousand orders can be paged through`() throws {
        let stage = try Stage { $0.readLimit = 0 }
        let ids = try stage.exchange.seed(count: 100_000, account: "main", on: .btc)
        for page in [1, 1000, 2000] {
            let body = #"{"contract_code":"BTC-USDT","page_index":\#(page),"page_size":50}"#
            let list = try stage.open(body)
            #expect(list.ids.first == ids[ids.count - 1 - (page - 1) * 50])
            #expect(list.sizes == [2000, page, 100_000])
        }
    }

    @Test func `pages off the shelf and pages by sifting are the same`() throws {
        let stage = try Stage { ($0.readLimit, $0.limit) = (0, 0) }
        // Several stretches, placed out of order, every third of them ended.
        for (turn, age) in [0, 5000, 0, 60_000, 1000].enumerated() {
            stage.clock.advance(ns: 1_000_000)
            let ids = try stage.exchange.seed(
                count: 500,
                account: "main",
                on: turn == 2 ? .eth : .btc,
                as: .init(ageMs: Int64(age))
            )
            for index in stride(from: 0, to: ids.count, by: 3) {
                stage.clock.advance(ns: 1_000_000)
                let ending: Exchange.Ending = index.isMultiple(of: 2) ? .fired : .cancelled(by: 1)
                try stage.exchange.end([ids[(index * 7) % ids.count]], as: ending)
            }
        }
        for sort in ["create_date", "update_time"] {
            for page in [1, 2, 5, 8, 13, 26] {
                let common = #""page_size":50,"page_index":\#(page),"trade_type":"#
                let status = page.isMultiple(of: 2) ? "0" : "4"
                let rest = #""status":\#(status),"create_date":90,"sort_by":"\#(sort)""#
                for filter in ["", #""contract_code":"BTC-USDT","#] {
                    // All of them have this trade type, but the shelf does not know it.
                    let (plain, sifted) = ("{\(filter)\(common)0}", "{\(filter)\(common)4}")
                    let open = try stage.open(plain)
                    #expect(try open.ids == stage.open(sifted).ids)
                    #expect(try open.sizes == stage.open(sifted).sizes)
                }
                let named = #"{"contract_code":"BTC-USDT",\#(rest),\#(common)"#
                let past = try stage.past(named + "0}")
                #expect(try past.ids == stage.past(named + "4}").ids)
                #expect(try past.sizes == stage.past(named + "4}").sizes)
            }
        }
        #expect(try stage.open().sizes == [84, 1, 1665])
    }
}
