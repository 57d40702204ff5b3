import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `status`, `account` and `migrate`: what they say, and which files they take.
    @Suite struct ReportTests {
        @Test func `status says in words and in JSON what became of the ids`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                try await bench.queue(try exchange.seed(12, of: "BTC-USDT") + ["7"])
                try await bench.queue(try exchange.seed(4, of: "ETH-USDT"), on: "ETH-USDT")
                let run = try await bench.drain(exchange)
                #expect(run.status == 3, "\(run)")
            }
            try await bench.queue(["8", "9"])

            let all = try await bench.quash("status")
            #expect(all.output.hasPrefix("19 ids: 2 pending, 16 cancelled, 1 rejected\n"), "\(all)")
            let one = try await bench.quash("status", "1")
            #expect(one.output.hasPrefix("13 ids: 12 cancelled, 1 rejected\n"), "\(one)")
            #expect(one.output.contains("1061"))

            let report = try await report("status", "--json", on: bench)
            #expect(
                report.ids.filter { $0.value > 0 } == [
                    "pending": 2, "cancelled": 16, "rejected": 1,
                ]
            )
            #expect(report.jobs.map(\.job_id).sorted() == [1, 2, 3])
            #expect(report.accounts.map(\.account) == ["main"])
            #expect(report.accounts.first?.ready_jobs == 1)
            #expect(report.seconds_left_at_limit == 0.04)
            let job = try await self.report("status", "--json", "1", on: bench)
            #expect(job.ids.filter { $0.value > 0 } == ["cancelled": 12, "rejected": 1])
            #expect(job.failures.map(\.order_id) == ["7"])
            #expect(job.failures.map(\.err_code) == ["1061"])
        }

        /// What other tools read from `status --json`.
        private struct Report: Decodable {
            struct Account: Decodable {
                let account: String
                let ready_jobs: Int
            }
            struct Job: Decodable { let job_id: Int }
            struct Failure: Decodable {
                let order_id: String
                let err_code: String
            }
            let ids: [String: Int]
            let seconds_left_at_limit: Double?
            let accounts: [Account]
            let jobs: [Job]
            let failures: [Failure]
        }

        private func report(_ arguments: String..., on bench: Workbench) async throws -> Report {
            let ended = try await Program.quash.run(
                arguments,
                in: bench.folder,
                environment: ["QUASH_DATABASE": bench.database]
            )
            #expect(ended.status == 0, "\(ended)")
            return try JSONDecoder().decode(Report.self, from: Data(ended.output.utf8))
        }

        @Test func `accounts are added, and listed with whether their keys are there`() async throws
        {
            let bench = try await Workbench()
            let added = try await bench.quash("account", "add", "desk2")
            #expect(
                added.output
                    == "account desk2 added; its keys: QUASH_DESK2_ACCESS_KEY, QUASH_DESK2_SECRET_KEY\n"
            )
            let list = try await bench.quash(
                "account",
                "list",
                environment: ["QUASH_DESK2_ACCESS_KEY": "a", "QUASH_DESK2_SECRET_KEY": "s"]
            )
            let rows = list.output.split(separator: "\n").map {
                $0.split(separator: " ").map(String.init)
            }
            #expect(rows.contains(["main", "missing", "active", "0", "0"]), "\(list)")
            #expect(rows.contains(["desk2", "present", "active", "0", "0"]), "\(list)")
        }

        @Test func `the SQL that migrate prints makes a file that a run accepts`() async throws {
            let bench = try await Workbench()
            let printed = try await bench.quash("migrate", "--print")
            let path = bench.folder.file("by-hand.sqlite")
            // `executescript` is what the shell does with its standard input.
            let script = """
                import sqlite3, sys
                sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())
                """
            let made =
                try await Program.shell.isInstalled
                ? Program.shell.run([path], in: bench.folder, input: printed.output)
                : Program.python.run(["-c", script, path], in: bench.folder, input: printed.output)
            #expect(made.status == 0, "\(made)")
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(12, of: "BTC-USDT").joined(separator: ",")
                let queue = """
                    import sqlite3, sys
                    with sqlite3.connect(sys.argv[1]) as db:
                        db.execute("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', ?)",
                                   [sys.argv[2]])
                    """
                let queued = try await Program.python.run(
                    ["-c", queue, path, ids],
                    in: bench.folder
                )
                #expect(queued.status == 0, "\(queued)")
                let run = try await bench.drain(exchange, ["QUASH_DATABASE": path])
                #expect(run.status == 0, "\(run)")
            }
        }

        /// Python that makes a file which is not ours to touch, at the path of its first argument.
        private static let strangers = [
            "a newer version": """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            db.execute("PRAGMA user_version = 99")
            """,
            "another application": """
            import os, sqlite3, sys
            os.remove(sys.argv[1])
            sqlite3.connect(sys.argv[1]).executescript("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
            """,
            "no database": """
            import sys
            open(sys.argv[1], "w").write("order_id,account\\n" * 1000)
            """,
        ]

        @Test(arguments: strangers.keys.sorted())
        func `a file that is not ours is refused and stays byte for byte`(kind: String) async throws
        {
            let bench = try await Workbench()
            let made = try await bench.python(try #require(Self.strangers[kind]))
            #expect(made.status == 0, "\(made)")
            let before = FileManager.default.contents(atPath: bench.database)
            let keys = ["QUASH_ACCESS_KEY": "a", "QUASH_SECRET_KEY": "s"]
            for arguments in [
                ["migrate"], ["run", "--drain"], ["status"], ["account", "add", "desk2"],
                ["account", "list"], ["enqueue", "--contract", "BTC-USDT", "1"],
            ] {
                let ended = try await Program.quash.run(
                    arguments,
                    in: bench.folder,
                    environment: keys.merging(["QUASH_DATABASE": bench.database]) { $1 }
                )
                #expect(ended.status == 64, "\(arguments): \(ended)")
                #expect(ended.errors.contains("it was left as it is"), "\(arguments): \(ended)")
                #expect(FileManager.default.contents(atPath: bench.database) == before)
            }
        }
    }
}
