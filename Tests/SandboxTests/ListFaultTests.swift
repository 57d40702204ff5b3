import Foundation
import Testing

import Sandbox

@Suite struct ListFaultTests {
    // MARK: Lists that lag behind

    @Test func `a late list shows the book as it was`() throws {
        let stage = try Stage { $0.faults.lists.delayMs = 2000 }
        try stage.exchange.seed(["1", "2"], account: "main", on: .btc)
        #expect(try stage.open().ids.isEmpty)
        stage.clock.advance(ns: 2_000_000_000)
        _ = try stage.cancel("1")
        stage.clock.advance(ns: 1_999_999_999)
        #expect(try stage.open().ids == ["2", "1"])
        #expect(try stage.open().data?.orders.map(\.status) == [2, 2])
        #expect(try stage.past().ids.isEmpty)
        #expect(stage.exchange.orders(state: .cancelled).map(\.id) == ["1"])
        stage.clock.advance(ns: 1)
        #expect(try stage.open().ids == ["2"])
        #expect(try stage.past().ids == ["1"])
    }

    @Test func `absent orders are on neither list`() throws {
        let stage = try Stage { $0.faults.lists.absentIDs = ["1", "3"] }
        try stage.exchange.seed(["1", "2", "3", "4"], account: "main", on: .btc)
        _ = try stage.cancel("3", "4")
        #expect(try stage.open().ids == ["2"])
        #expect(try stage.open().sizes == [1, 1, 1])
        #expect(try stage.past().ids == ["4"])
    }

    // MARK: Faults dealt to requests

    @Test func `lists have a script of their own, and cancels theirs`() throws {
        let stage = try Stage {
            $0.faults.script = [.init(.dropBefore)]
            $0.faults.reads.script = [.init(.truncated), .init(.errCode(1004))]
            $0.faults.reads.chances = [.htmlAfter: 1]
        }
        let first = stage.ask(.openOrders, "{}")
        #expect(first.answer == .truncated)
        #expect(throws: DecodingError.self) { try List(first) }
        #expect(try stage.past().err_code == 1004)
        #expect(stage.send(body: Stage.body(["1"])).delivery == .closed)
        #expect(stage.ask(.openOrders, "{}").answer == .html)
        #expect(
            stage.exchange.arrivals().map(\.fault)
                == [.truncated, .errCode(1004), .dropBefore, .htmlAfter]
        )
        #expect(stage.exchange.faults.reads.script.isEmpty)
    }

    @Test(arguments: [Fault.missingID, .bothLists, .strangerID, .numericIDs])
    func `a fault of a cancel's lists means nothing to a list`(fault: Fault) throws {
        let stage = try Stage { $0.faults.reads.script = [.init(fault)] }
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        #expect(try stage.open().ids == ["1"])
        #expect(stage.exchange.arrivals().first?.fault == Fault.none)
    }

    @Test(arguments: [
        (Fault.dropAfter, Exchange.Arrival.Answer.dropped), (.hangBefore, .hung),
        (.serverErrorBefore, .serverError), (.maintenance, .maintenance),
        (.tooManyRequests, .tooManyRequests),
    ])
    func `the other faults strike a list like a cancel`(
        fault: Fault,
        answer: Exchange.Arrival.Answer
    ) throws {
        let stage = try Stage { $0.faults.reads.script = [.init(fault)] }
        #expect(stage.ask(.openOrders, "{}").answer == answer)
        #expect(stage.exchange.arrivals().first?.processed == fault.letsProcess)
    }

    @Test func `the same seed deals the lists the same faults`() throws {
        func run(seed: UInt64) throws -> [Fault] {
            let stage = try Stage {
                $0.seed = seed
                $0.readLimit = 0
                $0.faults.reads.chances = [.dropAfter: 0.3, .htmlAfter: 0.3]
            }
            for _ in 0..<100 { _ = stage.ask(.openOrders, "{}") }
            return stage.exchange.arrivals().map(\.fault)
        }
        #expect(try run(seed: 1) == run(seed: 1))
        #expect(try run(seed: 1) != run(seed: 2))
    }

    // MARK: The limiter of the lists

    @Test func `both lists share seventy-two requests in three seconds`() throws {
        let stage = try Stage()
        for turn in 0..<72 {
            let endpoint = turn.isMultiple(of: 2) ? Exchange.Endpoint.openOrders : .orderHistory
            let body = turn.isMultiple(of: 2) ? "{}" : Stage.pastOfBTC
            #expect(stage.ask(endpoint, body).rate?.remaining == 71 - turn)
        }
        stage.clock.advance(ns: 2_999_999_999)
        let refused = stage.ask(.orderHistory, Stage.pastOfBTC)
        #expect(refused.errCode == 1032)
        #expect(refused.rate?.limit == 72)
        #expect(refused.rate?.intervalMs == 3000)
        #expect(stage.exchange.arrivals().last?.refusedForRate == true)
        #expect(try stage.open(of: Vector.other).status == "ok")
        stage.clock.advance(ns: 1)
        #expect(try stage.open().status == "ok")
    }

    @Test func `lists and cancels do not use up each other's limit`() throws {
        let stage = try Stage { ($0.readLimit, $0.readIntervalMs) = (2, 500) }
        for _ in 0..<2 { #expect(try stage.open().status == "ok") }
        #expect(try stage.open().err_code == 1032)
        for _ in 0..<5 { #expect(try stage.cancel("1").err_code == nil) }
        stage.clock.advance(ns: 500_000_000)
        #expect(try stage.open().status == "ok")
    }

    @Test func `without a limit for lists everything passes`() throws {
        let stage = try Stage { $0.readLimit = 0 }
        for _ in 0..<100 { #expect(try stage.open().status == "ok") }
        #expect(stage.ask(.openOrders, "{}").rate == nil)
    }

    @Test func `the summary counts lists apart from cancels`() throws {
        let stage = try Stage { $0.readLimit = 2 }
        for _ in 0..<3 { _ = try stage.open() }
        _ = try stage.past(of: Vector.other)
        _ = try stage.cancel("1")
        let summary = stage.exchange.summary()
        #expect((summary.arrivals, summary.processed, summary.refusedForRate) == (1, 1, 0))
        var reads = Exchange.Summary.Reads()
        (reads.openOrders, reads.orderHistory) = (3, 1)
        (reads.processed, reads.refusedForRate) = (3, 1)
        #expect(summary.reads == reads)
        #expect(summary.accounts["main"]?.busiestWindow == 1)
        #expect(summary.accounts["main"]?.busiestReadWindow == 3)
        #expect(summary.accounts["main"]?.reads.openOrders == 3)
        #expect(summary.accounts["other"]?.reads.orderHistory == 1)
    }
}
