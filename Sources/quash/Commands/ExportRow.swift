import CancelStore
import Cancels
import Foundation

/// What of a record the filters and the CSV look at; names as in SQL.
///
/// It is read from the record itself, so that what is shown is what is sealed.
struct ExportRow: Decodable {
    struct Request: Decodable {
        let account: String?
        let contract: String?
    }

    /// An attempt or a finding.
    struct Part: Decodable {
        let cancel_id: Int64
        let job_id: Int64?
        let order_id: String?
        let round: Int?
        let outcome: String?
        let found: String?
        let err_code: String?
        let err_msg: String?
        let counted: Int?
    }

    let answer: Int64?
    let event: Int64?
    let request_id: Int64?
    let received_at_ms: Int64?
    let at_ms: Int64?
    let kind: String?
    let http_status: Int?
    let err_code: String?
    let err_msg: String?
    let account: String?
    let job_id: Int64?
    let by: String?
    let reason: String?
    let detail: String?
    let request: Request?
    let attempts: [Part]?
    let findings: [Part]?

    init(_ row: HistoryRow) throws {
        self = try JSONDecoder().decode(ExportRow.self, from: Data(row.record))
    }
}

/// Which part of the history is wanted.
struct ExportFilter {
    let account: String?
    let job: Int64?
    let since: WallTime?
    let until: WallTime?

    var isEmpty: Bool { account == nil && job == nil && since == nil && until == nil }

    /// Whether a row is of the part; all rows are of the whole.
    func takes(_ row: HistoryRow) throws -> Bool { try isEmpty || takes(ExportRow(row)) }

    func takes(_ row: ExportRow) -> Bool {
        let time = row.received_at_ms ?? row.at_ms ?? 0
        let jobs = [row.job_id] + ((row.attempts ?? []) + (row.findings ?? [])).map(\.job_id)
        return (account == nil || (row.request?.account ?? row.account) == account)
            && (job == nil || jobs.contains(job))
            && time >= since?.milliseconds ?? .min && time <= until?.milliseconds ?? .max
    }
}

/// The history as CSV (RFC 4180).
enum ExportCSV {
    static let columns = [
        "row", "id", "at_ms", "account", "contract", "job_id", "order_id", "round", "cancel_id",
        "request_id", "outcome", "counted", "err_code", "err_msg", "kind", "http_status", "by",
        "reason",
        "detail", "seal",
    ]

    /// The lines of a row, of one job where that is asked for.
    static func lines(_ row: ExportRow, seal: Seal?, job: Int64?) -> [String] {
        let seal = seal?.hex ?? ""
        if let event = row.event {
            return [
                line([
                    "event", "\(event)", text(row.at_ms), row.account ?? "", "", text(row.job_id),
                    "",
                    "", "", text(row.request_id), "", "", "", "", row.kind ?? "", "", row.by ?? "",
                    row.reason ?? "", row.detail ?? "", seal,
                ])
            ]
        }
        let parts =
            (row.attempts ?? []).map { ("attempt", $0) }
            + (row.findings ?? []).map { ("finding", $0) }
        let wanted = parts.filter { job == nil || $0.1.job_id == job }
        guard !wanted.isEmpty else { return [line(of: row, "answer", nil, seal)] }
        return wanted.map { line(of: row, $0.0, $0.1, seal) }
    }

    private static func line(
        of row: ExportRow,
        _ kind: String,
        _ part: ExportRow.Part?,
        _ seal: String
    ) -> String {
        line([
            kind, text(row.answer), text(row.received_at_ms), row.request?.account ?? "",
            row.request?.contract ?? "", text(part?.job_id), part?.order_id ?? "",
            text(part?.round), text(part?.cancel_id), text(row.request_id),
            part?.outcome ?? part?.found ?? "", text(part?.counted),
            part.map { $0.err_code ?? "" } ?? row.err_code ?? "",
            part.map { $0.err_msg ?? "" } ?? row.err_msg ?? "", row.kind ?? "",
            text(row.http_status), "", "", "", seal,
        ])
    }

    /// One line, with its end.
    static func line(_ fields: [String]) -> String {
        let quoted = fields.map { field in
            field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
                ? "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : field
        }
        return quoted.joined(separator: ",") + "\r\n"
    }

    private static func text(_ number: (some BinaryInteger)?) -> String {
        number.map { "\($0)" } ?? ""
    }
}
