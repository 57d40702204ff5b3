import Glibc
import GRDB
import Synchronization

/// How much one statement of a connection changes.
///
/// Before a page is changed, SQLite keeps it in case this statement alone must be undone. From 64 KB on it does so
/// in a file of its own, which was a seventh of the time of a turn.
package enum StatementSize: Sendable {
    /// Some rows: what undoes a statement stays in memory.
    case small
    /// Up to a whole table, as an act, a purge or a migration may: it goes to a file.
    case large
}

/// How this program opens SQLite; every setting a promise rests on is set by hand and read back.
enum Connection {
    /// The settings of every connection.
    ///
    /// `journalMode` stays at its default: where GRDB switches WAL on by itself it also sets
    /// `synchronous = NORMAL`, which may lose the last commits on power loss.
    static func configuration(
        readonly: Bool,
        statements: StatementSize,
        patience: Patience = Patience()
    ) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .callback { patience.keepsWaiting(after: $0) }
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA synchronous = FULL;
                    PRAGMA recursive_triggers = ON;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA cache_size = -16000;
                    PRAGMA journal_size_limit = 67108864;
                    PRAGMA temp_store = \(statements == .small ? "MEMORY" : "DEFAULT");
                    """
            )
        }
        return configuration
    }

    /// Reads back what the promises rest on.
    static func verify(_ db: Database) throws {
        for (name, wanted) in [
            ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"),
            ("recursive_triggers", "1"), ("trusted_schema", "0"), ("wal_autocheckpoint", "0"),
        ] {
            let found = try String.fetchOne(db, sql: "PRAGMA \(name)") ?? "nothing"
            guard found == wanted else {
                throw StoreError.setting(name, wanted: wanted, found: found)
            }
        }
    }
}

/// A busy handler that polls often and long.
///
/// SQLite's lock is not fair, and its own handler backs off to 100 ms between tries: two producers in a
/// tight loop starve it. Polling every 0.2 ms gets the lock within some 80 ms against eight of them; after
/// the first 100 ms, 1 ms saves the processor while a shell holds the lock for long.
package final class Patience: Sendable {
    private struct State {
        var limit: Duration
        var began: ContinuousClock.Instant?
    }

    /// How long a writer waits for the lock before it says so: 30 s.
    package static let ordinary: Duration = .seconds(30)

    private let state = Mutex(State(limit: ordinary))

    /// Waits at most `limit` within `body`.
    func limited<Result>(to limit: Duration, _ body: () throws -> Result) rethrows -> Result {
        state.withLock { $0.limit = limit }
        defer { state.withLock { $0.limit = Self.ordinary } }
        return try body()
    }

    /// Sleeps a moment and tells whether to try again.
    fileprivate func keepsWaiting(after tries: Int) -> Bool {
        let now = ContinuousClock.now
        let isOver = state.withLock { state in
            if tries == 0 { state.began = now }
            return now - (state.began ?? now) >= state.limit
        }
        if isOver { return false }
        usleep(tries < 500 ? 200 : 1000)
        return true
    }
}
