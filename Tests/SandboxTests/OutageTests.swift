import Foundation
import Testing

import Sandbox

@Suite struct OutageTests {
    private func stage(_ outage: Outage, ms: Int64? = nil) throws -> Stage {
        let stage = try Stage {
            $0.faults.world.outage = outage
            $0.faults.world.outageMs = ms
            $0.faults.script = [.init(.truncated)]
        }
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        return stage
    }

    @Test(arguments: [
        (Outage.maintain, Exchange.Arrival.Answer.maintenance, 200),
        (.refuse, .dropped, 200), (.errors, .serverError, 503),
        (.errorsGreen, .serverError, 503), (.silent, .hung, 200),
    ])
    func `signed calls fail as the outage says, and are written down`(
        outage: Outage,
        answer: Exchange.Arrival.Answer,
        status: Int
    ) throws {
        let stage = try stage(outage)
        let replies = [
            stage.send(body: Stage.body(["1"])), stage.ask(.openOrders, "{}"),
            stage.ask(.orderHistory, Stage.pastOfBTC),
        ]
        #expect(replies.allSatisfy { $0.answer == answer && $0.status == status })
        let arrivals = stage.exchange.arrivals()
        #expect(arrivals.allSatisfy { $0.fault == .outage(outage) && $0.signed && !$0.processed })
        #expect(arrivals.first?.orderIDs == "1")
        #expect(stage.exchange.orders(state: .open).count == 1)
        #expect(stage.exchange.summary().accounts["main"]?.arrivals == 1)
        // What an outage swallows uses no step of the script up.
        #expect(stage.exchange.faults.script == [.init(.truncated)])
    }

    @Test func `nobody gets through an outage, signed or not, over the limit or not`() throws {
        let stage = try stage(.maintain)
        #expect(try Answer(stage.send(query: "", body: "")).status == "maintain")
        for _ in 0..<7 {
            #expect(try stage.cancel("1").status == "maintain")
        }
        #expect(stage.exchange.arrivals().count == 8)
    }

    @Test func `an outage ends by itself`() throws {
        let stage = try stage(.errors, ms: 5000)
        #expect(stage.exchange.outageEndMs == Vector.wallMs + 5000)
        stage.clock.advance(ns: 4_999_999_999)
        #expect(stage.exchange.outage == .errors)
        #expect(stage.send(body: Stage.body(["1"])).status == 503)
        stage.clock.advance(ns: 1)
        #expect(stage.exchange.outage == nil)
        #expect(stage.send(body: Stage.body(["1"])).answer == .truncated)
    }

    @Test func `an outage injected later runs from its injection`() throws {
        let stage = try Stage()
        stage.clock.advance(ns: 60_000_000_000)
        var faults = Faults()
        (faults.world.outage, faults.world.outageMs) = (.silent, 100)
        try stage.exchange.inject(faults)
        stage.clock.advance(ns: 99_000_000)
        #expect(stage.exchange.outage == .silent)
        stage.clock.advance(ns: 1_000_000)
        #expect(stage.exchange.outage == nil)
    }

    @Test(arguments: Outage.allCases)
    func `every outage reads back from its text`(outage: Outage) {
        #expect(Fault(rawValue: "outage:\(outage.rawValue)") == .outage(outage))
        #expect(Fault.outage(outage).rawValue == "outage:\(outage.rawValue)")
        #expect(Fault(rawValue: "outage:none") == nil)
    }

    // MARK: On the wire

    /// The status of a call for the time, the heart and an order: nil where the server hangs up.
    private func statuses(_ stage: Stage) async throws -> [Int?] {
        try await stage.served(hangLimit: .milliseconds(20)) { endpoint in
            let calls = [
                ("GET", "/api/v1/timestamp", ""), ("GET", "/heartbeat/", ""),
                ("POST", Vector.target(.cancel), Stage.body(["1"])),
                ("POST", Vector.target(.openOrders), "{}"),
                ("GET", "/sandbox/summary", ""),
            ]
            return try calls.map { method, target, body in
                try Connection(to: endpoint).call(method, target, body: body)?.status
            }
        }
    }

    @Test(arguments: [
        (Outage.maintain, [200, 200, 200, 200, 200]), (.refuse, [nil, nil, nil, nil, 200]),
        (.errors, [503, 503, 503, 503, 200]), (.errorsGreen, [200, 200, 503, 503, 200]),
        (.silent, [nil, nil, nil, nil, 200]),
    ])
    func `an outage spares only the admin calls`(outage: Outage, expected: [Int?]) async throws {
        #expect(try await statuses(stage(outage)) == expected)
    }

    @Test(
        arguments: [
            (nil, 1_767_323_105_000), (5000, 1_767_323_050_000),
        ] as [(Int64?, Int64)]
    )
    func `the heartbeat tells of maintenance and of its end`(
        ms: Int64?,
        end: Int64
    ) async throws {
        let stage = try stage(.maintain, ms: ms)
        let heart = try await stage.served { endpoint in
            try Connection(to: endpoint).call("GET", "/heartbeat/")
        }
        let body = try #require(heart?.body)
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains(#""linear_swap_heartbeat":0"#))
        #expect(text.contains(#""linear_swap_estimated_recovery_time":\#(end)"#))
    }

    @Test func `the heartbeat stays green while signed calls fail`() async throws {
        let stage = try stage(.errorsGreen)
        let heart = try await stage.served { endpoint in
            try Connection(to: endpoint).call("GET", "/heartbeat/")
        }
        let text = String(decoding: heart?.body ?? Data(), as: UTF8.self)
        #expect(text.contains(#""linear_swap_heartbeat":1"#))
    }
}
