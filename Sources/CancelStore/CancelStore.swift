import Dispatch
package import GRDB
import Synchronization

/// The only door to the database file.
///
/// One connection, one queue: accesses are synchronous inside and run one after the other, so no
/// transaction can be suspended or cut half way. The file's own rules hold for every other tool as well;
/// what this type adds is the settings of its connection and the grouping into transactions.
package final class CancelStore: Sendable {
    /// Where the file lies.
    package let path: String
    private let isReadOnly: Bool
    private let statements: StatementSize
    private let connection: Mutex<Opened>
    private let patience: Patience
    private let executor = DispatchQueue(label: "quash.store")
    private let fault = Mutex<CommitFault?>(nil)

    /// An open connection and its statements.
    private struct Opened: Sendable {
        let queue: DatabaseQueue
        let prepared = PreparedQueries()

        /// Gives the statements back and closes the connection, which with statements left would not close.
        func close() throws {
            queue.inDatabase { _ in prepared.close() }
            try queue.close()
        }
    }

    private init(path: String, readonly: Bool, statements: StatementSize) throws {
        self.path = path
        isReadOnly = readonly
        self.statements = statements
        patience = Patience()
        connection = Mutex(
            Opened(
                queue: try Self.connect(
                    path,
                    readonly: readonly,
                    statements: statements,
                    patience: patience
                )
            )
        )
    }

    private static func connect(
        _ path: String,
        readonly: Bool,
        statements: StatementSize,
        patience: Patience
    ) throws -> DatabaseQueue {
        try DatabaseQueue(
            path: path,
            configuration: Connection.configuration(
                readonly: readonly,
                statements: statements,
                patience: patience
            )
        )
    }

    private var opened: Opened { connection.withLock(\.self) }
    private var queue: DatabaseQueue { opened.queue }

    /// Opens a file for writing; it must be ours and at this program's version.
    ///
    /// `statements` is the most that one of them will change: an act may move a whole job.
    ///
    /// - Throws: `StoreError`, or SQLite's own error where the disk fails.
    package static func open(_ path: String, statements: StatementSize = .large) throws
        -> CancelStore
    {
        try open(path, readonly: false, statements: statements)
    }

    /// Opens a file for reading only: it then can neither write nor checkpoint.
    ///
    /// - Throws: As `open(_:)`.
    package static func openReadOnly(_ path: String) throws -> CancelStore {
        try open(path, readonly: true, statements: .large)
    }

    /// Makes a file, or brings one up to this program's version, and opens it.
    ///
    /// On return the schema is current and account `main` is there. A new file is readable by its owner
    /// only. A foreign or newer file is refused and left byte for byte as it was.
    ///
    /// - Throws: As `open(_:)`.
    package static func migrate(_ path: String) throws -> CancelStore {
        if try Schema.identify(path) == .absent {
            try Schema.makeFile(path)
        }
        let store = try CancelStore(path: path, readonly: false, statements: .large)
        try Schema.migrate(store.queue)
        try store.queue.writeWithoutTransaction(Connection.verify)
        return store
    }

    private static func open(
        _ path: String,
        readonly: Bool,
        statements: StatementSize
    ) throws -> CancelStore {
        guard case .ours(let version) = try Schema.identify(path) else {
            throw StoreError.missing(path: path)
        }
        guard version == Schema.version else {
            throw StoreError.older(path: path, found: version, known: Schema.version)
        }
        let store = try CancelStore(path: path, readonly: readonly, statements: statements)
        try store.queue.writeWithoutTransaction(Connection.verify)
        return store
    }

    /// Runs one write transaction, whole or not at all.
    ///
    /// The write lock is taken first (`BEGIN IMMEDIATE`), so what `body` reads, clocks included, cannot
    /// grow old while waiting for it. On return it is durable; after a throw nothing of it is there,
    /// unless COMMIT itself failed, which leaves it unknown: see `StoreFailure.broken`.
    package func write<Result>(_ body: (Ledger) throws -> Result) throws -> Result {
        var result: Result?
        let fault = fault.withLock { fault in
            defer { fault = nil }
            return fault
        }
        let opened = opened
        try opened.queue.inTransaction(.immediate) { db in
            result = try body(Ledger(db: db, prepared: opened.prepared))
            if fault == .rolledBack { throw DatabaseError(resultCode: .SQLITE_IOERR) }
            return .commit
        }
        if fault == .carriedOut { throw DatabaseError(resultCode: .SQLITE_IOERR) }
        guard let result else { preconditionFailure("a committed transaction has its result") }
        return result
    }

    /// Runs what `write` would and takes it back: a dry run that does all of it, so that it tells the truth.
    ///
    /// It holds the write lock meanwhile, as the real thing would.
    package func rehearse<Result>(_ body: (Ledger) throws -> Result) throws -> Result {
        var result: Result?
        let opened = opened
        try opened.queue.inTransaction(.immediate) { db in
            result = try body(Ledger(db: db, prepared: opened.prepared))
            return .rollback
        }
        guard let result else { preconditionFailure("a rehearsed transaction has its result") }
        return result
    }

    /// Runs `write` on the store's own thread: it may wait for the lock, and no task's thread
    /// should.
    ///
    /// Nothing that happens to the calling task cuts it. It gives up after waiting `limit` for the lock.
    package func writeDetached<Result: Sendable>(
        waiting limit: Duration = Patience.ordinary,
        _ body: @escaping @Sendable (Ledger) throws -> Result
    ) async throws -> Result {
        try await detached { try self.limited(to: limit) { try self.write(body) } }
    }

    /// Opens the file anew after a COMMIT failed.
    ///
    /// In WAL mode a COMMIT that failed in its sync may be invisible to every connection that is open and yet
    /// be there after the next one is opened, so nothing that was read before can be believed.
    package func reopen() async throws {
        try await detached { [self] in
            // A connection that failed may fail to close as well; it is given up either way.
            try? opened.close()
            let fresh = try Self.connect(
                path,
                readonly: isReadOnly,
                statements: statements,
                patience: patience
            )
            try fresh.writeWithoutTransaction(Connection.verify)
            connection.withLock { $0 = Opened(queue: fresh) }
        }
    }

    /// How a COMMIT fails on purpose.
    package enum CommitFault: Sendable {
        /// It reports a failure, and nothing of it is there.
        case rolledBack
        /// It reports a failure, and all of it is there.
        case carriedOut
    }

    /// Makes the next COMMIT fail, as a disk does; for tests.
    package func failNextCommit(_ fault: CommitFault) { self.fault.withLock { $0 = fault } }

    /// Calls `body` before every statement that runs on this connection, those of triggers included; for tests.
    package func watchStatements(_ body: @escaping @Sendable () -> Void) {
        queue.inDatabase { db in db.trace { _ in body() } }
    }

    /// Runs `read` on the store's own thread.
    package func readDetached<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws -> Result {
        try await detached { try self.read(body) }
    }

    /// Runs reads against one snapshot of the file.
    package func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try queue.read(body)
    }

    /// Runs an access outside any transaction; for checkpoints only.
    func withoutTransaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try queue.writeWithoutTransaction(body)
    }

    /// Waits for locks at most `limit` within `body`.
    func limited<Result>(to limit: Duration, _ body: () throws -> Result) rethrows -> Result {
        try patience.limited(to: limit, body)
    }

    /// Runs an access on the store's own thread.
    func detached<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            executor.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    /// SQLite's count of commits by *other* connections: it changes when another tool has written.
    ///
    /// Nil where that cannot be told just now, because another connection holds the file: look again.
    package func dataVersion() throws -> Int? {
        do {
            return try queue.writeWithoutTransaction { db in
                try Int.fetchOne(db, sql: "PRAGMA data_version")
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return nil
        }
    }

    /// Closes the file.
    ///
    /// Nothing depends on it being called.
    package func close() throws { try opened.close() }
}
