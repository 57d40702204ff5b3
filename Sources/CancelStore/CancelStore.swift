import Dispatch
package import GRDB

/// The only door to the database file.
///
/// One connection, one queue: accesses are synchronous inside and run one after the other, so no
/// transaction can be suspended or cut half way. The file's own rules hold for every other tool as well;
/// what this type adds is the settings of its connection and the grouping into transactions.
package final class CancelStore: Sendable {
    /// Where the file lies.
    package let path: String
    private let queue: DatabaseQueue
    private let patience: Patience
    private let executor = DispatchQueue(label: "quash.store")

    private init(path: String, readonly: Bool) throws {
        self.path = path
        patience = Patience()
        queue = try DatabaseQueue(
            path: path,
            configuration: Connection.configuration(readonly: readonly, patience: patience)
        )
    }

    /// Opens a file for writing; it must be ours and at this program's version.
    ///
    /// - Throws: `StoreError`, or SQLite's own error where the disk fails.
    package static func open(_ path: String) throws -> CancelStore {
        try open(path, readonly: false)
    }

    /// Opens a file for reading only: it then can neither write nor checkpoint.
    ///
    /// - Throws: As `open(_:)`.
    package static func openReadOnly(_ path: String) throws -> CancelStore {
        try open(path, readonly: true)
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
        let store = try CancelStore(path: path, readonly: false)
        try Schema.migrate(store.queue)
        try store.queue.writeWithoutTransaction(Connection.verify)
        return store
    }

    private static func open(_ path: String, readonly: Bool) throws -> CancelStore {
        guard case .ours(let version) = try Schema.identify(path) else {
            throw StoreError.missing(path: path)
        }
        guard version == Schema.version else {
            throw StoreError.older(path: path, found: version, known: Schema.version)
        }
        let store = try CancelStore(path: path, readonly: readonly)
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
        try queue.inTransaction(.immediate) { db in
            result = try body(Ledger(db: db))
            return .commit
        }
        guard let result else { preconditionFailure("a committed transaction has its result") }
        return result
    }

    /// Runs `write` on the store's own thread: it may wait for the lock, and no task's thread
    /// should.
    ///
    /// Nothing that happens to the calling task cuts it.
    package func writeDetached<Result: Sendable>(
        _ body: @escaping @Sendable (Ledger) throws -> Result
    ) async throws -> Result {
        try await detached { try self.write(body) }
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
    package func close() throws { try queue.close() }
}
