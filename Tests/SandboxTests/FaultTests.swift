import Foundation
import Testing

import Sandbox

@Suite struct FaultTests {
    /// A stage with two open orders on which every request meets one fault.
    private func stage(_ fault: Fault) throws -> Stage {
        let stage = try Stage { $0.faults.script = [.init(fault, count: 100)] }
        try stage.exchange.seed(["1", "2"], account: "main", on: .btc)
        return stage
    }

    private func send(_ stage: Stage) -> Reply {
        stage.send(body: Stage.body(["1", "2"]))
    }

    // MARK: What the orders see

    @Test(arguments: Fault.all + [.errCode(1004)])
    func `orders are cancelled exactly where the fault says so`(fault: Fault) throws {
        let stage = try stage(fault)
        _ = send(stage)
        let arrival = try #require(stage.exchange.arrivals().first)
        #expect(arrival.fault == fault)
        #expect(arrival.processed == fault.letsProcess)
        #expect(arrival.cancelled == (fault.letsProcess ? 2 : 0))
        #expect(stage.exchange.orders(state: .cancelled).count == (fault.letsProcess ? 2 : 0))
    }

    @Test(arguments: Fault.all + [.errCode(1004)])
    func `a fault carries no request past the limiter`(fault: Fault) throws {
        let stage = try stage(fault)
        for _ in 0..<5 { _ = stage.send(body: "") }
        _ = send(stage)
        let arrival = try #require(stage.exchange.arrivals().last)
        #expect(arrival.refusedForRate && !arrival.processed)
        #expect(stage.exchange.orders(state: .open).count == 2)
    }

    // MARK: What the caller sees

    @Test(arguments: [
        (Fault.dropBefore, Reply.Delivery.closed, Exchange.Arrival.Answer.dropped),
        (.dropAfter, .closed, .dropped), (.hangBefore, .silence, .hung),
        (.hangAfter, .silence, .hung),
    ])
    func `drops and hangs say nothing`(
        fault: Fault,
        delivery: Reply.Delivery,
        answer: Exchange.Arrival.Answer
    ) throws {
        let stage = try stage(fault)
        let reply = send(stage)
        #expect(reply.delivery == delivery)
        #expect(reply.body.isEmpty)
        #expect(stage.exchange.arrivals().first?.answer == answer)
    }

    @Test(arguments: [
        (Fault.serverErrorBefore, 502), (.serverErrorAfter, 502), (.htmlBefore, 403),
        (.htmlAfter, 200),
    ])
    func `gateways answer with a page`(fault: Fault, status: Int) throws {
        let reply = try send(stage(fault))
        #expect(reply.status == status)
        #expect(reply.contentType == "text/html")
        #expect(reply.body.starts(with: Array("<html>".utf8)))
        #expect(reply.rate == nil)
    }

    @Test func `a truncated answer is the beginning of one`() throws {
        let reply = try send(stage(.truncated))
        #expect(reply.body.starts(with: Array(#"{"data":{"errors":[]"#.utf8)))
        #expect(throws: DecodingError.self) { try Answer(reply) }
    }

    @Test func `an answer with an id missing names the other one`() throws {
        let answer = try Answer(send(stage(.missingID)))
        #expect(answer.cancelled.count == 1)
        #expect(answer.codes.isEmpty)
    }

    @Test func `an id is missing from the errors where there is no success`() throws {
        let stage = try stage(.missingID)
        let answer = try stage.cancel("8", "9")
        #expect(answer.codes == ["8": 1061])
    }

    @Test func `an id in both lists is being cancelled and a success`() throws {
        let answer = try Answer(send(stage(.bothLists)))
        #expect(answer.cancelled == ["1", "2"])
        #expect(answer.codes.count == 1)
        #expect(answer.codes.allSatisfy { answer.cancelled.contains($0.key) && $0.value == 1062 })
    }

    @Test func `an id is in both lists even where nothing succeeded`() throws {
        let answer = try stage(.bothLists).cancel("8")
        #expect(answer.cancelled == ["8"])
        #expect(answer.codes == ["8": 1061])
    }

    @Test func `a stranger among the successes was not asked for`() throws {
        let answer = try Answer(send(stage(.strangerID)))
        #expect(answer.cancelled == ["1", "2", CancelAnswer.stranger])
    }

    @Test func `ids in errors may be numbers, exact to the last digit`() throws {
        let stage = try stage(.numericIDs)
        let reply = stage.send(body: Stage.body(["1192021437253877761"]))
        let text = String(decoding: reply.body, as: UTF8.self)
        #expect(text.contains(#""order_id":1192021437253877761}"#))
    }

    @Test func `maintenance is a third status`() throws {
        let answer = try Answer(send(stage(.maintenance)))
        #expect(answer.status == "maintain")
        #expect(answer.err_code == nil)
    }

    @Test func `a code refuses the whole request`() throws {
        let answer = try Answer(send(stage(.errCode(6002))))
        #expect(answer.status == "error")
        #expect(answer.err_code == 6002)
        #expect(answer.err_msg?.isEmpty == false)
    }

    @Test func `a code for one id leaves that order as it is`() throws {
        let stage = try Stage { $0.faults.orderErrCodes = ["1": 1056] }
        try stage.exchange.seed(["1", "2"], account: "main", on: .btc)
        let answer = try stage.cancel("1", "2")
        #expect(answer.codes == ["1": 1056])
        #expect(answer.cancelled == ["2"])
        #expect(stage.exchange.orders(state: .open).map(\.id) == ["1"])
    }

    // MARK: When they strike

    @Test func `a script goes by arrival and then leaves the chances to it`() throws {
        let stage = try Stage {
            $0.limit = 0
            $0.faults.chances = [.dropAfter: 1]
            $0.faults.script = [.init(.none), .init(.maintenance, count: 2), .init(.hangAfter)]
        }
        for _ in 0..<6 { _ = stage.send(body: "") }
        #expect(
            stage.exchange.arrivals().map(\.fault)
                == [.none, .maintenance, .maintenance, .hangAfter, .dropAfter, .dropAfter]
        )
    }

    @Test func `no fault strikes a request that nobody signed`() throws {
        let stage = try stage(.dropBefore)
        #expect(stage.send(query: "", body: "").delivery == .whole)
        #expect(stage.exchange.faults.script.first?.count == 100)
    }

    @Test func `the same seed deals the same faults, travels and answers, and after a reset again`()
        throws
    {
        func run(_ stage: Stage) throws -> [String] {
            let ids = try stage.exchange.seed(count: 400, account: "main", on: .btc)
            return stride(from: 0, to: 400, by: 4).map { start in
                let travel = stage.exchange.travel()
                let reply = stage.send(body: Stage.body(Array(ids[start..<start + 4])))
                return "\(travel) \(reply)"
            }
        }
        func stage(seed: UInt64) throws -> Stage {
            try Stage {
                $0.seed = seed
                $0.limit = 0
                $0.faults.latencyMs = .init(min: 1, max: 90)
                $0.faults.chances = [.dropAfter: 0.3, .bothLists: 0.2, .errCode(1004): 0.1]
            }
        }
        let first = try stage(seed: 1)
        let transcript = try run(first)
        #expect(try run(stage(seed: 1)) == transcript)
        #expect(try run(stage(seed: 2)) != transcript)
        first.exchange.reset()
        #expect(try run(first) == transcript)
    }

    @Test func `chances come true about as often as they say`() throws {
        var plan = FaultPlan(
            Faults(chances: [.dropAfter: 0.25, .truncated: 0.5]),
            seed: 9,
            at: Vector.moment
        )
        let dealt = (0..<10_000).map { _ in plan.nextFault() }
        // Five standard deviations are 250 either way.
        #expect(2250...2750 ~= dealt.count { $0 == .dropAfter })
        #expect(4750...5250 ~= dealt.count { $0 == .truncated })
    }

    @Test func `a latency is spread over the bounds, each way for itself`() throws {
        var plan = FaultPlan(Faults(latencyMs: .init(min: 20, max: 80)), seed: 9, at: Vector.moment)
        let travels = (0..<2000).map { _ in plan.nextTravel() }
        let way = Duration.milliseconds(10)...Duration.milliseconds(40)
        #expect(travels.allSatisfy { way.contains($0.forward) && way.contains($0.back) })
        // Quick out and slow back, and the reverse, and both quick, and both slow.
        #expect(travels.contains { $0.forward < .milliseconds(12) && $0.back > .milliseconds(38) })
        #expect(travels.contains { $0.forward > .milliseconds(38) && $0.back < .milliseconds(12) })
        #expect(travels.contains { $0.forward < .milliseconds(12) && $0.back < .milliseconds(12) })
        #expect(travels.contains { $0.forward > .milliseconds(38) && $0.back > .milliseconds(38) })
    }

    @Test func `jitter and spikes come on top of the least time of each way`() throws {
        var latency = Faults.Latency(min: 50, max: 50)
        latency.jitter = 4
        (latency.spikeChance, latency.spikeMin, latency.spikeMax) = (0.01, 50, 150)
        var plan = FaultPlan(Faults(latencyMs: latency), seed: 9, at: Vector.moment)
        let ways = (0..<10_000).map { _ in plan.nextTravel() }.flatMap { [$0.forward, $0.back] }
            .map { Double($0 / .microseconds(1)) / 1000 }
        #expect(ways.allSatisfy { $0 >= 25 })
        // Five standard deviations of the count, and of the mean of what is no spike.
        #expect(130...270 ~= ways.count { $0 >= 75 })
        let ordinary = ways.filter { $0 < 75 }
        #expect(28.85...29.15 ~= ordinary.reduce(0, +) / Double(ordinary.count))
    }

    @Test func `without latency nothing travels`() throws {
        var plan = FaultPlan(Faults(), seed: 9, at: Vector.moment)
        #expect(plan.nextTravel() == .init(forward: .zero, back: .zero))
    }

    // MARK: As JSON

    @Test func `every fault reads back from its text`() {
        for fault in Fault.all + [.errCode(1004)] {
            #expect(Fault(rawValue: fault.rawValue) == fault)
        }
        #expect(Fault.all.count == 16)
        #expect(Fault(rawValue: "err_code:") == nil)
        #expect(Fault(rawValue: "earthquake") == nil)
    }

    @Test func `faults read back from their JSON`() throws {
        var latency = Faults.Latency(min: 1, max: 2)
        (latency.jitter, latency.spikeChance, latency.spikeMax) = (4, 0.5, 9)
        let faults = Faults(
            latencyMs: latency,
            chances: [.dropAfter: 0.5, .errCode(1004): 0.25],
            orderErrCodes: ["1": 1063],
            script: [.init(.hangBefore, count: 3), .init(.none)]
        )
        let json = try JSONEncoder().encode(faults)
        #expect(try JSONDecoder().decode(Faults.self, from: json) == faults)
        #expect(try JSONDecoder().decode(Faults.self, from: Data("{}".utf8)) == Faults())
    }

    @Test(arguments: [
        Faults(latencyMs: .init(min: 5, max: 1)), Faults(latencyMs: .init(min: -1, max: 1)),
        Faults(latencyMs: .init(min: 0, max: 60_001)), Faults(chances: [.dropAfter: 1.1]),
        Faults(latencyMs: .init(min: .nan, max: 1)),
        Faults(chances: [.dropAfter: 0.6, .truncated: 0.6]),
        Faults(script: [.init(.none, count: 0)]),
    ])
    func `impossible faults are refused and the old ones stay`(faults: Faults) throws {
        let stage = try stage(.truncated)
        #expect(throws: BadInput.self) { try stage.exchange.inject(faults) }
        #expect(stage.exchange.faults.script == [.init(.truncated, count: 100)])
    }
}
