import CancelRunner
import CancelStore
import Cancels
import Foundation
import GRDB
import TestSupport
import Testing

/// A purge archives first, removes exactly its range, and leaves an intact file.
@Suite struct PurgeTests {
    private let desk: Desk
    private let archive: String

    /// Jobs 1 to 3 are over, a minute apart; job 4 is over as well, and has the newest id.
    init() throws {
        desk = try Desk(looksUp: true)
        archive = desk.fixture.folder.file("archive.sqlite")
        for number in 0..<4 { try finish(number, .accepted) }
    }

    /// Queues a job of four ids and answers it.
    private func finish(_ number: Int, _ kind: Outcome.Kind) throws {
        try desk.queue(ids(number * 4..<number * 4 + 4))
        let request = try #require(try desk.nextSends().first)
        try desk.turn(desk.answer(request, kind))
        let now = desk.fixture.now.wall.milliseconds
        try desk.write(
            "INSERT INTO event (kind, at_ms, job_id) VALUES ('note', \(now), \(number + 1))"
        )
        try desk.turn()
        desk.fixture.advance(by: .seconds(60))
    }

    private func cut(before span: Duration = .zero) throws -> Cut {
        let now = desk.fixture.now.wall.milliseconds
        let before = WallTime(milliseconds: now - span.milliseconds)
        return try desk.fixture.store.rehearse { try $0.cut(before: before) }
    }

    @discardableResult
    private func purge(before span: Duration = .zero, to path: String? = nil) throws -> Cut {
        let now = desk.fixture.now
        let before = WallTime(milliseconds: now.wall.milliseconds - span.milliseconds)
        let store = desk.fixture.store
        let path = path ?? archive
        let cut = try store.archive(to: path, before: before)
        let order = PurgeOrder(before: before, archive: path, reason: "old", by: "ann")
        try store.write { try $0.purge(cut, order, now: now) }
        return cut
    }

    private func count(_ table: String) throws -> String {
        try desk.texts("SELECT count(*) FROM \(table)")[0]
    }

    @Test func `a purge removes exactly its range and the chains go on`() throws {
        let heads = try desk.audit().chains.map(\.head)
        let cut = try purge(before: .seconds(90))
        #expect(cut.range.job == 3 && cut.cancels == 12)
        #expect(cut.hold == "job 4 was settled since" || cut.hold == "job 4 was queued since")
        #expect(try desk.texts("SELECT id FROM job") == ["4"])
        #expect(try count("cancel") == "4")
        for table in ["request", "answer"] { #expect(try count(table) == "1") }
        #expect(try count("attempt") == "4")
        #expect(try desk.texts("SELECT kind FROM event ORDER BY id") == ["note", "purge"])
        #expect(try desk.audit(kept: heads).findings == [])
        #expect(try desk.audit().chains.map(\.rows) == [1, 2])
        #expect(
            try desk.texts("SELECT state || ids FROM tally WHERE ids > 0") == [
                "cancelled4", "purged12",
            ]
        )
        #expect(try desk.texts("PRAGMA foreign_key_check") == [])

        try finish(9, .accepted)
        #expect(try desk.fixture.store.read { try Report($0).tally() }[.pending] == 0)
        #expect(try desk.audit().findings == [])
        #expect(try self.cut(before: .seconds(150)).isEmpty)
        try purge(to: desk.fixture.folder.file("second.sqlite"))
        #expect(try desk.texts("SELECT id FROM job") == ["5"])
        #expect(try desk.audit().isIntact)
        #expect(try desk.audit().purges == 2)
    }

    @Test func `the archive is the whole file, its owner's alone, and intact`() throws {
        let before = try desk.audit().chains.map(\.head)
        try purge()
        let attributes = try FileManager.default.attributesOfItem(atPath: archive)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let files = try FileManager.default.contentsOfDirectory(atPath: desk.fixture.folder.path)
        #expect(files.filter { $0.hasPrefix("archive") } == ["archive.sqlite"])
        let store = try CancelStore.open(archive)
        let report = try store.read { try Audit($0).run(kept: before) }
        #expect(report.findings == [])
        #expect(
            try store.read { try String.fetchAll($0, sql: "SELECT job_id FROM v_job") } == [
                "1", "2", "3", "4",
            ]
        )
        #expect(throws: StoreError.self) { try purge() }
    }

    @Test func `what holds a cut is named`() throws {
        #expect(try cut().hold == "job 4 has the newest id of the file, which always stays")
        try desk.queue(ids(40..<42))
        #expect(try cut().hold == "job 5 has 2 open ids")
        #expect(try cut().range.job == 4)
        try desk.write("INSERT INTO cancel (job_id, order_id) VALUES (2, '77')")
        #expect(try cut().hold == "job 2 has 1 open id")
        #expect(try cut().range.job == 1)
    }

    @Test func `an open id keeps what was said of its order in earlier jobs`() throws {
        try desk.queue(ids(40..<41))
        try desk.queue(ids(0..<1), ["contract_code": "'ETH-USDT'"])
        #expect(
            try cut().hold == "job 6 has an open id whose order an earlier job asked for as well"
        )
        #expect(try cut().isEmpty)
        // By hand it is refused as well.
        let byHand = """
            INSERT INTO purge (at_ms, before_ms, job_to, request_to, answer_to, answer_head, event_to, event_head,
                scan_to, act_to, cancels, archive, seal)
            SELECT 1, 1, 1, 1, id, seal, 0, zeroblob(32), 0, 0, 4, 'x', zeroblob(32) FROM answer WHERE id = 1
            """
        #expect(throws: (any Error).self) { try desk.write(byHand) }
        let request = try #require(try desk.nextSends().last)
        try desk.turn(desk.answer(request, .notFound, code: "1061"))
        #expect(try desk.states().last == "cancelled already_done")
    }

    @Test func `a range beyond the rows there are is refused`() throws {
        let head =
            "SELECT 1, 1, 4, 9e18, id, seal, 0, zeroblob(32), 9e18, 9e18, 16, 'x', zeroblob(32)"
        let byHand = """
            INSERT INTO purge (at_ms, before_ms, job_to, request_to, answer_to, answer_head, event_to, event_head,
                scan_to, act_to, cancels, archive, seal) \(head) FROM answer ORDER BY id DESC LIMIT 1
            """
        #expect(throws: (any Error).self) { try desk.write(byHand) }
        #expect(throws: (any Error).self) { try desk.write("DELETE FROM attempt") }
        #expect(try count("attempt") == "16")
    }

    @Test func `an answer to a request that was purged leaves an event, and the turn goes on`()
        throws
    {
        var late: Answer?
        try desk.queue(ids(40..<41))
        let request = try #require(try desk.nextSends().first)
        late = desk.answer(request, .accepted)
        try desk.turn(desk.answer(request, kind: .lost) { _ in Outcome(.unknown) })
        let again = try #require(try desk.nextSends().first)
        try desk.turn(desk.answer(again, .accepted))
        try finish(12, .accepted)
        try purge()
        #expect(try desk.texts("SELECT count(*) FROM request WHERE id = \(request.id)") == ["0"])
        try desk.turn(try #require(late))
        #expect(try desk.texts("SELECT kind FROM event WHERE kind = 'late_answer'").count == 1)
        #expect(try desk.audit().findings == [])
    }

    @Test func `jobs that were worked on side by side go together or not at all`() throws {
        // One request carries ids of both.
        try desk.queue(ids(40..<42))
        try desk.queue(ids(42..<44))
        let request = try #require(try desk.nextSends().first)
        try #require(request.orderIDs.count == 4)
        try desk.turn(desk.answer(request, .accepted))
        try desk.turn()
        desk.fixture.advance(by: .seconds(60))
        #expect(try cut().range.job == 4)
        #expect(try cut().hold == "job 5 and a later one were worked on side by side")
        try finish(11, .accepted)
        #expect(try cut().range.job == 6)
    }

    @Test func `a lookup over several jobs ties them together`() throws {
        let now = desk.fixture.now
        _ = try desk.fixture.store.write {
            try $0.beginReconciliation(
                account: "main",
                settledIn: WallTime(milliseconds: 0)...now.wall,
                runner: desk.runner,
                now: now
            )
        }
        #expect(try cut().hold == "lookup 1 has not ended")
        let lookup = try #require(try desk.nextSends(work: .reconciliation).first)
        let found = ids(0..<16).map { ($0, Finding(.cancelled)) }
        try desk.turn(desk.page(lookup, found), work: .reconciliation)
        desk.fixture.advance(by: .seconds(60))
        #expect(try cut().isEmpty)
        #expect(try cut().hold == "job 1 and a later one were worked on side by side")
        try finish(5, .accepted)
        #expect(try cut().range.job == 4)
        try purge()
        #expect(try desk.audit().findings == [])
        for table in ["scan", "scan_member", "finding"] { #expect(try count(table) == "0") }
    }

    @Test func `a file that changed since it was archived is not purged`() throws {
        let before = desk.fixture.now.wall
        let cut = try desk.fixture.store.archive(to: archive, before: before)
        try desk.write("INSERT INTO cancel (job_id, order_id) VALUES (2, '77')")
        let order = PurgeOrder(before: before, archive: archive, reason: nil, by: nil)
        #expect(throws: StoreError.self) {
            try desk.fixture.store.write { try $0.purge(cut, order, now: desk.fixture.now) }
        }
        #expect(try count("job") == "4")
        #expect(try count("purge") == "0")
    }

    @Test func `a file that is not intact is neither archived nor purged`() throws {
        try desk.write(
            "DROP TRIGGER event_update; UPDATE event SET reason = 'x' WHERE id = 1"
        )
        #expect(throws: StoreError.self) { try purge() }
        #expect(!FileManager.default.fileExists(atPath: archive))
        #expect(!FileManager.default.fileExists(atPath: archive + ".part"))
        #expect(try count("job") == "4")
    }

    @Test func `outside the range of the newest purge nothing can be deleted`() throws {
        try purge(before: .seconds(90))
        for table in [
            "job", "cancel", "request", "answer", "attempt", "event", "purge", "target", "tally",
        ] {
            let before = try count(table)
            for sql in [
                "DELETE FROM \(table)", "UPDATE OR REPLACE \(table) SET rowid = rowid + 1",
                "INSERT OR REPLACE INTO \(table) SELECT * FROM \(table)",
            ] {
                #expect(throws: DatabaseError.self, "\(sql)") { try desk.write(sql) }
            }
            #expect(try count(table) == before)
        }
        let error = #expect(throws: DatabaseError.self) {
            try desk.write("UPDATE purge SET by = 'bob'")
        }
        #expect(error?.message == "purge: history never changes")
    }

    @Test func `a row of purge that is made by hand opens nothing that is not over`() throws {
        try desk.queue(ids(40..<42))
        func insert(_ columns: [String: String]) -> String {
            var all = [
                "at_ms": "1", "before_ms": "1", "job_to": "4", "request_to": "4", "answer_to": "4",
                "event_to": "0", "scan_to": "0", "act_to": "0", "cancels": "16", "archive": "'x'",
                "answer_head": "(SELECT seal FROM answer WHERE id = 4)",
                "event_head": "zeroblob(32)",
                "seal": "zeroblob(32)",
            ]
            all.merge(columns) { $1 }
            let names = all.keys.sorted()
            return "INSERT OR REPLACE INTO purge (\(names.joined(separator: ", "))) SELECT "
                + names.compactMap { all[$0] }.joined(separator: ", ")
        }
        for (columns, sentence) in [
            (["job_to": "5"], "purge: a job in its range is not over, or holds the newest id"),
            (["answer_head": "zeroblob(32)"], "purge: a head is not the seal of the row it names"),
            (["seal": "x'00'"], "purge: a column is missing, or a head or seal is not of 32 bytes"),
            (["id": "1"], "purge: leave id out; the database assigns it"),
        ] {
            let error = #expect(throws: DatabaseError.self) { try desk.write(insert(columns)) }
            #expect(error?.message == sentence)
        }
        // Nobody is kept from computing a seal; but this one is not it.
        try desk.write(insert([:]))
        #expect(
            try desk.audit().findings.map(\.sentence).contains(
                "purge 1: its content does not match its seal: it was edited, or not made by quash purge"
            )
        )
    }
}
