/// One record of a job file as a second reader sees it: an object, a row or a line.
struct JobRecord {
    /// Its order ids, without blanks around them.
    var ids: [Bytes] = []
    /// What it says beside them, by the name of the field.
    private var fields: [String: String] = [:]

    /// The text of a field that it has.
    subscript(name: String) -> String? { fields[name] }

    /// The contract it names, as `target.selector` spells one.
    var selector: String? {
        if let code = fields["contract_code"] { return code }
        guard let pair = fields["pair"], let type = fields["contract_type"] else { return nil }
        return "\(pair) \(type)"
    }

    /// The whole number of a field, without the zeros in front that CSV allows.
    func number(_ name: String) -> String? {
        guard let text = fields[name] else { return nil }
        let digits = text.drop { $0 == "-" }.drop { $0 == "0" }
        return digits.isEmpty ? "0" : (text.hasPrefix("-") ? "-" : "") + digits
    }

    /// The objects of a JSON text, one after another or in an array; nil where it is anything else.
    static func inJSON(_ text: Bytes) -> [JobRecord]? {
        guard var objects = Witness.values(in: text) else { return nil }
        if objects.count == 1, let elements = objects[0].elements { objects = elements }
        var records: [JobRecord] = []
        for object in objects {
            guard case .members(let members) = object, !object.repeatsAName else { return nil }
            var record = JobRecord()
            record.take { column in object.only(column)?.scalar }
            for (name, value) in members where name.elementsEqual("order_ids".utf8) {
                if case .text(let list) = value {
                    record.ids = list.split(
                        separator: UInt8(ascii: ","),
                        omittingEmptySubsequences: false
                    ).map { trimmed(Bytes($0)) }
                } else {
                    record.ids = (value.elements ?? []).map { trimmed($0.scalar ?? []) }
                }
            }
            record.ids += object.all("order_id").compactMap(\.scalar).map { trimmed($0) }
            records.append(record)
        }
        return records
    }

    /// The rows of a CSV table or a list.
    static func inTable(_ text: Bytes, isList: Bool) -> [JobRecord]? {
        var rows = self.rows(of: text)
        var columns = [Bytes("order_id".utf8)]
        if !isList, let first = rows.first, !(first.count == 1 && isDigit(first[0].first)) {
            columns = rows.removeFirst()
        }
        var records: [JobRecord] = []
        for row in rows {
            guard row.count == columns.count else { return nil }
            func cell(_ name: String) -> Bytes? {
                columns.firstIndex { $0.elementsEqual(name.utf8) }.map { row[$0] }
            }
            guard let id = cell("order_id") else { return nil }
            var record = JobRecord(ids: [trimmed(id)])
            record.take { column in cell(column).flatMap { $0.isEmpty ? nil : $0 } }
            records.append(record)
        }
        return records
    }

    private mutating func take(_ value: (String) -> Bytes?) {
        for name in [
            "account", "contract_code", "pair", "contract_type", "priority", "not_before_ms",
            "not_after_ms", "dedup_key", "queued_by", "note",
        ] {
            fields[name] = value(name).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
    }

    /// Cells by a switch that each quote turns; two quotes in a row leave one.
    private static func rows(of text: Bytes) -> [[Bytes]] {
        var rows: [[Bytes]] = []
        var row: [Bytes] = []
        var cell: Bytes = []
        var (isQuoted, wasQuoted) = (false, false)
        for byte in text + [0x0A] {
            switch byte {
            case UInt8(ascii: "\""):
                if wasQuoted, !isQuoted { cell.append(byte) }
                (isQuoted, wasQuoted) = (!isQuoted, true)
            case _ where isQuoted: cell.append(byte)
            case UInt8(ascii: ","):
                row.append(cell)
                (cell, wasQuoted) = ([], false)
            case 0x0A:
                if !row.isEmpty || !cell.isEmpty || wasQuoted { rows.append(row + [cell]) }
                (row, cell, wasQuoted) = ([], [], false)
            case 0x0D: break
            default: cell.append(byte)
            }
        }
        return rows
    }
}
