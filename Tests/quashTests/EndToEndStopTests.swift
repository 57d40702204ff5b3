import Glibc
import Testing

extension EndToEnd {
    /// What is left of a run that is killed or told to stop.
    @Suite struct StopTests {
        /// Slow enough that a kill finds requests in flight; one answer in the first second is lost,
        /// and two more later.
        private static let rough = """
            {"latency_ms": {"min": 150, "max": 350}, "script": [
                {"fault": "drop_after"}, {"fault": "none", "count": 10},
                {"fault": "drop_after", "count": 2}]}
            """

        @Test func `a run that is killed half way is finished by the next one`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench, faults: Self.rough) { exchange in
                let orders = try exchange.seed(243, of: "BTC-USDT")
                // One in twenty is an order that the exchange does not know; each of the first
                // five requests has one at least, whichever of them is lost.
                let strangers = (1...13).map { "90000000000000000\($0 + 10)" }
                let mixed = orders.enumerated().flatMap { index, order in
                    let stranger = index < 45 ? index / 9 : 5 + (index - 45) / 25
                    let isTurn = index < 45 ? index % 9 == 0 : (index - 45) % 25 == 0
                    return isTurn ? [strangers[stranger], order] : [order]
                }
                try await bench.queue(Array(mixed))
                let inFlight = try await kill(in: bench, exchange)
                #expect(inFlight > 0)

                let rest = try await bench.drain(exchange)
                #expect(rest.status == 3, "\(rest)")
                let recovered = "SELECT count(*) FROM event WHERE kind = 'recovery'"
                #expect(try await bench.column(recovered) == ["\(inFlight)"])
                try await expectTheTruth(of: orders, strangers: strangers, bench, exchange)
                try await expectTheLimit(bench, exchange)

                let before = try exchange.arrivals().count
                let idle = try await bench.drain(exchange)
                #expect(idle.status == 3, "\(idle)")
                #expect(try exchange.arrivals().count == before)
            }
        }

        /// Kills a run in the middle; gives how many requests it left without an answer.
        private func kill(in bench: Workbench, _ exchange: PracticeExchange) async throws -> Int {
            let killed = try await bench.drain(exchange) { running in
                try await eventually("a second burst arrives") {
                    try exchange.arrivals().count >= 7
                } seen: {
                    "\(try exchange.arrivals()) \(running.told)"
                }
                running.send(SIGKILL)
            }
            #expect(killed.status == -SIGKILL)
            let open = "SELECT count(*) FROM v_request WHERE answer = 'open'"
            return try await bench.column(open).compactMap(Int.init).first ?? 0
        }

        /// The exchange and the file agree on every order; one that is not found is rejected, but only
        /// after it was looked up where nobody saw the answer to an attempt.
        private func expectTheTruth(
            of orders: [String],
            strangers: [String],
            _ bench: Workbench,
            _ exchange: PracticeExchange
        ) async throws {
            let doubts = try await bench.column(
                "SELECT DISTINCT order_id FROM v_attempt WHERE outcome = 'unknown'"
            )
            let doubted = Set(strangers).intersection(doubts)
            #expect(!doubted.isEmpty && doubted.count < strangers.count)
            #expect(try exchange.orders("cancelled") == Set(orders))
            #expect(try await bench.ids("cancelled") == Set(orders))
            let absent = "SELECT order_id FROM v_cancel WHERE class = 'absent'"
            #expect(try await bench.column(absent).sorted() == doubted.sorted())
            #expect(try await bench.ids("rejected") == Set(strangers))
            #expect(try exchange.lookups().count >= 8)
        }

        @Test func `SIGTERM finishes what is in flight and claims nothing more`() async throws {
            let bench = try await Workbench()
            let faults = #"{"latency_ms": {"min": 300, "max": 500}}"#
            try await PracticeExchange.serve(bench, faults: faults) { exchange in
                let ids = try exchange.seed(250, of: "BTC-USDT")
                try await bench.queue(ids)
                let run = try await bench.quash("run", environment: exchange.environment) {
                    try await eventually("the first requests arrive") {
                        try exchange.arrivals().count >= 2
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    $0.send(SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
                let unanswered = "SELECT request_id FROM v_request WHERE answer <> 'answered'"
                #expect(try await bench.column(unanswered) == [])
                #expect(try await bench.ids("sending") == [])
                let cancelled = try await bench.ids("cancelled")
                #expect(try exchange.orders("cancelled") == cancelled)
                #expect(try await bench.ids("pending") == Set(ids).subtracting(cancelled))
                #expect((1..<250).contains(cancelled.count))

                try exchange.inject("{}")
                let rest = try await bench.drain(exchange)
                #expect(rest.status == 0, "\(rest)")
                #expect(try exchange.orders("cancelled") == Set(ids))
                try await expectTheLimit(bench, exchange)
            }
        }

        @Test func `a second SIGTERM ends a run at once, whatever it waits for`() async throws {
            let bench = try await Workbench()
            let faults = #"{"script": [{"fault": "hang_after", "count": 100}]}"#
            try await PracticeExchange.serve(bench, faults: faults) { exchange in
                try await bench.queue(try exchange.seed(20, of: "BTC-USDT"))
                let run = try await bench.quash("run", environment: exchange.environment) { run in
                    try await eventually("requests hang") {
                        try exchange.arrivals().count == 2
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    // Two signals at once may be one to the kernel, so the second is repeated. A run
                    // that only waits for its answers gives up on them after five seconds, and ends
                    // with 0.
                    try await eventually("the run ends") {
                        run.send(SIGTERM)
                        return run.hasExited
                    } seen: {
                        run.told
                    }
                }
                #expect(run.status == 128 + SIGTERM, "\(run)")
                #expect(try await bench.ids("sending").count == 20)
                #expect(try await bench.violations() == [])
            }
        }
    }
}
