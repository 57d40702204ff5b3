import CancelStore
import GRDB
import TestSupport
import Testing

/// A file of an earlier version is brought up to date with every row it holds.
@Suite struct UpgradeTests {
    private let path: String
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("old.sqlite")
    }

    /// A request for two ids with an answer: one is accepted, one was lost.
    private static let history = """
        INSERT INTO runner (name, pid, process_started, process_space, boot_id, started_at_ms, heartbeat_ns)
            VALUES ('r', 1, 1, 'here', 'boot', 1, 1);
        INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', '1192021437253877761,7');
        INSERT INTO request (runner_id, endpoint, target_id, order_ids, size, token, granted_at_ms, granted_ns,
            boot_id) VALUES (1, 'cancel', 1, '1192021437253877761,7', 2, 0, 5, 6, 'boot');
        UPDATE cancel SET state = 'sending', request_id = 1;
        INSERT INTO answer (request_id, late, kind, received_at_ms, received_ns, boot_id, body)
            VALUES (1, 0, 'answered', 7, 8, 'boot',
                CAST('1192021437253877761' AS BLOB));
        INSERT INTO attempt (request_id, cancel_id, outcome, err_code, err_msg, counted)
            VALUES (1, 1, 'accepted', NULL, NULL, 1), (1, 2, 'transient', '1004', 'busy ✓', 1);
        UPDATE cancel SET state = 'cancelled', class = 'accepted', settled_at_ms = 9, answer_id = 1, attempts = 1
            WHERE id = 1;
        UPDATE cancel SET state = 'pending', class = 'transient', err_code = '1004', attempts = 1 WHERE id = 2;
        """

    /// Makes a file of a version, as `quash migrate --print` did then, with a history.
    private func make(version: Int) throws -> Shell {
        let shell = try Shell(path)
        let schema = Schema.migrations.prefix(version).joined(separator: "\n")
        try shell.run(
            "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = OFF; BEGIN; \(schema) COMMIT;"
        )
        try shell.run(Self.history)
        return shell
    }

    @Test(arguments: 1..<Schema.version)
    func `every row is carried over, and guarded as in a new file`(version: Int) throws {
        let shell = try make(version: version)
        let rows = """
            SELECT 'attempt' AS a, request_id AS b, cancel_id AS c, outcome AS d, err_code || err_msg AS e,
                counted AS f FROM attempt
            UNION ALL SELECT 'request', id, target_id, order_ids, granted_at_ms, granted_ns FROM request
            UNION ALL SELECT 'answer', id, request_id, kind, hex(body), received_ns FROM answer
            UNION ALL SELECT 'cancel', id, job_id, order_id, state || class, attempts FROM cancel
            """
        let texts = "SELECT json_array(a, b, c, d, e, f) FROM (\(rows))"
        let before = try shell.texts(texts)
        #expect(before.count == 6)

        let store = try CancelStore.migrate(path)
        #expect(try shell.texts(texts) == before)
        #expect(try shell.texts("SELECT promise || ': ' || breach FROM v_violation") == [])
        let words = "INSERT INTO attempt (request_id, cancel_id, outcome, counted) VALUES "
        #expect(shell.refusal(of: words + "(1, 2, 'transient', 1)") != nil)
        #expect(
            shell.refusal(of: "UPDATE attempt SET counted = 0")?.contains("history never changes")
                == true
        )
        // The same schema as that of a file made new.
        let fresh = try CancelStore.migrate(folder.file("new.sqlite"))
        let schema = "SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name"
        #expect(
            try store.read { try String.fetchAll($0, sql: schema) }
                == fresh.read { try String.fetchAll($0, sql: schema) }
        )
        // What is sealed of it afterwards holds.
        #expect(try store.write { try $0.seal(limit: 100) } == false)
        #expect(try shell.number("SELECT count(*) FROM answer WHERE seal IS NULL") == 0)
    }

    @Test func `an outcome that is none is refused`() throws {
        let shell = try make(version: Schema.version)
        try shell.run(
            "INSERT INTO request (runner_id, endpoint, target_id, order_ids, size, token, granted_at_ms, "
                + "granted_ns, boot_id) VALUES (1, 'cancel', 1, '7', 1, 0, 5, 6, 'boot')"
        )
        let words = "INSERT INTO attempt (request_id, cancel_id, outcome, counted) VALUES "
        #expect(
            shell.refusal(of: words + "(2, 2, 'cancelled', 1)")?.contains("attempt_outcome_known")
                == true
        )
        #expect(
            shell.refusal(of: words + "(2, 2, 'accepted', 2)")?.contains("attempt_counted_known")
                == true
        )
        try shell.run(words + "(2, 2, 'accepted', 1)")
    }
}
