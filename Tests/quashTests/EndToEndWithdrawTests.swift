import Foundation
import Testing

extension EndToEnd {
    /// What is taken back, and what is not because the exchange was quicker.
    @Suite struct WithdrawTests {
        @Test func `a job that has not begun is taken back, and nothing of it is sent`()
            async throws
        {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(3, of: "BTC-USDT")
                let start = Int64(Date.now.timeIntervalSince1970 * 1000) + 3_600_000
                try await bench.execute(
                    """
                    INSERT INTO job (contract_code, order_ids, not_before_ms)
                    VALUES ('BTC-USDT', '\(ids.joined(separator: ","))', \(start))
                    """
                )
                let withdrawal = try await bench.quash(
                    "withdraw",
                    "--job",
                    "1",
                    "--reason",
                    "a mistake",
                    "--by",
                    "ann"
                )
                #expect(withdrawal.status == 0, "\(withdrawal)")
                #expect(withdrawal.output == "3 ids withdrawn\n")
                let run = try await bench.drain(exchange)
                #expect(run.status == 0, "\(run)")
                #expect(try await bench.ids("withdrawn") == Set(ids))
                #expect(try exchange.arrivals().isEmpty)
                let audit = "SELECT reason || ', ' || by FROM event WHERE kind = 'withdraw'"
                #expect(try await bench.column(audit) == ["a mistake, ann"])
                #expect(try await bench.violations() == [])
            }
        }

        /// The answers of both are lost, and one of them was cancelled unseen.
        ///
        /// The lists may lag, by less than the second that a first lookup waits for them.
        @Test(arguments: [0, 900])
        func `an id in doubt is withdrawn only where the exchange says that it is live`(
            lag: Int
        ) async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(2, of: "BTC-USDT", ageMs: 60_000)
                let (live, gone) = (ids[0], ids[1])
                try exchange.inject(
                    """
                    {"script": [{"fault": "drop_after", "count": 100}],
                     "accepted_stays_open": ["\(live)"], "list_delay_ms": \(lag)}
                    """
                )
                try await bench.queue(ids)
                let run = try await bench.drain(exchange) { _ in
                    try await eventually("an answer is lost") {
                        let lost =
                            "SELECT DISTINCT order_id FROM v_attempt WHERE outcome = 'unknown'"
                        return try await bench.column(lost).count == 2
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    let withdrawal = try await bench.quash("withdraw", "--job", "1")
                    let output =
                        "0 ids withdrawn; 2 are sending or in doubt, and are at their verdict\n"
                    #expect(withdrawal.output == output, "\(withdrawal)")
                }
                #expect(run.status == 0, "\(run)")
                let ends = "SELECT order_id || ' ' || state FROM v_cancel ORDER BY cancel_id"
                #expect(try await bench.column(ends) == ["\(live) withdrawn", "\(gone) cancelled"])
                #expect(try exchange.orders("open") == [live])
                try await expectTheLimit(bench, exchange)
            }
        }
    }
}
