import CSupport

/// The schema in a database in memory, seen through the connection of a foreign tool.
final class Inlet {
    /// How much of each table there is that an insert may touch.
    struct Contents: Equatable {
        let jobs: Int
        let cancels: Int
        let targets: Int
    }

    /// Every sentence with which the schema refuses a job or an id.
    let sentences: Set<String>

    private var database: OpaquePointer?
    private var inserts: [OpaquePointer?] = []
    private var count: OpaquePointer?
    private var ids: OpaquePointer?
    private var given: OpaquePointer?

    init(trustedSchema: Bool, foreignKeys: Bool, recursiveTriggers: Bool, verbs: [String]) {
        let migrations = Migrations.inOrder()
        sentences = Migrations.sentences(in: migrations.joined())
        require(sqlite3_open(":memory:", &database) == SQLITE_OK, "no database in memory")
        run("PRAGMA foreign_keys = OFF")
        for migration in migrations { run(migration) }
        run("PRAGMA trusted_schema = \(trustedSchema ? "ON" : "OFF")")
        run("PRAGMA foreign_keys = \(foreignKeys ? "ON" : "OFF")")
        run("PRAGMA recursive_triggers = \(recursiveTriggers ? "ON" : "OFF")")
        // A job that stands there already, so that "unchanged" is not merely "empty".
        run("INSERT INTO job (contract_code, order_ids) VALUES ('ETH-USDT', '5,6')")
        inserts = verbs.map {
            prepare("\($0) INTO job (contract_code, order_ids) VALUES ('BTC-USDT', ?1)")
        }
        count = prepare(
            "SELECT (SELECT count(*) FROM job), (SELECT count(*) FROM cancel), "
                + "(SELECT count(*) FROM target)"
        )
        ids = prepare(
            "SELECT order_id FROM cancel WHERE job_id = (SELECT max(id) FROM job) "
                + "AND state = 'pending' AND round = 1 ORDER BY id"
        )
        given = prepare("SELECT order_ids FROM job ORDER BY id DESC LIMIT 1")
    }

    /// Carries out SQL that cannot be refused.
    func run(_ sql: String) {
        let result = sqlite3_exec(database, sql, nil, nil, nil)
        require(result == SQLITE_OK, "\(message): \(sql.prefix(200))")
    }

    /// Queues a job with these `order_ids`; gives the sentence by which it is refused.
    func queue(_ text: Bytes, verb: Int) -> String? {
        let insert = inserts[verb]
        defer { sqlite3_reset(insert) }
        // Even an empty array has a place, which a NULL would not.
        let bound = (text + [0]).withUnsafeBytes {
            fuzz_bind_text(insert, $0.baseAddress, CInt(text.count))
        }
        require(bound == SQLITE_OK, message)
        let result = sqlite3_step(insert)
        if result == SQLITE_DONE { return nil }
        let sentence = message
        require(result & 0xFF == SQLITE_CONSTRAINT, "error \(result): \(sentence)")
        return sentence
    }

    func contents() -> Contents {
        defer { sqlite3_reset(count) }
        require(sqlite3_step(count) == SQLITE_ROW, message)
        return Contents(
            jobs: Int(sqlite3_column_int64(count, 0)),
            cancels: Int(sqlite3_column_int64(count, 1)),
            targets: Int(sqlite3_column_int64(count, 2))
        )
    }

    /// The job queued last: the text it came with, and its rows of `cancel`.
    func lastJob() -> (orderIDs: Bytes, ids: [Bytes]) {
        (texts(of: given).first ?? [], texts(of: ids))
    }

    private func texts(of statement: OpaquePointer?) -> [Bytes] {
        defer { sqlite3_reset(statement) }
        var texts: [Bytes] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            let start = sqlite3_column_text(statement, 0)
            let count = Int(sqlite3_column_bytes(statement, 0))
            texts.append(Bytes(UnsafeBufferPointer(start: start, count: count)))
        }
        return texts
    }

    private var message: String { String(cString: sqlite3_errmsg(database)) }

    private func prepare(_ sql: String) -> OpaquePointer? {
        var statement: OpaquePointer?
        let result = sqlite3_prepare_v2(database, sql, -1, &statement, nil)
        require(result == SQLITE_OK, "\(message): \(sql)")
        return statement
    }
}
