package import Cancels
import GRDB

/// The instants at which something can next happen by itself.
package struct NextInstants: Hashable, Sendable {
    /// The end of the next back-off.
    package var due: BootTime?
    /// The next `not_before_ms`.
    package var start: WallTime?
    /// The next `not_after_ms`.
    package var deadline: WallTime?
}

extension Ledger {
    /// Ends the back-offs that are over, at most `limit`; gives how many.
    package func endBackoffs(limit: Int, now: Now) throws -> Int {
        let due = try rows(.dueCancels, [now.boot.nanoseconds, limit])
        for row in due {
            try run(.unpark, [row["id"] as Int64])
            try rouse(job: row["job_id"])
        }
        return due.count
    }

    /// Makes the jobs ready whose `not_before_ms` has come; gives how many.
    package func startJobs(now: Now) throws -> Int {
        try run(.startJobs, [now.wall.milliseconds])
    }

    /// Expires the pending ids of jobs whose `not_after_ms` has passed, at most `limit`; gives how many.
    ///
    /// Where more remain than one sweep moves, the claim passes them over until they are moved. An id whose
    /// order has an unknown attempt behind it becomes unresolved.
    package func expireJobs(limit: Int, now: Now) throws -> Int {
        var moved = 0
        for row in try rows(.overdueJobs, [now.wall.milliseconds, limit]) {
            let job: Int64 = row["id"]
            let pending = try rows(.pendingOfJob, [job, limit - moved])
            if !pending.isEmpty {
                let event = try note(
                    Event("expire", jobID: job, detail: "\(pending.count) ids not sent in time"),
                    now: now
                )
                for cancel in pending { try expire(cancel, event: event, now: now) }
            }
            moved += pending.count
            // All of it is moved only where fewer came than were asked for.
            if pending.count < limit - (moved - pending.count) {
                try run(.closeJob, [job])
            } else {
                try idle(job: job)
            }
        }
        return moved
    }

    private func expire(_ cancel: FoundRow, event: Int64, now: Now) throws {
        let inDoubt: Bool = cancel["in_doubt"]
        let id: Int64 = cancel["id"]
        if inDoubt {
            try run(
                .expire,
                [CancelState.unresolved.rawValue, CancelClass.unknown.rawValue, nil, nil, id]
            )
        } else {
            try run(
                .expire,
                [CancelState.expired.rawValue, nil, now.wall.milliseconds, event, id]
            )
        }
    }

    /// When something can next happen by itself.
    package func nextInstants() throws -> NextInstants {
        let due: Int64? = try value(.nextDue)
        let start: Int64? = try value(.nextStart)
        let deadline: Int64? = try value(.nextDeadline)
        return NextInstants(
            due: due.map { BootTime(nanoseconds: $0) },
            start: start.map { WallTime(milliseconds: $0) },
            deadline: deadline.map { WallTime(milliseconds: $0) }
        )
    }
}
