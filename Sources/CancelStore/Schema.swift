import Glibc
import GRDB

/// The migrations, and whether a file is one of ours.
///
/// `application_id` and `user_version` are the only record of what a file is: the SQL sets both itself,
/// so a schema made by the `sqlite3` shell from `quash migrate --print` is the same thing.
package enum Schema {
    /// "QUSH", big-endian, in `PRAGMA application_id`.
    package static let applicationID = 0x5155_5348

    /// The migrations in order: migration n brings a file from `user_version` n − 1 to n.
    package static let migrations: [String] = [
        text(PackageResources.v001_cancel_sql),
        text(PackageResources.v002_lookup_sql),
        text(PackageResources.v003_seal_sql),
        text(PackageResources.v004_cheaper_attempt_sql),
        text(PackageResources.v005_cheaper_changes_sql),
        text(PackageResources.v006_cheaper_queueing_sql),
    ]

    /// The version this program needs.
    package static var version: Int { migrations.count }

    /// All of it as one script for the `sqlite3` shell, which makes the same file.
    package static var script: String {
        (["PRAGMA journal_mode = WAL;", "PRAGMA foreign_keys = OFF;", "BEGIN;"] + migrations
            + ["COMMIT;"])
            .joined(separator: "\n")
    }

    /// What a file is.
    enum Identity: Equatable {
        /// There is no file, or an empty one.
        case absent
        /// Ours, at a version this program knows.
        case ours(version: Int)
    }

    /// Looks at a file without changing a byte of it.
    ///
    /// - Throws: `StoreError.foreign` or `.newer`.
    static func identify(_ path: String) throws -> Identity {
        var info = stat()
        guard stat(path, &info) == 0 else { return .absent }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw StoreError.foreign(path: path, why: "it is not a regular file")
        }
        if info.st_size == 0 { return .absent }
        do {
            return try identify(FileProbe(path), at: path)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            // Any other error is the disk's or a damaged file's, and no reason to call it foreign.
            throw StoreError.foreign(path: path, why: error.message ?? "SQLite cannot read it")
        }
    }

    private static func identify(_ probe: borrowing FileProbe, at path: String) throws -> Identity {
        let application = try probe.number("PRAGMA application_id")
        let found = try probe.number("PRAGMA user_version")
        guard application == applicationID else {
            let tables = try probe.number("SELECT count(*) FROM sqlite_schema")
            if (application, found, tables) == (0, 0, 0) { return .absent }
            throw StoreError.foreign(
                path: path,
                why: "its application_id is \(application), not \(applicationID)"
            )
        }
        guard found <= version else {
            throw StoreError.newer(path: path, found: found, known: version)
        }
        return .ours(version: found)
    }

    /// Makes an empty file that is its owner's alone; one that is there stays.
    ///
    /// Made here and not by SQLite, so that no moment exists in which others may read it.
    static func makeFile(_ path: String) throws {
        let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw StoreError.unwritable(path: path, String(cString: strerror(errno)))
        }
        close(file)
    }

    /// Applies what is missing, in one transaction.
    ///
    /// The version is read again under the lock: another process may have migrated meanwhile.
    static func migrate(_ queue: DatabaseQueue) throws {
        // Neither can change inside a transaction. A table that is made anew is dropped while others refer
        // to it, which foreign keys would undo row by row; they are checked before the commit instead.
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = OFF")
        }
        try queue.inTransaction(.immediate) { db in
            let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            for sql in migrations.dropFirst(found) {
                try db.execute(sql: sql)
            }
            guard try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil else {
                throw StoreError.refused(
                    "the file holds rows that refer to rows it does not hold, so it was not migrated; was it "
                        + "changed by hand? PRAGMA foreign_key_check names them"
                )
            }
            return .commit
        }
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys = ON") }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
