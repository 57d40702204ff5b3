import Testing

extension EndToEnd {
    /// What becomes of ids whose answer nobody saw.
    @Suite struct UnknownTests {
        @Test func `where two answers in five are lost, file and exchange agree on every id`()
            async throws
        {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(120, of: "BTC-USDT")
                let fired = Set(ids.enumerated().filter { $0.offset % 30 == 7 }.map(\.element))
                try exchange.inject(
                    """
                    {"latency_ms": {"min": 5, "max": 20}, "fire_first_ids": \(fired.sorted()),
                     "chances": {"drop_before": 0.2, "drop_after": 0.2}}
                    """
                )
                try await bench.queue(ids)
                let run = try await bench.drain(exchange)
                #expect(run.status == 3, "\(run)")
                #expect(run.output == "120 ids: 116 cancelled, 4 rejected\n")

                let lost = "SELECT count(*) FROM v_request WHERE answer = 'lost'"
                #expect(try await bench.column(lost) != ["0"])
                #expect(try exchange.orders("open") == [])
                #expect(try await bench.ids("cancelled") == exchange.orders("cancelled"))
                #expect(try exchange.orders("fired") == fired)
                let late = "SELECT order_id FROM v_cancel WHERE class = 'too_late'"
                #expect(try await Set(bench.column(late)) == fired)
                try await expectTheLimit(bench, exchange)
            }
        }

        /// Both of the first answers are lost, so that there is time to change what comes third.
        @Test func `an id in doubt ends as the exchange's lists say`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(4, of: "BTC-USDT")
                let (fires, fails, gone, again) = (ids[0], ids[1], ids[2], ids[3])
                try exchange.inject(
                    """
                    {"script": [{"fault": "drop_after", "count": 2}],
                     "fire_first_ids": ["\(fires)"], "accepted_stays_open": ["\(fails)"]}
                    """
                )
                try await bench.queue(ids)
                let run = try await bench.drain(exchange) { _ in
                    try await eventually("the first request arrives") {
                        try exchange.arrivals().count >= 1
                    } seen: {
                        "\(try exchange.arrivals())"
                    }
                    try exchange.fail([fails])
                    try exchange.inject(#"{"order_err_codes": {"\#(gone)": 1061}}"#)
                }
                #expect(run.status == 3, "\(run)")
                let ends = """
                    SELECT order_id || ' ' || state || ' ' || class || ' ' || coalesce(err_code, '')
                        || ' ' || (relation_order_id IS NOT NULL) FROM v_cancel ORDER BY cancel_id
                    """
                #expect(
                    try await bench.column(ends) == [
                        "\(fires) rejected too_late  1", "\(fails) rejected permanent 1048 0",
                        "\(gone) cancelled confirmed  0", "\(again) cancelled already_done 1071 0",
                    ]
                )
                let found = "SELECT order_id || ' ' || found FROM v_lookup ORDER BY cancel_id"
                #expect(
                    try await bench.column(found)
                        == ["\(fires) fired", "\(fails) failed", "\(gone) cancelled"]
                )
                #expect(try exchange.orders("cancelled") == [gone, again])
                try await expectTheLimit(bench, exchange)
            }
        }
    }
}
