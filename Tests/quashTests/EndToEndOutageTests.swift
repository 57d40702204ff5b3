import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What a run does while the exchange is out, the file is locked, or other runners come and go.
    @Suite struct OutageTests {
        @Test(arguments: ["refuse", "maintain"])
        func `an outage in the middle is waited out, and costs few requests`(
            outage: String
        ) async throws {
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
                    try exchange.inject(#"{"outage": "\#(outage)", "outage_ms": 6000}"#)
                }
                #expect(run.status == 0, "\(run)")
                #expect(try exchange.orders("cancelled") == Set(ids))
                #expect(try await bench.ids("cancelled") == Set(ids))
                let wasted = try exchange.arrivals().count { $0.fault == "outage:\(outage)" }
                #expect((1...12).contains(wasted))
                let attempts = try await bench.column("SELECT max(attempts) FROM v_cancel")
                #expect(try #require(attempts.first.flatMap(Int.init)) <= 5)
                try await expectTheLimit(bench, exchange)
            }
        }

        /// A tool that keeps the write lock until a file appears.
        private static let holder = """
            import os, sqlite3, sys, time
            db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
            db.execute("BEGIN IMMEDIATE")
            print(f"process {os.getpid()} ({open('/proc/self/comm').read().strip()})", flush=True)
            while not os.path.exists(sys.argv[2]):
                time.sleep(0.02)
            db.execute("COMMIT")
            """

        @Test func `a tool that keeps the write lock is named, and then the run goes on`()
            async throws
        {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(150, of: "BTC-USDT")
                try await bench.queue(ids)
                let run = try await bench.drain(exchange) { run in
                    try await eventually("the run has begun") {
                        try exchange.arrivals().count >= 3
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    let release = bench.folder.file("release")
                    let tool = try await bench.python(Self.holder, [release]) { holder in
                        try await eventually("the run says who holds the lock") {
                            !holder.output.isEmpty
                                && run.told.contains("held_by=\(holder.output.dropLast())")
                        } seen: {
                            "\(run.told)\n\(holder.told)"
                        }
                        #expect(holder.output.contains("process \(holder.pid) (python3"))
                        close(open(release, O_CREAT | O_WRONLY, 0o600))
                    }
                    #expect(tool.status == 0, "\(tool)")
                }
                #expect(run.status == 0, "\(run)")
                #expect(
                    !run.errors.contains("error") && !run.errors.contains("is locked"),
                    "\(run)"
                )
                #expect(run.errors.contains("the write lock was released"), "\(run)")
                #expect(try exchange.orders("cancelled") == Set(ids))
                let sent = try exchange.arrivals().flatMap(\.ids)
                #expect(sent.count == 150 && Set(sent) == Set(ids))
                try await expectTheLimit(bench, exchange)
            }
        }

        @Test func `three runners, one killed and one stopped beyond its lease, send each id once`()
            async throws
        {
            let bench = try await Workbench()
            let faults = #"{"latency_ms": {"min": 5, "max": 40}}"#
            try await PracticeExchange.serve(bench, faults: faults) { exchange in
                let ids = try exchange.seed(600, of: "BTC-USDT")
                try await queueSmall(ids, bench)
                let killed = try await bench.drain(exchange) { killed in
                    let stopped = try await bench.drain(exchange) { stopped in
                        let other = try await bench.drain(exchange) { _ in
                            try await eventually("all three send") {
                                let senders = "SELECT DISTINCT runner_id FROM request"
                                return try await bench.column(senders).count == 3
                            } seen: {
                                "\(killed.told) \(stopped.told)"
                            }
                            killed.send(SIGKILL)
                            stopped.send(SIGSTOP)
                            // The stop itself: longer than the lease of 7 s.
                            try await Task.sleep(for: .seconds(9))
                            stopped.send(SIGCONT)
                        }
                        #expect(other.status == 0, "\(other)")
                    }
                    #expect(stopped.status == 0, "\(stopped)")
                }
                #expect(killed.status == -SIGKILL)
                #expect(try exchange.orders("cancelled") == Set(ids))
                #expect(try await bench.ids("cancelled") == Set(ids))
                #expect(try exchange.arrivals().reduce(0) { $0 + $1.cancelled } == 600)
                let twice = """
                    SELECT order_id FROM v_attempt WHERE outcome = 'accepted'
                    GROUP BY order_id HAVING count(*) > 1
                    """
                #expect(try await bench.column(twice) == [])
                try await expectTheLimit(bench, exchange)
            }
        }

        /// Queues ids as jobs of seven, in one statement.
        private func queueSmall(_ ids: [String], _ bench: Workbench) async throws {
            let jobs = stride(from: 0, to: ids.count, by: 7).map { start in
                let list = ids[start..<min(start + 7, ids.count)].joined(separator: ",")
                return "('BTC-USDT', '\(list)')"
            }
            try await bench.execute(
                "INSERT INTO job (contract_code, order_ids) VALUES \(jobs.joined(separator: ", "))"
            )
        }
    }
}
