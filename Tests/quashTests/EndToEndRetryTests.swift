import Testing

extension EndToEnd {
    /// What a retry sends again, by command and by plain SQL.
    @Suite struct RetryTests {
        @Test func `only what came to nothing is sent once more, by command and by plain SQL`()
            async throws
        {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(12, of: "BTC-USDT")
                let (failing, refused) = ([ids[1], ids[4], ids[7]], ids[10])
                try exchange.inject(
                    """
                    {"order_err_codes": {"\(ids[1])": 1408, "\(ids[4])": 1408, "\(ids[7])": 1408,
                        "\(refused)": 1088}}
                    """
                )
                try await bench.queue(ids)
                let first = try await bench.drain(exchange)
                #expect(first.status == 3, "\(first)")
                #expect(first.output == "12 ids: 8 cancelled, 1 rejected, 3 failed\n")
                #expect(try await bench.ids("failed") == Set(failing))

                try await expectRehearsal(bench, exchange)
                try exchange.inject("{}")
                let before = try exchange.arrivals().count
                let retry = try await bench.quash("retry", "--reason", "it is late", "--by", "ann")
                #expect(retry.status == 0, "\(retry)")
                let second = try await bench.drain(exchange)
                #expect(second.status == 3, "\(second)")
                #expect(second.output == "12 ids: 11 cancelled, 1 rejected\n")
                let sent = try exchange.arrivals().dropFirst(before).map { Set($0.ids) }
                #expect(sent == [Set(failing)])

                try await retryBySQL(of: refused, bench)
                let third = try await bench.drain(exchange)
                #expect(third.status == 0, "\(third)")
                #expect(try exchange.arrivals().dropFirst(before + 1).map(\.ids) == [[refused]])
                #expect(try exchange.orders("cancelled") == Set(ids))
                try await expectRounds(failing: failing, refused: refused, bench)
                try await expectTheLimit(bench, exchange)
            }
        }

        /// A dry run says what it would do, and nothing of it is in the file.
        private func expectRehearsal(
            _ bench: Workbench,
            _ exchange: PracticeExchange
        ) async throws {
            let before = try exchange.arrivals().count
            let rehearsed = try await bench.quash("retry", "--dry-run")
            #expect(rehearsed.status == 0, "\(rehearsed)")
            #expect(
                rehearsed.output.hasPrefix("3 ids would be sent once more, in 1 request\n"),
                "\(rehearsed)"
            )
            #expect(try await bench.column("SELECT id FROM act") == [])
            let events = "SELECT id FROM event WHERE kind = 'retry'"
            #expect(try await bench.column(events) == [])
            #expect(try await bench.column("SELECT count(*) FROM cancel") == ["12"])
            let idle = try await bench.drain(exchange)
            #expect(idle.status == 3, "\(idle)")
            #expect(try exchange.arrivals().count == before)
        }

        private func retryBySQL(of refused: String, _ bench: Workbench) async throws {
            let act = """
                INSERT INTO act (kind, state, err_code, reason, by)
                VALUES ('retry', 'rejected', '1088', 'the restriction is over', 'bob')
                """
            guard Program.shell.isInstalled else { return try await bench.execute(act) }
            let shell = try await Program.shell.run([bench.database, act], in: bench.folder)
            #expect(shell.status == 0 && shell.errors == "", "\(shell)")
        }

        /// Each round kept its attempts, and the audit has who and why.
        private func expectRounds(
            failing: [String],
            refused: String,
            _ bench: Workbench
        ) async throws {
            let attempts = try await bench.column(
                """
                SELECT order_id || ' ' || round || ' ' || group_concat(outcome) FROM v_attempt
                WHERE order_id IN (SELECT order_id FROM cancel WHERE round = 2)
                GROUP BY order_id, round ORDER BY order_id, round
                """
            )
            let transient = Array(repeating: "transient", count: 5).joined(separator: ",")
            let expected =
                failing.flatMap { ["\($0) 1 \(transient)", "\($0) 2 accepted"] }
                + ["\(refused) 1 permanent", "\(refused) 2 accepted"]
            #expect(attempts == expected)
            let kept =
                "SELECT state || ' ' || class FROM cancel WHERE round = 1 AND state = 'failed'"
            #expect(try await bench.column(kept) == Array(repeating: "failed transient", count: 3))
            let audit = """
                SELECT e.reason || ', ' || e.by FROM event AS e JOIN act ON e.detail = 'act ' || act.id
                WHERE e.kind = 'retry' ORDER BY e.id
                """
            #expect(
                try await bench.column(audit) == [
                    "it is late, ann", "the restriction is over, bob",
                ]
            )
        }
    }
}
