import Foundation
import Testing

extension EndToEnd {
    /// What the exit status says, and the sentence that goes with it.
    @Suite struct ExitTests {
        @Test func `an order that the exchange does not know ends in status 3`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(3, of: "BTC-USDT")
                try await bench.queue(ids + ["7"])
                let run = try await bench.drain(exchange)
                #expect(run.status == 3, "\(run)")
                #expect(run.output == "4 ids: 3 cancelled, 1 rejected\n")
                let failures = try await bench.column(
                    "SELECT order_id || ' ' || class || ' ' || err_code FROM v_failure"
                )
                #expect(failures == ["7 not_found 1061"])
            }
        }

        @Test func `a job that starts in an hour ends in status 4 at once with wait 0`()
            async throws
        {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let start = Int64(Date.now.timeIntervalSince1970 * 1000) + 3_600_000
                try await bench.execute(
                    """
                    INSERT INTO job (contract_code, order_ids, not_before_ms)
                    VALUES ('BTC-USDT', '1,2', \(start))
                    """
                )
                let run = try await bench.quash(
                    "run",
                    "--drain",
                    "--wait",
                    "0",
                    environment: exchange.environment
                )
                #expect(run.status == 4, "\(run)")
                #expect(run.output == "2 ids: 2 pending\n")
                #expect(try exchange.arrivals().isEmpty)
            }
        }

        @Test func `a wrong secret pauses the account with the exchange's reason, until resumed`()
            async throws
        {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(30, of: "BTC-USDT")
                try await bench.queue(ids)
                let wrong = ["QUASH_SECRET_KEY": "not-it"]
                let first = try await bench.drain(exchange, wrong)
                #expect(first.status == 4, "\(first)")
                let reasons = try await bench.column("SELECT paused_reason FROM v_account")
                #expect(
                    reasons == [
                        "403: Verification failure [校验失败]; check the secret key, and that no proxy changes the host"
                    ]
                )
                let status = try await bench.quash("status")
                #expect(status.output.contains("account main is paused: 403: Verification failure"))

                let before = try exchange.arrivals().count
                let paused = try await bench.drain(exchange)
                #expect(paused.status == 4, "\(paused)")
                #expect(try exchange.arrivals().count == before)

                try await bench.execute("INSERT INTO act (kind, account) VALUES ('resume', 'main')")
                let resumed = try await bench.drain(exchange)
                #expect(resumed.status == 0, "\(resumed)")
                #expect(try exchange.orders("cancelled") == Set(ids))
                #expect(try await bench.violations() == [])
            }
        }

        private static let keys = ["QUASH_ACCESS_KEY": "a", "QUASH_SECRET_KEY": "s"]

        /// Arguments, environment, and a sentence.
        private static let refusals: [([String], [String: String], String)] = [
            (["run", "--quickly"], keys, "Unknown option '--quickly'"),
            (["quash"], keys, "Unexpected argument 'quash'"),
            (["run", "--wait", "-1"], keys, "Missing value for '--wait <wait>'"),
            (["run", "--wait", "86401"], keys, "--wait is 0 to 86400 seconds"),
            (["run", "--wait", "soon"], keys, "The value 'soon' is invalid for '--wait <wait>'"),
            (["run", "--protocol", "v9"], keys, "The value 'v9' is invalid"),
            (
                ["run", "--database", "/nowhere/q.sqlite"], keys,
                "there is no database at /nowhere/q.sqlite; make one with: quash migrate "
                    + "--database /nowhere/q.sqlite"
            ),
            (
                ["run"], [:],
                "no account has keys; set QUASH_ACCESS_KEY and QUASH_SECRET_KEY for main"
            ),
            (
                ["run"], ["QUASH_ACCESS_KEY": "a"],
                "QUASH_ACCESS_KEY is set, but QUASH_SECRET_KEY is not"
            ),
            (
                ["run"], ["QUASH_SECRET_KEY": "s"],
                "QUASH_SECRET_KEY is set, but QUASH_ACCESS_KEY is not"
            ),
            (
                ["run"], ["QUASH_SECRETS": "/nowhere"],
                "QUASH_SECRETS names /nowhere, which cannot be read as a folder"
            ),
            (
                ["run", "--exchange", "http://api.hbdm.com"], keys,
                "Plain http is allowed only to this machine"
            ),
            (["status", "99"], [:], "there is no job 99 in "),
            (
                ["enqueue", "nothing-here"], [:],
                "\"nothing-here\" is neither a file nor an order id"
            ),
            (["account", "add", "Desk"], [:], "account: a name is 1 to 32 lower-case letters"),
            (["account", "add", "main"], [:], "account: that name exists already"),
        ]

        @Test(arguments: refusals)
        func `wrong usage ends in status 64 and says what is wrong`(
            refusal: ([String], [String: String], String)
        ) async throws {
            let bench = try await Workbench()
            var environment = refusal.1
            environment["QUASH_DATABASE"] = bench.database
            let run = try await Program.quash.run(
                refusal.0,
                in: bench.folder,
                environment: environment
            )
            #expect(run.status == 64, "\(run)")
            #expect(run.errors.contains(refusal.2))
            #expect(run.output == "")
        }

        @Test func `a broken page ends in status 74`() async throws {
            let bench = try await Workbench()
            let pages = try await bench.column(
                "SELECT rootpage - 1 FROM sqlite_schema WHERE name = 'account'"
            )
            let page = try #require(pages.first.flatMap(UInt64.init))
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: bench.database))
            try file.seek(toOffset: page * 4096)
            try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
            try file.close()
            let run = try await bench.quash("run", "--drain", environment: Self.keys)
            #expect(run.status == 74, "\(run)")
            #expect(run.errors.contains("malformed"))
        }
    }
}
