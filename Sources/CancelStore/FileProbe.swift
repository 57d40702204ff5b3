import Cancels
import GRDB
import GRDBSQLite

/// A connection that only looks at what a file says of itself, and changes not a byte of it.
///
/// Not one of GRDB's, which reads the whole schema when it opens: that took a sixth of the time of `quash status`, for
/// two numbers that stand in the first page.
struct FileProbe: ~Copyable {
    /// Without memory for it there is none, and every call below says so.
    private let db: OpaquePointer?

    /// Opens a file for reading.
    ///
    /// - Throws: `DatabaseError`.
    init(_ path: String) throws {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        db = opened
        guard code == SQLITE_OK else { throw error(code) }
        sqlite3_busy_timeout(db, Int32(Patience.ordinary.milliseconds))
    }

    deinit { sqlite3_close(db) }

    /// The number a query gives, 0 where it gives none.
    ///
    /// - Throws: `DatabaseError`, with SQLite's words.
    func number(_ sql: String) throws -> Int {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(db, sql, -1, &statement, nil)
        guard code == SQLITE_OK else { throw error(code) }
        defer { sqlite3_finalize(statement) }
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return Int(sqlite3_column_int64(statement, 0))
        case SQLITE_DONE: return 0
        case let code: throw error(code)
        }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(db))
        )
    }
}
