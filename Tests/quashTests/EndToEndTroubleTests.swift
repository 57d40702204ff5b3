import Testing

extension EndToEnd {
    /// What becomes of the work where the exchange refuses an account, an id or a contract, or has
    /// another clock.
    @Suite struct TroubleTests {
        /// What is wrong with the account: other keys or a code, and the reason that is kept.
        private static let troubles: [(code: Int?, reason: String, hint: String)] = [
            (nil, "403: ", "; check the access key"),
            (1510, "1510: ", "; this account is no longer served by the v1 interface"),
        ]

        @Test(arguments: troubles)
        func `an account in trouble is paused with the reason, and the other goes on`(
            trouble: (code: Int?, reason: String, hint: String)
        ) async throws {
            let bench = try await Workbench()
            #expect(try await bench.quash("account", "add", "desk2").status == 0)
            let accounts = ["main", "desk2"]
            try await PracticeExchange.serve(bench, accounts: accounts) { exchange in
                let ids = try exchange.seed(30, of: "BTC-USDT")
                let others = try exchange.seed(30, of: "BTC-USDT", account: "desk2")
                try await bench.queue(ids)
                try await bench.queue(others, account: "desk2")
                if let code = trouble.code {
                    try exchange.inject(#"{"accounts": {"main": {"err_code": \#(code)}}}"#)
                } else {
                    try exchange.replaceKeys(of: "main", accessKey: "new", secretKey: "new")
                }
                let run = try await bench.drain(exchange)
                #expect(run.status == 4, "\(run)")
                #expect(try exchange.orders("cancelled") == Set(others))
                #expect(try await bench.ids("cancelled") == Set(others))
                let pauses = try await bench.column(
                    "SELECT account || ' ' || paused_reason FROM v_account WHERE paused_reason > ''"
                )
                let told = try #require(pauses.first)
                #expect(pauses.count == 1)
                #expect(told.hasPrefix("main \(trouble.reason)") && told.contains(trouble.hint))
                let attempts = "SELECT DISTINCT attempts FROM v_cancel WHERE account = 'main'"
                #expect(try await bench.column(attempts) == ["0"])

                try putRight(exchange)
                #expect(try await bench.quash("resume", "main").status == 0)
                let rest = try await bench.drain(exchange)
                #expect(rest.status == 0, "\(rest)")
                #expect(try exchange.orders("open") == [])
                #expect(try await bench.violations() == [])
            }
        }

        private func putRight(_ exchange: PracticeExchange) throws {
            try exchange.inject("{}")
            try exchange.replaceKeys(
                of: "main",
                accessKey: try #require(exchange.environment["QUASH_ACCESS_KEY"]),
                secretKey: try #require(exchange.environment["QUASH_SECRET_KEY"])
            )
        }

        @Test func `an exchange whose clock is six minutes ahead is signed for by its own clock`()
            async throws
        {
            let bench = try await Workbench()
            let faults = #"{"clock_offset_ms": 400000}"#
            try await PracticeExchange.serve(bench, faults: faults) { exchange in
                let ids = try exchange.seed(120, of: "BTC-USDT")
                try await bench.queue(ids)
                let run = try await bench.drain(exchange)
                #expect(run.status == 0, "\(run)")
                #expect(try exchange.orders("cancelled") == Set(ids))
                // The requests of the first turn left together, signed by this machine's clock.
                let refused = try exchange.arrivals().enumerated().filter {
                    $0.element.err_code == 12001
                }
                #expect((1...5).contains(refused.count))
                #expect(refused.allSatisfy { $0.offset < 5 })
                let pauses = "SELECT paused_reason FROM v_account WHERE paused_reason > ''"
                #expect(try await bench.column(pauses) == [])
                let attempts = "SELECT DISTINCT attempts FROM v_cancel"
                #expect(try await bench.column(attempts) == ["1"])
                try await expectTheLimit(bench, exchange)
            }
        }

        @Test func `one poisonous id of ten is rejected, and the nine others are cancelled`()
            async throws
        {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(10, of: "BTC-USDT")
                try exchange.inject(#"{"poison_ids": {"\#(ids[6])": 1030}}"#)
                try await bench.queue(ids)
                let run = try await bench.drain(exchange)
                #expect(run.status == 3, "\(run)")
                let poison = "SELECT order_id || ' ' || class || ' ' || err_code FROM v_failure"
                #expect(try await bench.column(poison) == ["\(ids[6]) bad_request 1030"])
                #expect(try exchange.orders("cancelled") == Set(ids).subtracting([ids[6]]))
                #expect((5...7).contains(try exchange.arrivals().count))
                try await expectTheLimit(bench, exchange)
            }
        }

        @Test func `a contract that is refused costs its own ids alone`() async throws {
            let bench = try await Workbench()
            let faults = #"{"poison_contracts": {"ETH-USDT": 1014}}"#
            try await PracticeExchange.serve(bench, faults: faults) { exchange in
                let good = try exchange.seed(25, of: "BTC-USDT")
                let bad = try exchange.seed(25, of: "ETH-USDT")
                try await bench.queue(good)
                try await bench.queue(bad, on: "ETH-USDT")
                let run = try await bench.drain(exchange)
                #expect(run.status == 3, "\(run)")
                #expect(try await bench.ids("rejected") == Set(bad))
                let reasons = "SELECT DISTINCT class || ' ' || err_code FROM v_failure"
                #expect(try await bench.column(reasons) == ["bad_request 1014"])
                #expect(try exchange.orders("cancelled") == Set(good))
                #expect(try exchange.arrivals().count == 6)
                try await expectTheLimit(bench, exchange)
            }
        }
    }
}
