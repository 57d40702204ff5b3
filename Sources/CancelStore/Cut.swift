package import Cancels
import Foundation
package import GRDB

/// Where a purge may cut the history of a file, and what keeps it from cutting later.
package struct Cut: Hashable, Sendable {
    /// What goes: everything up to these rows.
    package var range = PurgeRange()
    package var answerHead = Seal.start
    package var eventHead = Seal.start
    package var jobs = 0
    package var cancels = 0
    /// What holds the next job, as a sentence; nil where all jobs go.
    package var hold: String?

    /// Whether nothing goes.
    package var isEmpty: Bool { jobs == 0 }
}

/// Looks for the last place where the history can be cut in two, so that no row refers across the cut.
///
/// All of a job goes or none of it, and with it every request that carried an id of it, so two jobs that
/// were worked on side by side go together. It walks the whole file.
package struct Cutting {
    private let db: Database
    private let before: WallTime
    private var last: PurgeRow?
    private var jobs: [CutJob] = []
    /// The first row of each table that must stay.
    private var firsts = PurgeRange()

    package init(_ db: Database, before: WallTime) throws {
        self.db = db
        self.before = before
        last = try Row.fetchOne(db, sql: Query.latestPurge.rawValue).map(PurgeRow.init)
        jobs = try CutJob.all(in: db)
        if let row = try Row.fetchOne(
            db,
            sql: Survey.firsts.rawValue,
            arguments: [before.milliseconds]
        ) {
            firsts.request = row["request"] ?? .max
            firsts.answer = row["answer"] ?? .max
            firsts.event = row["event"] ?? .max
            firsts.scan = row["scan"] ?? .max
            firsts.act = row["act"] ?? .max
        }
    }

    /// The last cut there is; an empty one where nothing can go.
    package func cut() throws -> Cut {
        var cut = Cut()
        cut.range = last?.range ?? PurgeRange()
        (cut.answerHead, cut.eventHead) = (last?.answerHead ?? .start, last?.eventHead ?? .start)
        let newest = jobs.lazy.map(\.newest).max() ?? 0
        let over = jobs.prefix { $0.hold(before: before, newest: newest) == nil }
        if over.count < jobs.count {
            cut.hold = jobs[over.count].hold(before: before, newest: newest)
        }
        let later = suffixes()
        let ends = prefixes(over)
        for count in stride(from: over.count, to: 0, by: -1) {
            let end = ends[count - 1]
            if let hold = try hold(at: end, later[count], last: jobs[count - 1].id) {
                cut.hold = hold
                continue
            }
            return try close(cut, after: count, end: end, later: later[count])
        }
        return cut
    }

    /// The greatest rows that belong to each beginning of the jobs.
    private func prefixes(_ over: ArraySlice<CutJob>) -> [PurgeRange] {
        var end = last?.range ?? PurgeRange()
        return over.map { job in
            end.job = job.id
            end.request = max(end.request, job.requests.hi)
            end.answer = max(end.answer, job.answers.hi)
            end.scan = max(end.scan, job.scans.hi)
            return end
        }
    }

    /// The least rows that belong to each end of the jobs.
    private func suffixes() -> [PurgeRange] {
        var least = firsts
        least.job = .max
        var all = [least]
        for job in jobs.reversed() {
            least.request = min(least.request, job.requests.lo)
            least.answer = min(least.answer, job.answers.lo)
            least.scan = min(least.scan, job.scans.lo)
            least.event = min(least.event, job.event)
            least.act = min(least.act, job.act)
            all.append(least)
        }
        return all.reversed()
    }

    /// Why the history cannot be cut behind a job; nil where it can.
    private func hold(at end: PurgeRange, _ later: PurgeRange, last job: Int64) throws -> String? {
        if end.request >= firsts.request { return "request \(firsts.request) has no answer yet" }
        if end.answer >= firsts.answer { return "answer \(firsts.answer) is not sealed yet" }
        if end.scan >= firsts.scan { return "lookup \(firsts.scan) has not ended" }
        if let job = try Int64.fetchOne(db, sql: Survey.stillWanted.rawValue, arguments: [end.job])
        {
            return "job \(job) has an open id whose order an earlier job asked for as well"
        }
        let straddling = try Int.fetchOne(
            db,
            sql: Survey.straddling.rawValue,
            arguments: [end.job, end.request, end.answer, end.scan]
        )
        let isClean =
            end.request < later.request && end.answer < later.answer && end.scan < later.scan
            && straddling == 0
        return isClean ? nil : "job \(job) and a later one were worked on side by side"
    }

    private func close(
        _ empty: Cut,
        after count: Int,
        end: PurgeRange,
        later: PurgeRange
    ) throws -> Cut {
        var cut = empty
        let started = cut.range
        cut.range = end
        let event = try Int64.fetchOne(
            db,
            sql: Survey.firstEventOfLaterRequest.rawValue,
            arguments: [end.request]
        )
        let events = try Int64.fetchOne(db, sql: Survey.greatestEvent.rawValue) ?? 0
        let acts = try Int64.fetchOne(db, sql: Survey.greatestAct.rawValue) ?? 0
        cut.range.event = max(started.event, min(events, min(later.event, event ?? .max) - 1))
        cut.range.act = max(started.act, min(acts, later.act - 1))
        cut.answerHead = try seal(.answerSeal, cut.range.answer) ?? cut.answerHead
        cut.eventHead = try seal(.eventSeal, cut.range.event) ?? cut.eventHead
        cut.jobs = count
        cut.cancels = jobs.prefix(count).reduce(0) { $0 + $1.cancels }
        return cut
    }

    private func seal(_ query: Survey, _ id: Int64) throws -> Seal? {
        try Data.fetchOne(db, sql: query.rawValue, arguments: [id]).map { Seal(Array($0)) }
    }
}
