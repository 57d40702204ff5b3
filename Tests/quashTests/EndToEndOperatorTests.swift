import Glibc
import Testing

extension EndToEnd {
    /// What an operator does while a runner runs.
    @Suite struct OperatorTests {
        @Test func `an urgent id is in the next request, whatever waits before it`() async throws {
            let bench = try await Workbench()
            let faults = #"{"latency_ms": {"min": 20, "max": 60}}"#
            try await PracticeExchange.serve(bench, faults: faults) { exchange in
                try await bench.queue(try exchange.seed(400, of: "BTC-USDT"))
                let urgent = try exchange.seed(1, of: "ETH-USDT")
                let run = try await bench.quash("run", environment: exchange.environment) {
                    try await eventually("the run has begun") {
                        try exchange.arrivals().count >= 3
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    let last = try await queueUrgently(urgent[0], bench)
                    try await eventually("the urgent id arrives") {
                        try exchange.arrivals().contains { $0.ids == urgent }
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    $0.send(SIGTERM)
                    let ids = "SELECT order_ids FROM request WHERE id = \(last + 1)"
                    #expect(try await bench.column(ids) == urgent)
                    // What was written before it, and the four that may be sent beside it.
                    let place = try exchange.arrivals().firstIndex { $0.ids == urgent }
                    #expect(place ?? .max <= last + 4)
                }
                #expect(run.status == 0, "\(run)")
                #expect(try await bench.ids("pending").count >= 100)
                try await expectTheLimit(bench, exchange)
            }
        }

        /// Queues one id before all others; gives the last request that was written before.
        private func queueUrgently(_ id: String, _ bench: Workbench) async throws -> Int {
            let tool = try await bench.python(
                """
                import sqlite3, sys
                db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
                db.execute("BEGIN IMMEDIATE")
                db.execute("INSERT INTO job (contract_code, order_ids, priority) VALUES ('ETH-USDT', ?, 9)",
                           [sys.argv[2]])
                print(db.execute("SELECT max(id) FROM request").fetchone()[0])
                db.execute("COMMIT")
                """,
                [id]
            )
            return try #require(Int(tool.output.dropLast()), "\(tool)")
        }

        @Test func `after a pause has returned nothing more is granted, until it goes on`()
            async throws
        {
            let bench = try await Workbench()
            #expect(try await bench.quash("account", "add", "desk2").status == 0)
            let accounts = ["main", "desk2"]
            try await PracticeExchange.serve(bench, accounts: accounts) { exchange in
                let ids = try exchange.seed(200, of: "BTC-USDT")
                let others = try exchange.seed(60, of: "BTC-USDT", account: "desk2")
                try await bench.queue(ids)
                let run = try await bench.quash("run", environment: exchange.environment) {
                    try await eventually("the run has begun") {
                        try exchange.arrivals().count >= 3
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    let pause = try await bench.quash("pause", "main", "--reason", "lunch")
                    #expect(pause.status == 0 && pause.output.contains("paused"), "\(pause)")
                    // The other account's six requests take more than a second: main had its chance.
                    try await bench.queue(others, account: "desk2")
                    try await eventually("the other account goes on") {
                        try exchange.orders("cancelled").isSuperset(of: others)
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    $0.send(SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
                let left = try await bench.ids("pending")
                #expect(!left.isEmpty && left.isSubset(of: ids))
                let late = """
                    SELECT request_id FROM v_request WHERE account = 'main'
                        AND granted_at_ms > (SELECT at_ms FROM act WHERE kind = 'pause')
                    """
                #expect(try await bench.column(late) == [])

                #expect(try await bench.quash("resume", "main").status == 0)
                let rest = try await bench.drain(exchange)
                #expect(rest.status == 0, "\(rest)")
                #expect(try exchange.orders("open") == [])
                #expect(try await bench.violations() == [])
            }
        }
    }
}
