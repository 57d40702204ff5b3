import CancelRunner
import CancelStore
import Cancels
import GRDB
import TestSupport
import Testing

/// Every turn seals what it wrote, and what other tools wrote before it.
@Suite struct SealTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private var unsealed: [String] {
        get throws {
            try desk.texts(
                """
                SELECT 'answer ' || id FROM answer WHERE seal IS NULL
                UNION ALL SELECT 'event ' || id FROM event WHERE seal IS NULL
                """
            )
        }
    }

    @Test func `an answer is sealed by the commit that records it`() throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(request, .accepted))
        #expect(try desk.texts("SELECT length(seal) FROM answer") == ["32"])
        #expect(try unsealed == [])
    }

    @Test func `what an answer is recorded in is rolled back with its seal`() throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        desk.fixture.store.failNextCommit(.rolledBack)
        #expect(throws: DatabaseError.self) { try desk.turn(desk.answer(request, .accepted)) }
        #expect(try desk.texts("SELECT id FROM answer") == [])
        try desk.turn(desk.answer(request, .accepted))
        #expect(try desk.audit().isIntact)
    }

    @Test func `an event of another tool is sealed by the next turn`() throws {
        try desk.write("INSERT INTO act (kind, account, by) VALUES ('pause', 'main', 'ann')")
        try desk.write("INSERT INTO event (kind, reason) VALUES ('note', 'by hand')")
        #expect(try unsealed == ["event 1", "event 2"])
        // The account is paused, and nothing may be claimed: it is sealed all the same.
        try desk.turn(allowance: 0, work: .reconciliation)
        #expect(try unsealed == [])
        #expect(try desk.audit().isIntact)
    }

    @Test func `a turn seals so many rows and comes back for the rest at once`() throws {
        desk.settings.seals = 3
        for number in 1...8 {
            try desk.write("INSERT INTO event (kind, reason) VALUES ('note', '\(number)')")
        }
        let now = desk.fixture.now.boot
        #expect(try desk.turn().wake == now)
        #expect(try unsealed.count == 5)
        #expect(try desk.turn().wake == now)
        #expect(try desk.turn().wake == nil)
        #expect(try unsealed == [])
        #expect(try desk.audit().isIntact)
    }

    @Test func `what came behind a seal stays unsealed and is named`() throws {
        for _ in 1...3 { try desk.write("INSERT INTO event (kind) VALUES ('note')") }
        try desk.turn()
        try desk.write("DROP TRIGGER event_seal; UPDATE event SET seal = NULL WHERE id = 2")
        try desk.write("INSERT INTO event (kind) VALUES ('note')")
        try desk.turn()
        #expect(try unsealed == ["event 2"])
        #expect(
            try desk.violations() == ["seal: event 2 is unsealed, though later ones are sealed"]
        )
    }

    @Test(
        arguments: [
            "INSERT OR IGNORE INTO event (kind) VALUES (NULL)",
            "INSERT OR IGNORE INTO event (kind, at_ms) VALUES ('note', NULL)",
            "INSERT OR IGNORE INTO event (kind, at_ms) VALUES ('note', 'noon')",
            """
            INSERT OR IGNORE INTO answer (request_id, kind, received_at_ms, received_ns, boot_id)
                VALUES (1, 'odd', 1, 1, 'b')
            """,
            """
            INSERT OR IGNORE INTO answer (request_id, late, kind, received_at_ms, received_ns, boot_id)
                VALUES (1, 2, 'lost', 1, 1, 'b')
            """,
            """
            INSERT OR IGNORE INTO answer (request_id, kind, received_at_ms, received_ns, boot_id)
                VALUES (1, 'lost', 1, NULL, 'b')
            """,
        ]
    )
    func `no statement that passes over a row leaves a gap in the ids`(sql: String) throws {
        try desk.queue(ids(0..<1))
        try desk.turn()
        try desk.write("INSERT INTO event (kind) VALUES ('note')")
        #expect(throws: DatabaseError.self) { try desk.write(sql) }
        try desk.write("INSERT INTO event (kind) VALUES ('note')")
        #expect(try desk.texts("SELECT id FROM event") == ["1", "2"])
        #expect(try desk.violations() == [])
    }

    @Test func `nothing can be added to an answer that is sealed`() throws {
        try desk.queue(ids(0..<1))
        try desk.queue(ids(1..<2))
        let request = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(request, .accepted), allowance: 0)
        let sql =
            "INSERT INTO attempt (request_id, cancel_id, outcome, counted) VALUES (1, 3, 'unknown', 0)"
        let error = #expect(throws: DatabaseError.self) { try desk.write(sql) }
        #expect(error?.message == "attempt: the answer to its request is sealed")
        try desk.write(
            "INSERT INTO scan (target_id, purpose, runner_id, began_at_ms) VALUES (1, 'reconcile', 1, 1)"
        )
        try desk.write("INSERT INTO scan_member VALUES (1, 1)")
        let finding = #expect(throws: DatabaseError.self) {
            try desk.write(
                "INSERT INTO finding VALUES (1, 1, 1, 'live', NULL, NULL, NULL, 'x', NULL, 1, 1, 'b')"
            )
        }
        #expect(finding?.message == "finding: its answer is sealed")
    }
}

extension Desk {
    /// What an audit of the file finds.
    func audit(kept: [Head] = []) throws -> AuditReport {
        try fixture.store.read { try Audit($0).run(kept: kept) }
    }
}
