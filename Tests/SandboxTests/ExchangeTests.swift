import Testing

import Sandbox

@Suite struct ExchangeTests {
    @Test func `made-up ids are as long as real ones, consecutive, and never given twice`() throws {
        let stage = try Stage()
        let first = try stage.exchange.seed(count: 3, account: "main", on: .btc)
        #expect(
            first == ["1192021437253877761", "1192021437253877762", "1192021437253877763"]
        )
        let next = try stage.exchange.seed(count: 1, account: "other", on: .eth)
        #expect(next == ["1192021437253877764"])
        let own = try stage.exchange.seed(
            count: 2,
            first: 826_053_970_168_446_976,
            account: "main",
            on: .btc
        )
        #expect(own == ["826053970168446976", "826053970168446977"])
    }

    @Test func `seeding is all or nothing`() throws {
        let exchange = try Stage().exchange
        try exchange.seed(["1"], account: "main", on: .btc)
        for ids in [["2", "1"], ["2", "2"], ["2", "x"], ["2", ""]] {
            #expect(throws: BadInput.self) { try exchange.seed(ids, account: "main", on: .btc) }
        }
        #expect(throws: BadInput.self) { try exchange.seed(["3"], account: "nobody", on: .btc) }
        #expect(throws: BadInput.self) {
            try exchange.seed(count: 1, first: 9_007_199_254_740_993, account: "main", on: .btc)
        }
        #expect(throws: BadInput.self) {
            try exchange.seed(
                count: 2,
                first: 9_999_999_999_999_999_999,
                account: "main",
                on: .btc
            )
        }
        #expect(throws: BadInput.self) { try exchange.seed(count: 0, account: "main", on: .btc) }
        #expect(exchange.orders().map(\.id) == ["1"])
    }

    @Test func `seeding an order makes its contract known`() throws {
        let stage = try Stage()
        let body = #"{"contract_code":"NEW-USDT","order_id":"1"}"#
        #expect(try Answer(stage.send(body: body)).err_code == 1332)
        try stage.exchange.seed(["1"], account: "main", on: .init(pair: "NEW-USDT", type: "swap"))
        #expect(try Answer(stage.send(body: body)).cancelled == ["1"])
    }

    @Test func `firing is all or nothing`() throws {
        let exchange = try Stage().exchange
        try exchange.seed(["1", "2"], account: "main", on: .btc)
        try exchange.fire(["1"])
        #expect(throws: BadInput.self) { try exchange.fire(["2", "1"]) }
        #expect(throws: BadInput.self) { try exchange.fire(["2", "9"]) }
        #expect(exchange.orders(state: .open).map(\.id) == ["2"])
    }

    @Test func `two accounts cannot share a name or a key`() throws {
        let exchange = try Stage().exchange
        for (name, key) in [("main", "new"), ("new", Vector.main.accessKey), ("", "k"), ("n", "")] {
            #expect(throws: BadInput.self) {
                try exchange.add(.init(name: name, accessKey: key, secretKey: "s"))
            }
        }
        #expect(throws: BadInput.self) {
            try exchange.add(.init(name: "n", accessKey: "k", secretKey: ""))
        }
    }

    @Test func `no description of an account holds its secret`() {
        var dumped = ""
        dump(Vector.main, to: &dumped)
        for text in ["\(Vector.main)", String(reflecting: Vector.main), dumped] {
            #expect(!text.contains("mocksecret"))
            #expect(text.contains("mockkey0"))
        }
    }

    @Test func `orders are listed by account and state, shorter ids first`() throws {
        let exchange = try Stage().exchange
        try exchange.seed(["10", "9"], account: "main", on: .btc)
        try exchange.seed(["5"], account: "other", on: .btc)
        try exchange.fire(["9"])
        #expect(exchange.orders().map(\.id) == ["5", "9", "10"])
        #expect(exchange.orders(account: "main").map(\.id) == ["9", "10"])
        #expect(exchange.orders(account: "main", state: .fired).map(\.id) == ["9"])
    }

    @Test func `arrivals are numbered, stamped and can be read on from any of them`() throws {
        let stage = try Stage()
        for _ in 0..<3 {
            _ = try stage.cancel("1")
            stage.clock.advance(ns: 5)
        }
        let arrivals = stage.exchange.arrivals()
        #expect(arrivals.map(\.sequence) == [1, 2, 3])
        #expect(arrivals.map { $0.at.bootNs - arrivals[0].at.bootNs } == [0, 5, 10])
        #expect(stage.exchange.arrivals(since: 2).map(\.sequence) == [3])
        #expect(stage.exchange.arrivals(since: 3).isEmpty)
        #expect(stage.exchange.arrivals(since: -7).count == 3)
        #expect(arrivals[0].contractCode == "BTC-USDT")
    }

    @Test func `beyond the cap the oldest arrivals are forgotten and the counting goes on`() throws
    {
        let stage = try Stage { $0.arrivalCap = 4 }
        for _ in 0..<7 { _ = try stage.cancel("1") }
        #expect(stage.exchange.arrivals().map(\.sequence) == [5, 6, 7])
        #expect(stage.exchange.arrivals(since: 1).map(\.sequence) == [5, 6, 7])
    }

    @Test func `the summary counts everything`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1", "2", "3"], account: "main", on: .btc)
        try stage.exchange.fire(["3"])
        for _ in 0..<6 { _ = try stage.cancel("1") }
        _ = try stage.cancel("1", query: "")
        let summary = stage.exchange.summary()
        #expect(summary.arrivals == 7)
        #expect(summary.unsigned == 1)
        #expect(summary.processed == 5)
        #expect(summary.refusedForRate == 1)
        #expect(summary.orders == ["open": 1, "fired": 1, "cancelled": 1, "failed": 0])
        var main = Exchange.Summary.Account()
        (main.arrivals, main.processed, main.refusedForRate, main.busiestWindow) = (6, 5, 1, 6)
        #expect(summary.accounts == ["main": main, "other": .init()])
    }

    @Test func `a reset leaves what the settings said, and a request on its way does no harm`()
        throws
    {
        let stage = try Stage()
        try stage.exchange.add(.init(name: "late", accessKey: "k", secretKey: "s"))
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        for _ in 0..<5 { _ = try stage.cancel("1") }
        let call = SignedCall(
            method: "POST",
            host: Vector.host,
            target: "\(Vector.path)?\(Vector.a)"
        )
        let ticket = stage.exchange.arrive(call)
        stage.exchange.reset()
        _ = stage.exchange.answer(ticket, body: [])
        #expect(stage.exchange.orders().isEmpty)
        #expect(stage.exchange.arrivals().isEmpty)
        #expect(stage.exchange.summary().accounts.keys.sorted() == ["main", "other"])
        #expect(try stage.cancel("1").err_code == nil)
        #expect(stage.exchange.arrivals().map(\.sequence) == [7])
    }

    @Test func `impossible settings are refused`() {
        for change: (inout Exchange.Settings) -> Void in [
            { $0.limit = -1 }, { $0.intervalMs = 0 }, { $0.skewMs = -1 },
            { $0.readLimit = -1 }, { $0.readIntervalMs = 0 }, { $0.faults.lists.delayMs = -1 },
            { $0.arrivalCap = 0 },
            { $0.accounts = [Vector.main, Vector.main] }, { $0.faults.chances = [.truncated: 2] },
        ] {
            #expect(throws: BadInput.self) { try Stage(change) }
        }
    }

    @Test func `the machine's clocks go forwards and agree about the year`() {
        let first = Moment.ofThisMachine()
        let second = Moment.ofThisMachine()
        #expect(first.bootNs > 0 && second.bootNs >= first.bootNs)
        #expect(first.wallMs > Vector.wallMs)
    }
}
