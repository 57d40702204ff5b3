import Testing

extension EndToEnd {
    /// What a run does while other tools and other runners are on the file.
    @Suite struct RunTests {
        /// A tool that queues in small transactions, as fast as the backlog allows: jobs of their own
        /// statement, and jobs that it fills row by row.
        private static let producer = """
            import sqlite3, sys, time
            db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
            ids, turn = sys.argv[2].split(","), 0
            while ids:
                if db.execute("SELECT count(*) FROM cancel WHERE state = 'pending'").fetchone()[0] > 150:
                    time.sleep(0.01)
                    continue
                size = 1 + turn * 7 % 13
                part, ids, turn = ids[:size], ids[size:], turn + 1
                if turn % 3:
                    db.execute("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', ?)",
                               [",".join(part)])
                else:
                    db.execute("BEGIN IMMEDIATE")
                    job = db.execute("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', ?)",
                                     [part[0]]).lastrowid
                    db.executemany("INSERT INTO cancel (job_id, order_id) VALUES (?, ?)",
                                   [(job, order) for order in part[1:]])
                    db.execute("COMMIT")
            print(turn)
            """

        @Test func `what another tool queues while the runner runs is cancelled under the limit`()
            async throws
        {
            let bench = try await Workbench()
            let faults = #"{"latency_ms": {"min": 5, "max": 40}}"#
            try await PracticeExchange.serve(bench, faults: faults) { exchange in
                let ids = try exchange.seed(350, of: "BTC-USDT")
                try await bench.queue(Array(ids[..<100]))
                let run = try await bench.drain(exchange) { _ in
                    let list = ids[100...].joined(separator: ",")
                    let other = try await bench.python(Self.producer, [list])
                    #expect(other.status == 0, "\(other)")
                }
                #expect(run.status == 0, "\(run)")
                #expect(try await bench.ids("cancelled") == Set(ids))
                #expect(try exchange.orders("cancelled") == Set(ids))
                // 35 full requests, and a few that left before the backlog had ten more.
                #expect((35...38).contains(try exchange.arrivals().count))
                try await expectTheLimit(bench, exchange)
            }
        }

        @Test func `a finished file sends nothing more`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                try await bench.queue(try exchange.seed(25, of: "BTC-USDT"))
                for _ in 1...2 {
                    let run = try await bench.drain(exchange)
                    #expect(run.status == 0, "\(run)")
                    #expect(run.output == "25 ids: 25 cancelled\n")
                    #expect(try exchange.arrivals().count == 3)
                }
            }
        }

        @Test func `a tool that holds the write lock for three seconds is waited for`() async throws
        {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(150, of: "BTC-USDT")
                try await bench.queue(ids)
                let run = try await bench.drain(exchange) { _ in
                    try await eventually("the run has begun") {
                        try exchange.arrivals().count >= 3
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    let tool = try await bench.python(
                        """
                        import sqlite3, sys, time
                        db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
                        db.execute("BEGIN IMMEDIATE")
                        before = db.execute("SELECT count(*) FROM request").fetchone()[0]
                        time.sleep(3)
                        print(db.execute("SELECT count(*) FROM request").fetchone()[0] - before)
                        db.execute("COMMIT")
                        """
                    )
                    #expect(tool.output == "0\n", "\(tool)")
                }
                #expect(run.status == 0, "\(run)")
                #expect(!(run.output + run.errors).contains("locked"), "\(run)")
                #expect(try await bench.ids("cancelled") == Set(ids))
                try await expectTheLimit(bench, exchange)
            }
        }

        @Test func `two runners on one file share the work and the limit`() async throws {
            let bench = try await Workbench()
            let faults = #"{"latency_ms": {"min": 20, "max": 60}}"#
            try await PracticeExchange.serve(bench, faults: faults) { exchange in
                let ids = try exchange.seed(250, of: "BTC-USDT")
                try await bench.queue(ids)
                async let first = bench.drain(exchange)
                async let second = bench.drain(exchange)
                for run in [try await first, try await second] {
                    #expect(run.status == 0, "\(run)")
                }
                #expect(try exchange.orders("cancelled") == Set(ids))
                #expect(try await bench.ids("cancelled") == Set(ids))
                #expect(try exchange.arrivals().count == 25)
                let runners = "SELECT count(DISTINCT runner_id) FROM request"
                #expect(try await bench.column(runners) == ["2"])
                try await expectTheLimit(bench, exchange)
            }
        }
    }
}
