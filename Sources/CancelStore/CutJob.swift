import Cancels
import GRDB

/// A job as a cut sees it: whether it is over, and the rows that belong to it.
struct CutJob {
    /// The least and the greatest row; of none, nothing lies below the least.
    struct Span {
        var lo = Int64.max
        var hi: Int64 = 0

        mutating func take(_ other: Span) {
            lo = min(lo, other.lo)
            hi = max(hi, other.hi)
        }

        init() {}

        init(_ lo: Int64?, _ hi: Int64?) {
            (self.lo, self.hi) = (lo ?? .max, hi ?? 0)
        }
    }

    let id: Int64
    private let queued: Int64
    private let open: Int
    private let settled: Int64?
    let cancels: Int
    let newest: Int64
    var requests: Span
    var answers: Span
    var scans = Span()
    /// The first event and act that belong to it.
    var event: Int64
    var act: Int64

    private init(_ row: Row) {
        (id, queued, open, settled) = (row["id"], row["queued_at_ms"], row["open"], row["settled"])
        (cancels, newest) = (row["cancels"], row["newest"] ?? 0)
        requests = Span(row["request_lo"], row["request_hi"])
        answers = Span(row["answer_lo"], row["answer_hi"])
        event = min(row["event_lo"] ?? .max, row["wish_lo"] ?? .max)
        act = row["act_lo"] ?? .max
    }

    /// What keeps it in the file, as a sentence; nil where it may go.
    func hold(before: WallTime, newest: Int64) -> String? {
        if open > 0 { return "job \(id) has \(open) open id\(open == 1 ? "" : "s")" }
        if queued >= before.milliseconds { return "job \(id) was queued since" }
        if let settled, settled >= before.milliseconds { return "job \(id) was settled since" }
        if newest > 0, self.newest == newest {
            return "job \(id) has the newest id of the file, which always stays"
        }
        return nil
    }

    /// All jobs of a file, in order of id.
    static func all(in db: Database) throws -> [CutJob] {
        var jobs = try Row.fetchAll(db, sql: Survey.jobs.rawValue).map(CutJob.init)
        let places = Dictionary(uniqueKeysWithValues: zip(jobs.map(\.id), jobs.indices))
        func each(_ query: Survey, _ body: (Int, Row) -> Void) throws {
            let rows = try Row.fetchCursor(db, sql: query.rawValue)
            while let row = try rows.next() {
                if let place = places[row["job_id"]] { body(place, row) }
            }
        }
        try each(.attempts) { place, row in
            jobs[place].requests.take(Span(row["request_lo"], row["request_hi"]))
            jobs[place].answers.take(Span(row["answer_lo"], row["answer_hi"]))
        }
        try each(.events) { place, row in jobs[place].event = min(jobs[place].event, row["id"]) }
        try each(.acts) { place, row in jobs[place].act = min(jobs[place].act, row["id"]) }
        var read: [Int64: (requests: Span, answers: Span)] = [:]
        for row in try Row.fetchAll(db, sql: Survey.scans.rawValue) {
            read[row["scan_id"]] = (
                Span(row["request_lo"], row["request_hi"]), Span(row["answer_lo"], row["answer_hi"])
            )
        }
        try each(.memberships) { place, row in
            let scan: Int64 = row["scan_id"]
            jobs[place].scans.take(Span(scan, scan))
            guard let read = read[scan] else { return }
            jobs[place].requests.take(read.requests)
            jobs[place].answers.take(read.answers)
        }
        return jobs
    }
}
