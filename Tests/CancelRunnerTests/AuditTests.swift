import CancelRunner
import CancelStore
import Cancels
import GRDB
import TestSupport
import Testing

/// Whatever is changed behind the triggers' back, an audit names.
@Suite struct AuditTests {
    private let desk: Desk

    /// Four answers with twelve attempts, one of them a lookup with a finding, and six events.
    init() throws {
        desk = try Desk(looksUp: true)
        for number in 0..<3 {
            try desk.queue(ids(number * 4..<number * 4 + 4))
            let request = try #require(try desk.nextSends().first)
            try desk.turn(
                number < 2
                    ? desk.answer(request, .accepted)
                    : desk.answer(request, .unlisted, code: "9\u{0}\"\\\n")
            )
            try desk.write("INSERT INTO event (kind, reason) VALUES ('note', 'number \(number)')")
            try desk.write("INSERT INTO act (kind, account, by) VALUES ('resume', 'main', 'ann')")
        }
        let lookup = try #require(try desk.nextSends().first)
        try desk.turn(desk.page(lookup, ids(8..<12).map { ($0, Finding(.cancelled)) }))
        try desk.turn()
        try #require(try desk.texts("SELECT count(*) FROM answer WHERE seal IS NOT NULL") == ["4"])
        try #require(try desk.texts("SELECT count(*) FROM finding") == ["4"])
    }

    /// The findings of a chain after statements with all triggers dropped, which are made again.
    private func tamper(_ sql: String, kept: [Head] = []) throws -> [String] {
        let triggers = try desk.fixture.store.read {
            try Row.fetchAll($0, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        }
        let drops = triggers.map { "DROP TRIGGER \($0["name"] as String);" }
        let makes = triggers.map { "\($0["sql"] as String);" }
        try desk.write((drops + [sql + ";"] + makes).joined(separator: "\n"))
        return try desk.audit(kept: kept).findings
            .filter { ["answer", "event", "head", "purge", "schema"].contains($0.about) }
            .map(\.sentence)
    }

    @Test func `an untouched file is intact`() throws {
        let report = try desk.audit()
        #expect(report.findings == [])
        #expect(report.chains.map(\.rows) == [4, 7])
        #expect(report.chains.map(\.head.id) == [4, 7])
        #expect(report.chains.map(\.unsealed) == [0, 0])
    }

    private static func mismatch(_ id: Int) -> [String] {
        [
            "answer \(id): its content does not match its seal: it, its request, one of its attempts or one "
                + "of its findings was edited, or the seal before it was replaced"
        ]
    }

    /// One edit of each thing that the record of an answer holds, and the answer it belongs to.
    private static let edits = [
        "UPDATE answer SET http_status = 500 WHERE id = 2": 2,
        "UPDATE answer SET body = CAST(body || x'00' AS BLOB) WHERE id = 2": 2,
        "UPDATE answer SET err_msg = '' WHERE id = 2": 2,
        "UPDATE request SET granted_ns = granted_ns + 1 WHERE id = 2": 2,
        "UPDATE target SET account = 'other' WHERE id = 1": 1,
        "UPDATE attempt SET outcome = 'unknown' WHERE request_id = 2 AND cancel_id = 6": 2,
        "UPDATE attempt SET err_code = '9' || char(0) || 'x' WHERE request_id = 3 AND cancel_id = 9":
            3,
        "UPDATE attempt SET err_code = CAST(x'ff' AS TEXT) WHERE request_id = 3 AND cancel_id = 9":
            3,
        "DELETE FROM attempt WHERE request_id = 2 AND cancel_id = 6": 2,
        "INSERT INTO attempt (request_id, cancel_id, outcome, counted) VALUES (1, 6, 'accepted', 1)":
            1,
        "DELETE FROM request WHERE id = 3": 3,
        "UPDATE cancel SET order_id = '7' WHERE id = 6": 2,
        "UPDATE finding SET found = 'fired' WHERE cancel_id = 10": 4,
        "DELETE FROM finding WHERE cancel_id = 10": 4,
        "UPDATE answer SET seal = zeroblob(32) WHERE id = 2": 2,
    ]

    @Test(arguments: edits.keys.sorted())
    func `an edit of anything that came with an answer is named`(sql: String) throws {
        #expect(try tamper(sql).first == Self.mismatch(try #require(Self.edits[sql])).first)
    }

    @Test func `an edited event is named, and only the first`() throws {
        #expect(
            try tamper("UPDATE event SET reason = 'x' WHERE id IN (3, 5)") == [
                "event 3: its content does not match its seal: it was edited, or the seal before it was "
                    + "replaced"
            ]
        )
        #expect(try desk.audit().chains.last?.more == 1)
    }

    @Test func `deleted rows are named`() throws {
        #expect(
            try tamper("DELETE FROM answer WHERE id IN (2, 3)")
                == ["answers 2 to 3 are missing: they were deleted"]
        )
        #expect(
            try tamper("DELETE FROM event WHERE id = 7")
                .contains("event 7 is missing: it was deleted, at the end of the chain")
        )
    }

    @Test func `a row put in place of another is named, with whether it says the same`() throws {
        let sentence =
            "event 3 is unsealed though later rows are sealed: it was inserted, or its seal removed, behind the "
            + "triggers' back; "
        #expect(
            try tamper("UPDATE event SET seal = NULL WHERE id = 3")
                == [sentence + "its content is as it was sealed"]
        )
        #expect(
            try tamper("UPDATE event SET reason = 'forged' WHERE id = 3")
                == [sentence + "its content is not what the rows after it were sealed over"]
        )
    }

    @Test func `a chain made anew is shown by a head that was kept`() throws {
        let heads = try desk.audit().chains.map(\.head)
        #expect(try desk.audit(kept: heads).isIntact)
        let forged = """
            UPDATE event SET reason = 'forged' WHERE id = 6; UPDATE event SET seal = NULL WHERE id >= 6
            """
        #expect(try tamper(forged) == [])
        try desk.turn()
        #expect(try desk.audit().isIntact)
        #expect(
            try desk.audit(kept: heads).findings.map(\.sentence) == [
                "event 7 has another seal than the head that was kept of it: the chain was made anew"
            ]
        )
        let cut =
            "DELETE FROM event WHERE id > 5; UPDATE sqlite_sequence SET seq = 5 WHERE name = 'event'"
        #expect(
            try tamper(cut, kept: heads) == [
                "the head kept of event 7 is not in the file: the chain was cut before it, or made anew"
            ]
        )
    }

    @Test func `a state that its sealed evidence does not bear out is named`() throws {
        _ = try tamper("UPDATE cancel SET state = 'rejected', class = 'permanent' WHERE id = 2")
        #expect(
            try desk.audit().findings.map(\.sentence).sorted() == [
                "cancel 2 is rejected as permanent, but answer 1 says no such thing of it",
                "cancel 2 is rejected, but request 1 was answered that it is cancelled",
                "tally says 0 ids are rejected, the rows differ",
                "tally says 12 ids are cancelled, the rows differ",
            ]
        )
    }

    @Test func `a trigger that was dropped or weakened is named`() throws {
        try desk.write("DROP TRIGGER answer_update; DROP TRIGGER event_delete")
        try desk.write(
            "CREATE TRIGGER event_delete BEFORE DELETE ON event WHEN 0 BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
        #expect(
            try desk.audit().findings.map(\.sentence) == [
                "trigger answer_update is missing from the schema: it was dropped",
                "trigger event_delete in the schema is not as it was made",
            ]
        )
    }

    @Test func `a text that is no text is sealed byte for byte`() throws {
        try desk.write("INSERT INTO event (kind, reason) VALUES ('note', CAST(x'61ff00' AS TEXT))")
        try desk.turn()
        #expect(try desk.audit().isIntact)
        var records: [String] = []
        try desk.fixture.store.read { db in
            try History(db).read(.event, after: 7) {
                records.append(String(decoding: $0.record, as: UTF8.self))
            }
        }
        #expect(records.first?.contains(#""reason_base64":"Yf8A""#) == true, "\(records)")
    }
}
