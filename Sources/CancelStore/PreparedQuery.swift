import GRDB
import GRDBSQLite

/// The statements of one connection, each prepared when it first runs and kept until the connection closes.
///
/// A turn runs dozens of statements a request, most of them for a microsecond; so they go to SQLite's own interface,
/// without a search by text, a boxed argument or a column name in lower case between. Everything around a transaction
/// is GRDB's, and so is every statement that runs now and then.
///
/// Unchecked, for only the connection's queue touches it: a `Ledger` lives in a transaction, and `Opened` closes there.
final class PreparedQueries: @unchecked Sendable {
    private var prepared: [PreparedQuery?] = Array(repeating: nil, count: Query.allCases.count)

    /// The statement of a query.
    ///
    /// - Throws: `DatabaseError` where SQLite cannot prepare it.
    func statement(of query: Query, on db: Database) throws -> PreparedQuery {
        if let known = prepared[query.place] { return known }
        let made = try PreparedQuery(query, on: db)
        prepared[query.place] = made
        return made
    }

    /// Gives the statements back, without which a connection does not close.
    func close() {
        for index in prepared.indices { prepared[index] = nil }
    }
}

extension Query {
    /// Where it stands among all queries: its discriminator, which stops the program once it takes more than a byte.
    package var place: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}

/// One prepared statement.
final class PreparedQuery {
    private let handle: SQLiteStatement
    private let connection: SQLiteConnection
    private let columns: ColumnNames

    fileprivate init(_ query: Query, on db: Database) throws {
        guard let connection = db.sqliteConnection else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed")
        }
        var made: SQLiteStatement?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = sqlite3_prepare_v3(connection, query.rawValue, -1, flags, &made, nil)
        guard code == SQLITE_OK, let made else {
            throw DatabaseError(of: connection, query.rawValue)
        }
        handle = made
        self.connection = connection
        columns = ColumnNames(of: made)
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs it to its end; gives how many rows it changed.
    func run(_ arguments: [(any Storable)?]) throws -> Int {
        defer { sqlite3_reset(handle) }
        try bind(arguments)
        while try step() {}
        return Int(sqlite3_changes(connection))
    }

    /// The rows it finds, at most `limit`.
    func rows(_ arguments: [(any Storable)?], limit: Int = .max) throws -> [FoundRow] {
        defer { sqlite3_reset(handle) }
        try bind(arguments)
        var found: [FoundRow] = []
        while found.count < limit, try step() {
            found.append(FoundRow(columns: columns, values: (0..<columns.count).map(value)))
        }
        return found
    }

    private func bind(_ arguments: [(any Storable)?]) throws {
        precondition(
            arguments.count == Int(sqlite3_bind_parameter_count(handle)),
            "an argument is missing"
        )
        for (index, argument) in arguments.enumerated() {
            let place = Int32(index + 1)
            let code =
                argument?.stored.bind(to: handle, at: place) ?? sqlite3_bind_null(handle, place)
            guard code == SQLITE_OK else { throw failure() }
        }
    }

    /// Goes to the next row; false at the end.
    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        default: throw failure()
        }
    }

    private func value(at index: Int) -> StoredValue { StoredValue(of: handle, at: Int32(index)) }

    private func failure() -> DatabaseError {
        DatabaseError(of: connection, String(cString: sqlite3_sql(handle)))
    }
}

extension DatabaseError {
    /// What SQLite says of the call that failed last.
    fileprivate init(of connection: SQLiteConnection, _ sql: String) {
        self.init(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)),
            sql: sql
        )
    }
}
