/// The job fields of one record, as the file spells them.
///
/// A million records may name the same few jobs, so a record is not decoded: its fields are strung
/// together as bytes, and only a string not seen before is taken apart (`JobTable`).
struct RecordFields {
    /// For each field its key, its text and 0xFF, which no UTF-8 text contains.
    struct Spelling: Hashable {
        /// The bytes.
        fileprivate(set) var bytes: [UInt8] = []

        // The hash of an array takes its elements one by one; this is on the way of every record.
        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// What the record says.
    private(set) var spelling = Spelling()
    /// The line the record begins on.
    private(set) var line = 0
    /// The line of each field, by key; 0 for those not there.
    private var lines = [Int](repeating: 0, count: JobKey.allCases.count)

    /// Forgets the last record.
    mutating func begin(line: Int) {
        if !spelling.bytes.isEmpty {
            spelling.bytes.removeAll(keepingCapacity: true)
            for key in lines.indices { lines[key] = 0 }
        }
        self.line = line
    }

    /// Takes one field; the caller sees to it that none comes twice.
    mutating func set(_ key: JobKey, to text: [UInt8], line: Int) {
        spelling.bytes.append(key.rawValue)
        spelling.bytes.append(contentsOf: text)
        spelling.bytes.append(0xFF)
        lines[Int(key.rawValue)] = line
    }

    /// Where a fault in this field stands.
    func line(of key: JobKey?) -> Int {
        guard let key, lines[Int(key.rawValue)] > 0 else { return line }
        return lines[Int(key.rawValue)]
    }

    /// The fields as values.
    func decoded() throws(JobFieldFault) -> JobFields {
        var fields = JobFields()
        for part in spelling.bytes.split(separator: 0xFF) {
            guard let first = part.first, let key = JobKey(rawValue: first) else { continue }
            try fields.set(key, to: String(decoding: part.dropFirst(), as: UTF8.self))
        }
        return fields
    }
}
