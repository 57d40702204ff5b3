import CancelRunner
import CancelStore
import Cancels
import GRDB
import TestSupport

/// Holds what is recorded against what is true, after every step, on the rows that were touched.
///
/// The whole of `v_violation`, which users have too, is looked at when a run ends.
final class Inspector {
    private let db: DatabaseQueue
    private var version = 0
    /// Rows that were not final at the last look.
    private var open: Set<Int64> = []
    /// Rows that were final, with their state and class; these never change.
    private var final: [Int64: String] = [:]
    private var last: Int64 = 0
    /// The latest the wall clock has ever shown: a job whose time has come once may be sent though the clock is
    /// set back afterwards.
    private var latest: Int64 = 0
    /// The distinct ids each job was given.
    private var queued: [Int64: Set<String>] = [:]

    init(path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        db = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Reads the file as it is.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result { try db.read(body) }

    /// Remembers what a job was given.
    func expect(_ ids: [String], inJob job: Int64) { queued[job, default: []].formUnion(ids) }

    /// Whether anybody has written since the last time this was asked.
    func sawWrite() throws -> Bool {
        let now = try db.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0
        }
        defer { version = now }
        return now != version
    }

    /// Checks every row that has got its final state since the last look.
    func check(of simulation: Simulation) throws {
        try db.read { db in
            let now = try Int64.fetchAll(
                db,
                sql: "SELECT id FROM cancel WHERE settled_at_ms IS NULL"
            )
            let greatest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM cancel") ?? 0
            let open = Set(now)
            var settled = self.open.subtracting(open).sorted()
            // Rows that came and were settled within one look.
            if greatest > last { settled += (last + 1...greatest).filter { !open.contains($0) } }
            (self.open, last) = (open, greatest)
            for id in settled {
                guard let row = try SettledRow.fetch(db, id) else {
                    return simulation.fail("cancel \(id) is gone")
                }
                final[id] = row.words
                simulation.tell("cancel \(id) \(row.orderID): \(row.words)")
                if let breach = try row.breach(of: simulation.exchange, db) {
                    simulation.fail("cancel \(id), order \(row.orderID): \(breach)")
                }
            }
        }
    }

    /// Nothing is claimed for an account that is paused, nor outside its job's time, nor twice.
    func check(claims: [Request], at now: Now, of simulation: Simulation) throws {
        latest = max(latest, now.wall.milliseconds)
        guard !claims.isEmpty else { return }
        try db.read { db in
            for request in claims {
                let paused = "SELECT 1 FROM account WHERE name = ? AND paused_at_ms IS NOT NULL"
                if try Bool.fetchOne(db, sql: paused, arguments: [request.target.account]) != nil {
                    simulation.fail("request \(request.id) was claimed for a paused account")
                }
                let untimely = """
                    SELECT c.id FROM cancel AS c JOIN job AS j ON j.id = c.job_id
                    WHERE c.state = 'sending' AND c.request_id = ?
                        AND (j.not_after_ms < ? OR j.not_before_ms > ?)
                    """
                let wall = now.wall.milliseconds
                let arguments: StatementArguments = [request.id, wall, max(latest, wall)]
                if let id = try Int64.fetchOne(db, sql: untimely, arguments: arguments) {
                    simulation.fail("cancel \(id) was claimed outside its job's time")
                }
            }
            let twice = """
                SELECT c.order_id FROM cancel AS c JOIN job AS j ON j.id = c.job_id
                WHERE c.state = 'sending' GROUP BY j.account, c.order_id
                HAVING count(DISTINCT c.request_id) > 1
                """
            if let id = try String.fetchOne(db, sql: twice) {
                simulation.fail("order \(id) is in two unfinished requests")
            }
        }
    }

    /// A request that reaches the exchange is in the file, with its ids.
    func checkIntent(of request: Request, for simulation: Simulation) throws {
        let stored = try db.read { db in
            try String.fetchOne(
                db,
                sql: "SELECT order_ids FROM request WHERE id = ?",
                arguments: [request.id]
            )
        }
        let sent = request.orderIDs.map(\.text)
        if stored != sent.joined(separator: ",") {
            simulation.fail(
                "request \(request.id) reached the exchange, the file has \(stored ?? "nothing")"
            )
        }
        if case .cancel = request.call,
            !(1...10).contains(sent.count) || Set(sent).count != sent.count
        {
            simulation.fail("request \(request.id) carries \(sent)")
        }
    }

    /// Whether every id has its final state and every request its answer.
    func isAllOver() throws -> Bool {
        guard open.isEmpty else { return false }
        return try db.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM token WHERE request_id IS NOT NULL")
                == 0
        }
    }

    /// What is not final, for a person.
    func stillOpen() throws -> [String] {
        try db.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT id || ' ' || order_id || ' ' || state || ' ' || coalesce(class, '') FROM cancel
                    WHERE settled_at_ms IS NULL LIMIT 5
                    """
            )
        }
    }

    /// Everything that only the whole file can show; gives breaches.
    func judgeTheWhole() throws -> [String] {
        try db.read { db in
            var breaches = try String.fetchAll(
                db,
                sql: "SELECT promise || ': ' || breach FROM v_violation"
            )
            breaches += try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            breaches += try Audit(db).run().findings.map { "audit: \($0.about): \($0.sentence)" }
            for (id, words) in final.sorted(by: { $0.key < $1.key }) {
                let now = try SettledRow.fetch(db, id)?.words
                if now != words {
                    breaches.append("cancel \(id) was \(words) and is \(now ?? "gone")")
                }
            }
            for (job, ids) in queued.sorted(by: { $0.key < $1.key }) {
                let found = try String.fetchSet(
                    db,
                    sql: "SELECT order_id FROM v_cancel WHERE job_id = ?",
                    arguments: [job]
                )
                if found != ids { breaches.append("job \(job) was given \(ids), and has \(found)") }
            }
            return breaches
        }
    }

    /// Counts by words: outcomes, classes, events, findings.
    func harvest() throws -> [String: Int] {
        try db.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT 'attempt ' || outcome AS what, count(*) AS n FROM attempt GROUP BY outcome
                    UNION ALL SELECT 'state ' || state || coalesce(' ' || class, ''), count(*) FROM cancel
                        GROUP BY state, class
                    UNION ALL SELECT 'event ' || kind, count(*) FROM event GROUP BY kind
                    UNION ALL SELECT 'found ' || found, count(*) FROM finding GROUP BY found
                    UNION ALL SELECT 'answer ' || kind || iif(late, ' late', ''), count(*) FROM answer
                        GROUP BY kind, late
                    UNION ALL SELECT 'scan ' || ended, count(*) FROM scan
                        WHERE ended IS NOT NULL GROUP BY ended
                    UNION ALL SELECT 'requests', count(*) FROM request HAVING count(*) > 0
                    UNION ALL SELECT 'ids', count(*) FROM cancel HAVING count(*) > 0
                    UNION ALL SELECT 'rounds', count(*) FROM cancel WHERE round > 1 HAVING count(*) > 0
                    """
            )
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["what"], $0["n"]) })
        }
    }

    /// Everything recorded, in one number.
    func digest(_ mix: (UInt64) -> Void) throws {
        try db.read { db in
            for table in ["cancel", "request", "answer", "attempt", "event", "finding"] {
                let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \(table) ORDER BY 1, 2")
                while let row = try rows.next() {
                    mix("\(row)".utf8.reduce(5_381) { $0 &* 33 &+ UInt64($1) })
                }
            }
        }
    }
}
