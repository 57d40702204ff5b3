import Foundation
import Testing

import Sandbox

@Suite struct CancelFaultTests {
    private func stage(_ change: (inout Faults.Cancels) -> Void) throws -> Stage {
        let stage = try Stage { change(&$0.faults.cancels) }
        try stage.exchange.seed(["1", "2", "3"], account: "main", on: .btc)
        return stage
    }

    // MARK: The whole request

    @Test func `one poisoned id spoils the whole request`() throws {
        let stage = try stage { $0.poisonIDs = ["2": 1030] }
        let answer = try stage.cancel("1", "2", "3")
        #expect(answer.status == "error")
        #expect(answer.err_code == 1030)
        #expect(stage.exchange.orders(state: .open).count == 3)
        #expect(stage.exchange.arrivals().first?.processed == false)
        #expect(try stage.cancel("1", "3").cancelled == ["1", "3"])
    }

    @Test func `a poisoned contract spoils its requests, however it is named`() throws {
        let stage = try stage { $0.poisonContracts = ["BTC-USDT": 1014] }
        try stage.exchange.seed(["4"], account: "main", on: .eth)
        #expect(try stage.cancel("1").err_code == 1014)
        let byPair = #"{"pair":"BTC-USDT","contract_type":"swap","order_id":"1"}"#
        #expect(try Answer(stage.send(body: byPair)).err_code == 1014)
        let other = #"{"contract_code":"ETH-USDT","order_id":"4"}"#
        #expect(try Answer(stage.send(body: other)).cancelled == ["4"])
    }

    @Test func `a contract in settlement refuses until the faults are replaced`() throws {
        let stage = try stage { $0.settling = ["BTC-USDT"] }
        #expect(try stage.cancel("1").err_code == 1056)
        #expect(stage.exchange.orders(state: .open).count == 3)
        try stage.exchange.inject(Faults())
        #expect(try stage.cancel("1").cancelled == ["1"])
    }

    @Test func `a barred account is refused everywhere, and only it`() throws {
        let stage = try Stage { $0.faults.world.accounts = ["main": .init(errCode: 1510)] }
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        #expect(try stage.cancel("1").err_code == 1510)
        #expect(try stage.open().err_code == 1510)
        #expect(try stage.past().err_code == 1510)
        #expect(try stage.open(of: Vector.other).status == "ok")
        #expect(stage.exchange.orders(state: .open).count == 1)
        #expect(stage.exchange.arrivals().count { $0.signed && !$0.processed } == 3)
        try stage.exchange.inject(Faults())
        #expect(try stage.cancel("1").cancelled == ["1"])
    }

    // MARK: One order

    @Test func `an order may fire just before its cancel`() throws {
        let stage = try stage { $0.fireFirstIDs = ["1", "9"] }
        let answer = try stage.cancel("1", "2", "9")
        #expect(answer.codes == ["1": 1063, "9": 1061])
        #expect(answer.cancelled == ["2"])
        #expect(stage.exchange.orders(state: .fired).map(\.id) == ["1"])
        #expect(stage.exchange.orders(state: .fired).first?.relationOrderID != nil)
    }

    @Test func `an order of somebody else does not fire for a stranger's cancel`() throws {
        let stage = try stage { $0.fireFirstIDs = ["1"] }
        #expect(try stage.cancel("1", query: Vector.ofOther).codes == ["1": 1061])
        #expect(stage.exchange.orders(state: .open).count == 3)
    }

    @Test func `an accepted cancel may still let the order fire`() throws {
        let stage = try stage { $0.acceptedThenFires = ["1"] }
        #expect(try stage.cancel("1", "2").cancelled == ["1", "2"])
        #expect(stage.exchange.orders().map(\.state) == [.fired, .cancelled, .open])
        #expect(stage.exchange.arrivals().first?.cancelled == 1)
        #expect(try stage.past().data?.orders.map(\.status) == [6, 4])
        #expect(try stage.cancel("1").codes == ["1": 1063])
    }

    @Test func `an accepted cancel may leave the order open`() throws {
        let stage = try stage { $0.acceptedStaysOpen = ["1"] }
        for _ in 0..<2 { #expect(try stage.cancel("1").cancelled == ["1"]) }
        #expect(stage.exchange.orders(state: .open).count == 3)
        #expect(stage.exchange.arrivals().map(\.cancelled) == [0, 0])
        #expect(try stage.open().ids == ["3", "2", "1"])
    }

    @Test func `cancels find another in progress as often as asked`() throws {
        let stage = try stage { $0.inProgressIDs = ["1": 2] }
        for left in [1, 0] {
            #expect(try stage.cancel("1").codes == ["1": 1062])
            #expect(stage.exchange.faults.cancels.inProgressIDs == ["1": left])
        }
        #expect(stage.exchange.orders(state: .open).count == 3)
        #expect(try stage.cancel("1").cancelled == ["1"])
    }

    // MARK: HTTP 429

    @Test func `too many requests have a status, no body and a time to wait`() throws {
        let stage = try Stage { $0.faults.script = [.init(.tooManyRequests)] }
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        let reply = stage.send(body: Stage.body(["1"]))
        #expect(reply.status == 429)
        #expect(reply.body.isEmpty)
        #expect(reply.retryAfter == 1)
        #expect(reply.rate == nil)
        #expect(stage.exchange.orders(state: .open).count == 1)
        #expect(stage.exchange.arrivals().first?.answer == .tooManyRequests)
    }

    // MARK: As JSON

    @Test func `all keys read back from their JSON`() throws {
        let json = """
            {"absent_ids":["9"],"accepted_stays_open":["4"],"accepted_then_fires":["3"],\
            "accounts":{"main":{"err_code":1510}},"announced_interval_ms":500,\
            "announced_limit":3,"chances":{},"clock_offset_ms":-400000,"fire_first_ids":["2"],\
            "foreign_per_second":{"main":2},"in_progress_ids":{"5":2},\
            "latency_ms":{"max":0,"min":0},"list_delay_ms":1500,"order_err_codes":{},\
            "outage":"errors_green","outage_ms":5000,"poison_contracts":{"BTC-USDT":1014},\
            "poison_ids":{"1":1030},"reads":{"chances":{"truncated":0.5},\
            "script":[{"count":1,"fault":"html_after"}]},"script":[],"settling":["ETH-USDT"],\
            "skew_code":403}
            """
        let faults = try JSONDecoder().decode(Faults.self, from: Data(json.utf8))
        #expect(faults.cancels.fireFirstIDs == ["2"])
        #expect(faults.world.outage == .errorsGreen)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(faults), as: UTF8.self) == json)
    }

    @Test(arguments: [
        #"{"in_progress_ids":{"1":-1}}"#, #"{"list_delay_ms":-1}"#, #"{"outage_ms":-1}"#,
        #"{"accepted_then_fires":[1],"accepted_stays_open":["1"]}"#,
        #"{"foreign_per_second":{"main":1001}}"#, #"{"announced_limit":0}"#,
        #"{"announced_interval_ms":0}"#, #"{"clock_offset_ms":10000000000001}"#,
        #"{"reads":{"chances":{"drop_after":1.1}}}"#,
        #"{"reads":{"script":[{"fault":"none","count":0}]}}"#,
    ])
    func `faults that cannot be are refused`(json: String) throws {
        let faults = try JSONDecoder().decode(Faults.self, from: Data(json.utf8))
        let stage = try Stage()
        #expect(throws: BadInput.self) { try stage.exchange.inject(faults) }
        #expect(stage.exchange.faults == Faults())
    }

    @Test func `an outage nobody knows is not read`() throws {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Faults.self, from: Data(#"{"outage":"flood"}"#.utf8))
        }
        #expect(
            try JSONDecoder().decode(Faults.self, from: Data(#"{"outage":"none"}"#.utf8))
                == Faults()
        )
    }
}
