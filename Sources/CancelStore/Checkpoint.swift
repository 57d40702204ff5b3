package import Cancels
import Glibc
import GRDB

// Who copies the WAL back into the file, and when.
//
// SQLite before 3.51.3 (but for 3.50.7 and 3.44.6 of their lines) has the WAL-reset bug: a checkpoint that
// begins right after another one completed, while a third connection commits, may write a wrong mark, and a
// later checkpoint then skips pages. So no connection of ours checkpoints by itself; one runner at a time
// does, the one that holds the lease row, with TRUNCATE, which holds the write lock while it copies. It
// waits only so long for that lock that its fall-back to PASSIVE is unlikely to be taken, and it is never run
// twice in a row. At 500 pages it comes well before the 1,000 at which a foreign connection with default
// settings would checkpoint by itself.

extension CancelStore {
    /// Pages in the WAL from which a checkpoint is due: 500, about 2 MB.
    static let pagesDue = 500
    /// How long the lease of the checkpointer lasts: 60 s.
    static let checkpointLease: Duration = .seconds(60)
    /// How long a checkpoint may wait for locks, 500 ms: a reader in the way must not cost tokens.
    static let checkpointPatience: Duration = .milliseconds(500)

    /// Whether the WAL has grown enough for a checkpoint; one `stat`.
    package var isCheckpointDue: Bool {
        var info = stat()
        guard stat(path + "-wal", &info) == 0 else { return false }
        return Int(info.st_size) >= Self.pagesDue * 4096
    }

    /// Checkpoints, if this runner holds the lease or can take it; tells whether the WAL was emptied.
    ///
    /// A reader or writer in the way is no error: the next one comes later.
    package func checkpoint(by runner: Int64, now: @escaping @Sendable () -> Now) async throws
        -> Bool
    {
        try await detached { [self] in
            do {
                return try limited(to: Self.checkpointPatience) {
                    guard try write({ try $0.leaseCheckpointer(runner, now: now()) }) else {
                        return false
                    }
                    _ = try withoutTransaction { try $0.checkpoint(.truncate) }
                    return true
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return false
            }
        }
    }
}

extension Ledger {
    /// Takes the lease of the checkpointer, and renews it once half of it is over; tells whether this runner holds it.
    ///
    /// A busy runner checkpoints several times a second: a lease renewed each time would be as many commits.
    package func leaseCheckpointer(_ runner: Int64, now: Now) throws -> Bool {
        let renewed = (now.boot + CancelStore.checkpointLease).nanoseconds
        guard let row = try row(.checkpointer) else {
            try run(.insertCheckpointer, [runner, now.bootID, renewed])
            return true
        }
        let isMine = row["runner_id"] as Int64 == runner
        let until: Int64 = row["until_ns"]
        let isOver = row["boot_id"] as String != now.bootID || until <= now.boot.nanoseconds
        guard isMine || isOver else { return false }
        if !isOver, until - now.boot.nanoseconds > CancelStore.checkpointLease.nanoseconds / 2 {
            return true
        }
        try run(.leaseCheckpointer, [runner, now.bootID, renewed, now.wall.milliseconds])
        return true
    }
}
