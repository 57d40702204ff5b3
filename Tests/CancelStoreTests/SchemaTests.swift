import CancelStore
import Foundation
import GRDB
import TestSupport
import Testing

/// Files are made with care, and a file that is not ours stays as it is.
@Suite struct SchemaTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a new file is its owner's alone, durable, and has account main`() throws {
        let store = try CancelStore.migrate(folder.file("new.sqlite"))
        let attributes = try FileManager.default.attributesOfItem(atPath: store.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try store.read { (db: Database) throws in
            #expect(try String.fetchAll(db, sql: "SELECT name FROM account") == ["main"])
            #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
            #expect(try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
            #expect(try Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1)
            #expect(try Int.fetchOne(db, sql: "PRAGMA trusted_schema") == 0)
            #expect(try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID)
            #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == Schema.version)
        }
    }

    @Test func `migrating twice changes nothing`() throws {
        let path = folder.file("twice.sqlite")
        let first = try CancelStore.migrate(path)
        let schema = "SELECT group_concat(sql) FROM sqlite_schema"
        let before = try first.read { try String.fetchOne($0, sql: schema) }
        let second = try CancelStore.migrate(path)
        #expect(try second.read { try String.fetchOne($0, sql: schema) } == before)
    }

    @Test(arguments: 1..<Schema.version)
    func `a file of an earlier version is brought up with all that it holds`(version: Int) throws {
        let path = folder.file("old.sqlite")
        let shell = try Shell(path)
        try shell.run("PRAGMA journal_mode = WAL")
        try shell.run(Schema.migrations.prefix(version).joined(separator: "\n"))
        try shell.run(
            """
            INSERT INTO job (contract_code, order_ids, note) VALUES ('BTC-USDT', '1,2,1192021437253877761', 'n');
            INSERT INTO act (kind, account, by) VALUES ('pause', 'main', 'me')
            """
        )
        let held = """
            SELECT id || ' ' || job_id || ' ' || order_id || ' ' || state FROM cancel
            UNION ALL SELECT id || ' ' || order_ids || ' ' || note || ' ' || standing FROM job
            UNION ALL SELECT kind || ' ' || account || ' ' || by FROM act
            """
        let before = try shell.texts(held)
        let store = try CancelStore.migrate(path)
        #expect(before.count == 5)
        #expect(try shell.texts(held) == before)
        #expect(try shell.number("PRAGMA user_version") == Schema.version)
        #expect(try shell.texts("PRAGMA integrity_check") == ["ok"])
        let sql = "SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name"
        let fresh = try CancelStore.migrate(folder.file("new.sqlite"))
        #expect(
            try store.read { try String.fetchAll($0, sql: sql) }
                == fresh.read { try String.fetchAll($0, sql: sql) }
        )
        try shell.run("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', '4')")
        #expect(try shell.number("SELECT count(*) FROM cancel WHERE state = 'pending'") == 4)
    }

    @Test func `the printed SQL makes the same file`() throws {
        let printed = folder.file("printed.sqlite")
        let shell = try Shell(printed)
        try shell.run(Schema.script)
        let store = try CancelStore.migrate(folder.file("migrated.sqlite"))
        let sql = "SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name"
        #expect(try shell.texts(sql) == store.read { try String.fetchAll($0, sql: sql) })
        #expect(throws: Never.self) { try CancelStore.open(printed) }
    }

    @Test(
        arguments: [
            ("PRAGMA application_id = 7; CREATE TABLE t (a);", "is not a Quash database"),
            ("CREATE TABLE t (a);", "is not a Quash database"),
            (
                "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 99;",
                "newer than the \(Schema.version) this quash knows"
            ),
        ]
    )
    func `a foreign or newer file is refused byte for byte`(sql: String, reason: String) throws {
        let path = folder.file("foreign.sqlite")
        do { try Shell(path).run(sql) }
        try expectRefusal(of: path, reason)
    }

    @Test func `a file that is no database is refused byte for byte`() throws {
        let path = folder.file("text.sqlite")
        try Data(repeating: 0x41, count: 5_000).write(to: URL(fileURLWithPath: path))
        try expectRefusal(of: path, "is not a Quash database")
    }

    private func expectRefusal(of path: String, _ reason: String) throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        for open in [{ try CancelStore.open($0) }, CancelStore.openReadOnly, CancelStore.migrate] {
            let error = #expect(throws: StoreError.self) { try open(path) }
            #expect(error?.description.contains(reason) == true)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func `a missing file says how to make one`() {
        let path = folder.file("missing.sqlite")
        let error = #expect(throws: StoreError.self) { try CancelStore.open(path) }
        #expect(error?.description.contains("quash migrate --database \(path)") == true)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `two accounts with one access key are one UID and refused`() throws {
        let store = try CancelStore.migrate(folder.file("keys.sqlite"))
        try store.write { ledger in
            try ledger.addAccount("desk2")
            try ledger.claimKey(fingerprint: "f", for: "main")
        }
        let error = #expect(throws: StoreError.self) {
            try store.write { try $0.claimKey(fingerprint: "f", for: "desk2") }
        }
        #expect(
            error?.description.hasPrefix("accounts main and desk2 have the same access key") == true
        )
        #expect(throws: Never.self) {
            try store.write { try $0.claimKey(fingerprint: "g", for: "main") }
        }
    }
}
