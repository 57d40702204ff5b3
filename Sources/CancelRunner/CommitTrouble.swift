import Cancels

/// How turns failed to commit lately.
struct CommitTrouble {
    /// Turns in a row that the disk has failed.
    var failures = 0
    /// Since when another connection has held the write lock.
    private(set) var lockedSince: BootTime?
    private var saidAt: BootTime?

    /// Whether a COMMIT failed, so that the file may hold more than this process knows of.
    var isInDoubt: Bool { failures > 0 }

    /// Notes that the lock was not to be had; tells whether it is time to say so.
    mutating func isLocked(at now: BootTime, saidEvery reminder: Duration) -> Bool {
        lockedSince = lockedSince ?? now
        if let saidAt, now - saidAt < reminder { return false }
        saidAt = now
        return true
    }

    /// Notes that a turn came through; gives what to say where there had been trouble.
    mutating func end(at now: BootTime) -> String? {
        defer { self = Self() }
        if failures > 0 { return "the database answers again; the work goes on" }
        guard saidAt != nil, lockedSince != nil else { return nil }
        return "the write lock was released; the work goes on"
    }
}
