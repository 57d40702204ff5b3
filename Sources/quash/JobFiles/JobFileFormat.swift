/// The formats of job files.
package enum JobFileFormat: String, CaseIterable, Sendable {
    /// A job object, or several, in an array or one after another; see `JSONReader`.
    case json
    /// One job object on each line.
    case jsonLines = "jsonl"
    /// A header and a row for each id, or a plain list; see `CSVReader`.
    case csv
    /// One id on each line.
    case list

    /// The format that a file's name tells, if it tells any.
    package init?(fileName: String) {
        guard let dot = fileName.lastIndex(of: ".") else { return nil }
        switch fileName[dot...].dropFirst().lowercased() {
        case "json": self = .json
        case "jsonl", "ndjson": self = .jsonLines
        case "csv": self = .csv
        case "txt": self = .list
        default: return nil
        }
    }

    /// The format that the first byte tells that is not blank.
    init(sniffing bytes: inout ByteReader) throws(FatalFault) {
        while let byte = try bytes.peek() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                bytes.skip()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                self = .json
                return
            default:
                self = .csv
                return
            }
        }
        self = .csv
    }
}
