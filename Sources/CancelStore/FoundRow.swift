import GRDB
import GRDBSQLite

/// One row that a query found, by the names or the places of its columns.
///
/// The schema vouches for the types: a NULL or another type where the code wants a value stops the program.
struct FoundRow {
    fileprivate let columns: ColumnNames
    fileprivate let values: [StoredValue]

    init(columns: ColumnNames, values: [StoredValue]) {
        self.columns = columns
        self.values = values
    }

    subscript<Value: Storable>(name: String) -> Value { required(values[columns.place(of: name)]) }
    subscript<Value: Storable>(name: String) -> Value? { optional(values[columns.place(of: name)]) }
    subscript<Value: Storable>(place: Int) -> Value { required(values[place]) }

    /// Its first column.
    func first<Value: Storable>() -> Value? { optional(values[0]) }

    private func required<Value: Storable>(_ value: StoredValue) -> Value {
        guard let read = Value(value) else { preconditionFailure("\(value) is no \(Value.self)") }
        return read
    }

    private func optional<Value: Storable>(_ value: StoredValue) -> Value? {
        if case .null = value { return nil }
        return required(value) as Value
    }
}

/// The names of a statement's columns.
final class ColumnNames {
    /// How many there are.
    let count: Int
    private let places: [String: Int]

    init(of statement: SQLiteStatement) {
        count = Int(sqlite3_column_count(statement))
        let names = (0..<count).map { String(cString: sqlite3_column_name(statement, Int32($0))) }
        places = Dictionary(zip(names, names.indices)) { first, _ in first }
    }

    /// Where a column stands.
    func place(of name: String) -> Int {
        guard let place = places[name] else { preconditionFailure("no column \(name)") }
        return place
    }
}

/// What can stand in a column, in Swift's words.
protocol Storable {
    init?(_ value: StoredValue)
    var stored: StoredValue { get }
}

/// What stands in a column, in SQLite's words.
enum StoredValue {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    init(of statement: SQLiteStatement, at place: Int32) {
        switch sqlite3_column_type(statement, place) {
        case SQLITE_NULL: self = .null
        case SQLITE_INTEGER: self = .integer(sqlite3_column_int64(statement, place))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(statement, place)
            let count = Int(sqlite3_column_bytes(statement, place))
            let bytes = UnsafeBufferPointer(start: start, count: count)
            self = .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(statement, place)
            let count = Int(sqlite3_column_bytes(statement, place))
            self = .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
        case let type: preconditionFailure("no column of the schema holds type \(type)")
        }
    }

    /// Gives it to a statement; gives SQLite's result code.
    func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
        // SQLite takes a copy.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch self {
        case .null: return sqlite3_bind_null(statement, place)
        case .integer(let number): return sqlite3_bind_int64(statement, place, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                // An empty text has no address, and without one SQLite binds NULL.
                guard let start = bytes.baseAddress else {
                    return sqlite3_bind_text(statement, place, "", 0, transient)
                }
                return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    sqlite3_bind_text(statement, place, $0, Int32(bytes.count), transient)
                }
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, place, 0) }
            return sqlite3_bind_blob(statement, place, bytes, Int32(bytes.count), transient)
        }
    }
}

extension Int64: Storable {
    init?(_ value: StoredValue) {
        guard case .integer(let number) = value else { return nil }
        self = number
    }
    var stored: StoredValue { .integer(self) }
}

extension Int: Storable {
    init?(_ value: StoredValue) {
        guard case .integer(let number) = value else { return nil }
        self = Int(number)
    }
    var stored: StoredValue { .integer(Int64(self)) }
}

extension Bool: Storable {
    init?(_ value: StoredValue) {
        guard case .integer(let number) = value else { return nil }
        self = number != 0
    }
    var stored: StoredValue { .integer(self ? 1 : 0) }
}

extension String: Storable {
    init?(_ value: StoredValue) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
    var stored: StoredValue { .text(self) }
}

extension [UInt8]: Storable {
    init?(_ value: StoredValue) {
        guard case .blob(let bytes) = value else { return nil }
        self = bytes
    }
    var stored: StoredValue { .blob(self) }
}
