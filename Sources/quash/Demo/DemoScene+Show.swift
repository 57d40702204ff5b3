import CancelStore
import Cancels
import Sandbox

extension DemoScene {
    /// Shows what became of each job, the proof of the limit, and how to ask more; then holds the database
    /// against the exchange's own books.
    ///
    /// - Throws: `Refusal` where they differ, or a promise is broken.
    func show() throws {
        try query(
            "What became of each job",
            """
            SELECT job_id, account, contract, queued_by, note, ids, cancelled, rejected, failed, pending
            FROM v_job ORDER BY job_id
            """
        )
        try query(
            "The proof of the limit: most requests in any second, by account",
            "SELECT account, most_in_any_second, requests FROM v_rate ORDER BY account"
        )
        try query(
            "Which ids need a person, and why",
            """
            SELECT job_id, order_id, class, err_code, err_msg FROM v_failure ORDER BY cancel_id LIMIT 5
            """
        )
        try query(
            "One of them, from request to answer",
            """
            SELECT request_id, outcome, http_status, received_at_ms - granted_at_ms AS ms FROM v_attempt
            WHERE order_id = (SELECT order_id FROM v_failure ORDER BY cancel_id LIMIT 1)
            """
        )
        try check()
        Terminal.print("\nAsk more:  sqlite3 \(path) 'SELECT * FROM v_request LIMIT 3'")
    }

    private func query(_ title: String, _ sql: String) throws {
        let (columns, rows) = try read { try $0.rows(sql: sql) }
        Terminal.print("\n\(title)\n\n  \(sql.split(separator: "\n").joined(separator: "\n  "));\n")
        Terminal.print(Table(columns, rows).description)
    }

    /// Holds every id against the exchange's books.
    private func check() throws {
        let summary = exchange.summary()
        let states = Dictionary(
            exchange.orders().map { ("\($0.account) \($0.id)", $0.state) },
            uniquingKeysWith: { first, _ in first }
        )
        let sql = "SELECT account || ' ' || order_id, state, class FROM v_cancel"
        let wrong = try read { try $0.rows(sql: sql) }.rows.filter { row in
            switch (row[1], states[row[0]]) {
            case ("cancelled", .cancelled?), ("rejected", nil): false
            // Named under another contract than it stands on: the exchange does not find it there.
            case ("rejected", _?): row[2] != "not_found"
            default: true
            }
        }
        let breaches = try read { try $0.rows(sql: "SELECT * FROM v_violation") }.rows
        let busiest = summary.accounts.values.map(\.busiestWindow).max() ?? 0
        Terminal.print(
            """

            The exchange's own books: \(summary.arrivals) arrivals, \(summary.refusedForRate) refused for rate, \
            never more than \(busiest) in a second of one account.
            Ids whose state here differs from theirs: \(wrong.count). Rows in v_violation: \(breaches.count).
            """
        )
        guard wrong.isEmpty, breaches.isEmpty, summary.refusedForRate == 0, busiest <= 5 else {
            throw Refusal(
                "the demo found a broken promise: \(wrong.prefix(5)) \(breaches.prefix(5))"
            )
        }
    }

    private var path: String { store.path }

    private func read<Result>(_ body: (Report) throws -> Result) throws -> Result {
        try store.read { try body(Report($0)) }
    }
}
