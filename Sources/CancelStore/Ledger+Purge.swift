package import Cancels
import Foundation
import GRDB

/// What a purge is asked for.
package struct PurgeOrder: Hashable, Sendable {
    /// What was settled since then stays.
    package var before: WallTime
    package var archive: String
    package var reason: String?
    package var by: String?

    package init(before: WallTime, archive: String, reason: String?, by: String?) {
        (self.before, self.archive, self.reason, self.by) = (before, archive, reason, by)
    }
}

extension Ledger {
    /// Where a purge would cut.
    package func cut(before: WallTime) throws -> Cut { try Cutting(db, before: before).cut() }

    /// Removes what lies before a cut, with a sealed row that says so and where the chains go on.
    ///
    /// `cut` is the one that the archive allows; that it still holds here is checked by the triggers of `purge`,
    /// whoever inserts there. What was settled since makes no difference: the next purge may take it.
    ///
    /// - Throws: `StoreError.refused` where something before the cut is not, or not any more, over.
    package func purge(_ cut: Cut, _ order: PurgeOrder, now: Now) throws {
        let id: Int64
        do {
            id = try insertPurge(cut, order, now: now)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw StoreError.refused(
                "the file changed while it was archived, and nothing was purged (\(error.message ?? "refused")); "
                    + "\(order.archive) is a whole copy of it and was kept. Run it again with another --archive"
            )
        }
        try survey(.subtractFromTally, [cut.range.job])
        try survey(.addToTally, [cut.cancels])
        try note(
            Event(
                "purge",
                by: order.by,
                reason: order.reason,
                detail:
                    "purge \(id): jobs up to \(cut.range.job), \(cut.cancels) rows of ids; archive \(order.archive)"
            ),
            now: now
        )
        let range = cut.range
        for (query, last) in [
            (Survey.deleteFindings, range.scan), (.deleteMembers, range.scan),
            (.deleteScans, range.scan), (.deleteAttempts, range.request),
            (.deleteAnswers, range.answer), (.deleteRequests, range.request),
            (.deleteCancels, range.job), (.deleteJobs, range.job), (.deleteEvents, range.event),
            (.deleteActs, range.act),
        ] {
            try survey(query, [last])
        }
        try seal(limit: .max)
    }

    /// Writes the row of a purge with its seal; gives its id.
    private func insertPurge(_ cut: Cut, _ order: PurgeOrder, now: Now) throws -> Int64 {
        let range = cut.range
        let id = (try value(.greatestID, ["purge"]) as Int64? ?? 0) + 1
        func values(
            _ answerHead: any DatabaseValueConvertible,
            _ eventHead: any DatabaseValueConvertible
        )
            -> [(any DatabaseValueConvertible)?]
        {
            [
                now.wall.milliseconds, order.by, order.reason, order.before.milliseconds, range.job,
                range.request, range.answer, answerHead, range.event, eventHead, range.scan,
                range.act, cut.cancels, order.archive,
            ]
        }
        let shown = values(cut.answerHead.hex, cut.eventHead.hex)
        let stored = values(Data(cut.answerHead.bytes), Data(cut.eventHead.bytes))
        let seal = try History(db).sealOfDraft(
            id,
            shown,
            after: row(.latestPurge).map { Seal($0[1]) } ?? .start
        )
        try survey(.insertPurge, StatementArguments([Data(seal.bytes)] + stored))
        return db.lastInsertedRowID
    }

    private func survey(_ query: Survey, _ arguments: StatementArguments) throws {
        try db.execute(sql: query.rawValue, arguments: arguments)
    }
}

extension History {
    /// The seal that a row of `purge` is to have, before it is in the file.
    fileprivate func sealOfDraft(
        _ id: Int64,
        _ values: [(any DatabaseValueConvertible)?],
        after seal: Seal
    ) throws -> Seal {
        let rows = try Row.fetchCursor(
            db,
            sql: Survey.draft.rawValue,
            arguments: StatementArguments([id] + values)
        )
        guard let row = try rows.next() else { preconditionFailure("one row is selected") }
        return seal.following(try purgeRecord(row))
    }
}
