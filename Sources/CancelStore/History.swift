import Foundation
package import GRDB

/// A sealed row, or one that is to be: its record, and the seal it has.
package struct HistoryRow {
    package let id: Int64
    package let seal: Seal?
    /// The line of JSON that the seal is over.
    package let record: [UInt8]
}

/// Reads the rows of the chains in order of id, each with its record; one at a time, whatever the size.
package struct History {
    let db: Database

    package init(_ db: Database) { self.db = db }

    /// Hands over the rows of a chain behind `first`, up to `last`.
    package func read(
        _ chain: Chain,
        after first: Int64 = .min,
        through last: Int64 = .max,
        _ each: (HistoryRow) throws -> Void
    ) throws {
        switch chain {
        case .answer: try readAnswers(first, last, each)
        case .event: try readEvents(first, last, each)
        }
    }

    /// Where a chain begins: behind the last purge, or at 0.
    package func start(of chain: Chain) throws -> Head {
        try Row.fetchOne(db, sql: Query.latestPurge.rawValue).map {
            try PurgeRow($0).head(of: chain)
        }
            ?? Head(chain, id: 0, seal: .start)
    }

    /// Hands over the purges, each with its record.
    package func readPurges(_ each: (HistoryRow, PurgeRow) throws -> Void) throws {
        let rows = try cursor(.purgeRecords, [])
        while let row = try rows.next() {
            let record = try purgeRecord(row)
            try each(
                HistoryRow(id: row[0], seal: Self.seal(row), record: record),
                try PurgeRow(row)
            )
        }
    }

    /// The record of a purge, from a row as `Query.purgeRecords` gives it.
    func purgeRecord(_ row: Row) throws -> [UInt8] {
        var writer = RecordWriter()
        writer.begin("purge", id: row[0])
        try writer.write(Self.purge, of: row, from: 2)
        writer.end()
        return writer.bytes
    }

    private func readEvents(
        _ first: Int64,
        _ last: Int64,
        _ each: (HistoryRow) throws -> Void
    ) throws {
        var writer = RecordWriter()
        let rows = try cursor(.eventRecords, [first, last])
        while let row = try rows.next() {
            writer.begin("event", id: row[0])
            try writer.write(Self.event, of: row, from: 2)
            writer.end()
            try each(HistoryRow(id: row[0], seal: Self.seal(row), record: writer.bytes))
        }
    }

    /// Answers, attempts and findings come in one order, so three statements read them side by side.
    private func readAnswers(
        _ first: Int64,
        _ last: Int64,
        _ each: (HistoryRow) throws -> Void
    ) throws {
        var writer = RecordWriter()
        let rows = try cursor(.answerRecords, [first, last])
        let attempts = try cursor(.attemptRecords, [first, last])
        let findings = try cursor(.findingRecords, [first, last])
        var attempt = try attempts.next()
        var finding = try findings.next()
        while let row = try rows.next() {
            let id: Int64 = row[0]
            writer.begin("answer", id: id)
            try writer.write(Self.answer, of: row, from: 2)
            if row.hasNull(atIndex: Self.requestStart) {
                writer.null("request")
            } else {
                writer.beginObject("request")
                try writer.write(Self.request, of: row, from: Self.requestStart)
                writer.end()
            }
            try write("attempts", Self.attempt, of: id, &attempt, attempts, into: &writer)
            try write("findings", Self.finding, of: id, &finding, findings, into: &writer)
            writer.end()
            try each(HistoryRow(id: id, seal: Self.seal(row), record: writer.bytes))
        }
    }

    /// Writes the rows that belong to an answer, and leaves `next` at the first that does not.
    private func write(
        _ key: RecordWriter.Key,
        _ fields: [RecordWriter.Field],
        of answer: Int64,
        _ next: inout Row?,
        _ rows: RowCursor,
        into writer: inout RecordWriter
    ) throws {
        writer.beginList(key)
        while let row = next, (row[0] as Int64) <= answer {
            // One of no answer that is left belongs to a row that was deleted behind the triggers' back.
            if (row[0] as Int64) == answer {
                writer.beginObject()
                try writer.write(fields, of: row, from: 1)
                writer.end()
            }
            next = try rows.next()
        }
        writer.endList()
    }

    private static func seal(_ row: Row) -> Seal? {
        (row[1] as Data?).map { Seal(Array($0)) }
    }

    private func cursor(_ query: Query, _ arguments: StatementArguments) throws -> RowCursor {
        try Row.fetchCursor(db.cachedStatement(sql: query.rawValue), arguments: arguments)
    }
}

/// The columns of the records, in the order of the statements that read them.
extension History {
    private static let answer: [RecordWriter.Field] = [
        .number("request_id"), .number("late"), .text("kind"), .number("received_at_ms"),
        .number("received_ns"), .text("boot_id"), .number("round_trip_ns"), .text("exchange"),
        .number("http_status"), .text("err_code"), .text("err_msg"), .number("server_time_ms"),
        .text("body"),
    ]
    private static let request: [RecordWriter.Field] = [
        .number("runner_id"), .text("runner"), .text("endpoint"), .number("target_id"),
        .text("account"), .text("contract"), .text("order_ids"), .number("size"),
        .number("token"), .number("granted_at_ms"), .number("granted_ns"), .text("boot_id"),
        .number("scan_id"), .text("list"), .number("page"),
    ]
    private static let attempt: [RecordWriter.Field] = [
        .number("cancel_id"), .number("job_id"), .text("order_id"), .number("round"),
        .text("outcome"), .text("err_code"), .text("err_msg"), .number("counted"),
    ]
    private static let finding: [RecordWriter.Field] = [
        .number("cancel_id"), .number("job_id"), .text("order_id"), .number("scan_id"),
        .text("found"), .text("err_code"), .text("err_msg"), .text("relation_order_id"),
        .text("state"), .text("class"), .number("at_ms"),
    ]
    private static let event: [RecordWriter.Field] = [
        .number("at_ms"), .text("kind"), .text("account"), .number("job_id"),
        .number("request_id"), .number("runner_id"), .text("by"), .text("reason"), .text("detail"),
    ]
    private static let purge: [RecordWriter.Field] = [
        .number("at_ms"), .text("by"), .text("reason"), .number("before_ms"), .number("job_to"),
        .number("request_to"), .number("answer_to"), .text("answer_head"), .number("event_to"),
        .text("event_head"), .number("scan_to"), .number("act_to"), .number("cancels"),
        .text("archive"),
    ]
    private static var requestStart: Int { 2 + answer.count }
}
