import CancelStore
import GRDB
import TestSupport
import Testing

/// No statement of the runner scans a table that grows, and none sorts what an index could give.
@Suite struct PlanTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    /// Tables as large as the exchange UIDs and their tokens, not as the work.
    private static let small = [
        "account", "bucket", "token", "tally", "boot", "checkpointer", "lookup", "purge",
        "sqlite_sequence",
    ]

    @Test(arguments: Query.allCases)
    func `a statement seeks`(query: Query) throws {
        for step in try plan(of: query.rawValue) {
            // The newest rows are read from the end, up to a limit.
            let isNewestFirst = query == .latestJobs || query == .latestRequests
            // An operator who pauses is told how much waits.
            #expect(
                !isScan(step) || isNewestFirst || query == .pendingOfAccount,
                "\(query): \(step)"
            )
            // Five tokens may be sorted, and what a retry took may be counted by contract.
            #expect(
                !step.contains("TEMP B-TREE") || query == .idleTokens || query == .retried,
                "\(query): \(step)"
            )
        }
    }

    /// A step that walks a whole growing table; walking a partial index whole, or in its own order up to a
    /// limit, is what such an index is for.
    private func isScan(_ step: String) -> Bool {
        guard let table = step.split(separator: " ").dropFirst().first, step.hasPrefix("SCAN")
        else {
            return false
        }
        let isPartial = [
            "cancel_due", "cancel_in_flight", "cancel_unresolved", "cancel_split", "job_waiting",
            "job_deadline",
            "token_in_use", "job_ready", "lookup_wanted", "scan_running", "answer_sealed",
            "event_sealed",
        ].contains { step.contains("INDEX \($0)") }
        return !isPartial && !Self.small.contains(String(table))
            && !["b", "a", "v_account", "v_job", "json_each", "CONSTANT"].contains(String(table))
    }

    @Test(
        arguments: [
            "SELECT * FROM v_cancel WHERE order_id = '1'",
            "SELECT * FROM v_cancel WHERE job_id = 1",
            "SELECT * FROM v_job WHERE job_id = 1",
            "SELECT * FROM v_request WHERE request_id = 1",
            "SELECT * FROM v_attempt WHERE job_id = 1",
            "SELECT * FROM v_attempt WHERE order_id = '1'",
            "SELECT * FROM v_failure WHERE job_id = 1",
        ]
    )
    func `a view seeks when asked for one thing`(sql: String) throws {
        for step in try plan(of: sql) {
            // The one row that the grouped view gives is walked, after it was sought.
            #expect(!step.hasPrefix("SCAN") || step == "SCAN v_job", "\(sql): \(step)")
        }
    }

    @Test func `every query has a place of its own, from 0 on`() {
        #expect(Query.allCases.map(\.place) == Array(0..<Query.allCases.count))
    }

    @Test func `the check can fail`() throws {
        #expect(try plan(of: "SELECT * FROM cancel WHERE attempts = 1").contains(where: isScan))
        #expect(try plan(of: "SELECT * FROM job WHERE note = 'x'").contains(where: isScan))
    }

    private func plan(of sql: String) throws -> [String] {
        try fixture.store.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
            let count = sql.filter { $0 == "?" }.count
            let numbered = sql.contains("?1")
            let arguments = Array(
                repeating: 0 as Int?,
                count: numbered ? Set(sql.matches(of: /\?[0-9]+/).map(\.output)).count : count
            )
            return try Row.fetchAll(statement, arguments: StatementArguments(arguments))
                .map { $0["detail"] }
        }
    }
}
