import Testing

import Sandbox

@Suite struct CancelTests {
    // MARK: One id

    @Test func `an open order is cancelled and named as a success`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["826053970168446976"], account: "main", on: .btc)
        let answer = try stage.cancel("826053970168446976")
        #expect(answer.status == "ok")
        #expect(answer.data == .init(errors: [], successes: "826053970168446976"))
        #expect(answer.ts == Vector.wallMs)
        let order = stage.exchange.orders().first
        #expect(order?.state == .cancelled)
        #expect(order?.cancelledBy == 1)
    }

    @Test func `an unknown order fails inside an ok answer with empty successes`() throws {
        let answer = try Stage().cancel("1349442392365359104")
        #expect(answer.status == "ok")
        #expect(answer.data?.successes == "")
        #expect(
            answer.data?.errors == [
                .init(
                    order_id: "1349442392365359104",
                    err_code: 1061,
                    err_msg: "This order doesnt exist."
                )
            ]
        )
    }

    @Test func `an order of another account does not exist`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1"], account: "other", on: .btc)
        #expect(try stage.cancel("1").codes == ["1": 1061])
        #expect(stage.exchange.orders().first?.state == .open)
        #expect(try stage.cancel("1", query: Vector.ofOther).cancelled == ["1"])
    }

    @Test func `an order of another contract does not exist`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1"], account: "main", on: .eth)
        #expect(try stage.cancel("1").codes == ["1": 1061])
        #expect(stage.exchange.orders().first?.state == .open)
    }

    @Test func `an order cancelled before is a repeated cancellation`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        _ = try stage.cancel("1")
        #expect(try stage.cancel("1").codes == ["1": 1071])
    }

    @Test func `a fired order has been executed`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        try stage.exchange.fire(["1"])
        #expect(try stage.cancel("1").codes == ["1": 1063])
        #expect(stage.exchange.orders().first?.state == .fired)
    }

    @Test func `ids that collapse into one Double stay two orders`() throws {
        let stage = try Stage()
        let pair = ["795714964661583872", "795714964661583873"]
        #expect(Double(pair[0]) == Double(pair[1]))
        try stage.exchange.seed(pair, account: "main", on: .btc)
        #expect(try stage.cancel(pair[1]).cancelled == [pair[1]])
        #expect(stage.exchange.orders(state: .open).map(\.id) == [pair[0]])
    }

    // MARK: Several ids

    @Test func `some succeed, others fail, each for its own reason`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1", "2", "3", "4"], account: "main", on: .btc)
        try stage.exchange.fire(["3"])
        _ = try stage.cancel("4")
        let answer = try stage.cancel("1", "2", "3", "4", "5")
        #expect(answer.cancelled == ["1", "2"])
        #expect(answer.codes == ["3": 1063, "4": 1071, "5": 1061])
    }

    @Test func `successes are never in the order of the request`() throws {
        for count in 2...10 {
            let stage = try Stage { $0.seed = UInt64(count) }
            let ids = try stage.exchange.seed(count: count, account: "main", on: .btc)
            let answer = try Answer(stage.send(body: Stage.body(ids)))
            #expect(answer.cancelled == Set(ids))
            #expect(answer.data?.successes != ids.joined(separator: ","))
        }
    }

    @Test func `the second of two equal ids finds the order cancelled by the first`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        let answer = try stage.cancel("1", "1")
        #expect(answer.cancelled == ["1"])
        #expect(answer.codes == ["1": 1071])
    }

    @Test func `ten ids are taken and eleven are not`() throws {
        let stage = try Stage()
        let ids = try stage.exchange.seed(count: 11, account: "main", on: .btc)
        #expect(try Answer(stage.send(body: Stage.body(ids))).err_code == 1052)
        #expect(stage.exchange.orders(state: .cancelled).isEmpty)
        let ten = Array(ids.prefix(10))
        #expect(try Answer(stage.send(body: Stage.body(ten))).cancelled == Set(ten))
    }

    // MARK: The whole request

    @Test(arguments: [
        (#"{"order_id":"1"}"#, 1014),
        (#"{"pair":"BTC-USDT","order_id":"1"}"#, 1014),
        (#"{"contract_type":"swap","order_id":"1"}"#, 1014),
        (#"{"contract_code":"NOT-USDT","order_id":"1"}"#, 1332),
        (#"{"pair":"NOT-USDT","contract_type":"swap","order_id":"1"}"#, 1013),
        (#"{"pair":"BTC-USDT","contract_type":"quarter","order_id":"1"}"#, 1332),
        (#"{"pair":"BTC-USDT","contract_type":"weekly","order_id":"1"}"#, 1033),
        (#"{"contract_code":"BTC-USDT"}"#, 1066),
        (#"{"contract_code":"BTC-USDT","order_id":""}"#, 1066),
        (#"{"contract_code":"BTC-USDT","order_id":"1,"}"#, 1030),
        (#"{"contract_code":"BTC-USDT","order_id":"1, 2"}"#, 1030),
        (#"{"contract_code":"BTC-USDT","order_id":"one"}"#, 1030),
        (#"{"contract_code":"BTC-USDT","order_id":"123456789012345678901"}"#, 1030),
        (#"{"contract_code":"BTC-USDT","order_id":1.5}"#, 1030),
        (#"{"contract_code":"BTC-USDT","order_id":["1"]}"#, 1030),
        (#"{"contract_code":7,"order_id":"1"}"#, 1030),
        (#"[{"contract_code":"BTC-USDT","order_id":"1"}]"#, 1030),
        ("contract_code=BTC-USDT&order_id=1", 1030),
        ("", 1030),
    ])
    func `a request that makes no sense is refused as a whole`(body: String, code: Int) throws {
        let stage = try Stage()
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        let answer = try Answer(stage.send(body: body))
        #expect(answer.status == "error")
        #expect(answer.err_code == code)
        #expect(answer.data == nil)
        #expect(stage.exchange.orders(state: .open).count == 1)
        #expect(stage.exchange.arrivals().first?.processed == false)
    }

    @Test(arguments: [
        #"{"contract_code":"BTC-USDT","order_id":1192021437253877761}"#,
        #"{"contract_code":"btc-usdt","order_id":"1192021437253877761"}"#,
        #"{"pair":"BTC-USDT","contract_type":"swap","order_id":"1192021437253877761"}"#,
        #"""
        {"contract_code":"BTC-USDT","pair":"ETH-USDT","contract_type":"quarter",
         "order_id":"1192021437253877761","other":[null]}
        """#,
    ])
    func `the tolerated spellings name the same order`(body: String) throws {
        let stage = try Stage()
        try stage.exchange.seed(["1192021437253877761"], account: "main", on: .btc)
        #expect(try Answer(stage.send(body: body)).cancelled == ["1192021437253877761"])
    }

    @Test func `a dated contract is found by code and by pair and type`() throws {
        let stage = try Stage()
        let dated = Exchange.Contract(
            code: "BTC-USDT-260327",
            pair: "BTC-USDT",
            type: "quarter"
        )
        try stage.exchange.seed(["1", "2"], account: "main", on: dated)
        let byCode = #"{"contract_code":"BTC-USDT-260327","order_id":"1"}"#
        let byType = #"{"pair":"BTC-USDT","contract_type":"quarter","order_id":"2"}"#
        #expect(try Answer(stage.send(body: byCode)).cancelled == ["1"])
        #expect(try Answer(stage.send(body: byType)).cancelled == ["2"])
    }

    // MARK: The limit

    @Test func `the sixth signed request in a second is answered 1032 and cancels nothing`() throws
    {
        let stage = try Stage()
        let ids = try stage.exchange.seed(count: 7, account: "main", on: .btc)
        for id in ids[0..<5] { #expect(try stage.cancel(id).cancelled == [id]) }
        stage.clock.advance(ns: 999_999_999)
        let sixth = stage.send(body: Stage.body([ids[5]]))
        #expect(try Answer(sixth).err_code == 1032)
        #expect(sixth.status == 200)
        #expect(stage.exchange.orders(state: .open).count == 2)
        #expect(stage.exchange.arrivals().last?.refusedForRate == true)
        #expect(stage.exchange.arrivals().last?.orderIDs == ids[5])
        stage.clock.advance(ns: 1)
        #expect(try stage.cancel(ids[6]).cancelled == [ids[6]])
        #expect(stage.exchange.summary().accounts["main"]?.busiestWindow == 6)
    }

    @Test func `each account has a window of its own`() throws {
        let stage = try Stage()
        for _ in 0..<5 { _ = try stage.cancel("1") }
        #expect(try stage.cancel("1").err_code == 1032)
        #expect(try stage.cancel("1", query: Vector.ofOther).err_code == nil)
    }

    @Test func `a request with a wrong signature is charged to nobody`() throws {
        let stage = try Stage()
        let forged = Vector.a.replacing("Signature=5", with: "Signature=6")
        for _ in 0..<20 { #expect(try stage.cancel("1", query: forged).err_code == 403) }
        #expect(try stage.cancel("1").err_code == nil)
        #expect(stage.exchange.summary().unsigned == 20)
        #expect(stage.exchange.summary().accounts["main"]?.arrivals == 1)
    }

    @Test func `signed requests count whatever is wrong with them otherwise`() throws {
        let stage = try Stage()
        stage.clock.stepWall(ms: 400_000)
        for _ in 0..<5 { #expect(try stage.cancel("1").err_code == 12001) }
        #expect(try stage.cancel("1").err_code == 1032)
    }

    @Test func `the headers tell the limit, what is left and the time of the reset`() throws {
        let stage = try Stage()
        let first = try #require(stage.send(body: "").rate)
        #expect(first.limit == 5)
        #expect(first.intervalMs == 1000)
        #expect(first.remaining == 4)
        #expect(first.resetMs == Vector.wallMs + 1000)
        stage.clock.advance(ns: 300_500_000)
        let second = try #require(stage.send(body: "").rate)
        #expect(second.remaining == 3)
        // 300.5 ms later 699.5 ms are left, told on a wall clock of whole milliseconds.
        #expect(second.resetMs == Vector.wallMs + 1000)
        let forged = try #require(stage.send(query: "", body: "").rate)
        #expect(forged.remaining == 5)
    }

    @Test func `without a limit everything passes and no header promises one`() throws {
        let stage = try Stage { $0.limit = 0 }
        for _ in 0..<100 { #expect(try stage.cancel("1").err_code == nil) }
        #expect(stage.send(body: "").rate == nil)
    }

    @Test func `another limit and interval hold as set`() throws {
        let stage = try Stage {
            $0.limit = 2
            $0.intervalMs = 100
        }
        #expect(try [stage.cancel("1"), stage.cancel("1")].allSatisfy { $0.err_code == nil })
        #expect(try stage.cancel("1").err_code == 1032)
        stage.clock.advance(ns: 100_000_000)
        #expect(try stage.cancel("1").err_code == nil)
    }

    @Test func `a step of the wall clock does not touch the window`() throws {
        let stage = try Stage()
        for _ in 0..<5 { _ = try stage.cancel("1") }
        stage.clock.stepWall(ms: 60_000)
        #expect(try stage.cancel("1").err_code == 1032)
    }
}
