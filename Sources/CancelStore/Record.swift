import Foundation
import GRDB

/// Writes the record of a row, which is what its seal is over: one line of JSON.
///
/// The order of the keys is fixed, nothing is between them, and a text is escaped only where JSON demands it,
/// so that anybody can make the same bytes. What is in the file is written as it is: a text that is not
/// UTF-8, as a body may be, is written in base64 under its key with `_base64` behind it.
struct RecordWriter {
    /// The version of the form, the first thing in a record.
    static let version = 1

    /// A column, and what it holds.
    enum Field {
        case number(Key)
        case text(Key)
    }

    /// A key as it stands in a record, made once: every row has dozens.
    struct Key: ExpressibleByStringLiteral {
        fileprivate let plain: [UInt8]
        fileprivate let base64: [UInt8]

        init(stringLiteral name: String) {
            plain = Array("\"\(name)\":".utf8)
            base64 = Array("\"\(name)_base64\":".utf8)
        }
    }

    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    /// Begins the record of a row.
    mutating func begin(_ kind: String, id: Int64) {
        bytes.removeAll(keepingCapacity: true)
        append("{\"v\":\(Self.version),\"\(kind)\":\(id)")
        isFirst = false
    }

    /// Ends a record, or an object in it.
    mutating func end() {
        bytes.append(0x7D)
        isFirst = false
    }

    /// Begins a list under a key.
    mutating func beginList(_ key: Key) {
        put(key.plain)
        bytes.append(0x5B)
        isFirst = true
    }

    mutating func endList() {
        bytes.append(0x5D)
        isFirst = false
    }

    /// Begins an object, under a key or in a list.
    mutating func beginObject(_ key: Key? = nil) {
        put(key?.plain ?? [])
        bytes.append(0x7B)
        isFirst = true
    }

    mutating func null(_ key: Key) {
        put(key.plain)
        append("null")
    }

    /// Writes columns of a row, from one on.
    mutating func write(_ fields: [Field], of row: Row, from first: Int) throws {
        for (place, field) in fields.enumerated() {
            switch field {
            case .number(let key):
                guard let number = row[first + place] as Int64? else {
                    null(key)
                    continue
                }
                put(key.plain)
                append(number)
            case .text(let key):
                try row.withUnsafeData(atIndex: first + place) { text($0, under: key) }
            }
        }
    }

    private mutating func text(_ data: Data?, under key: Key) {
        guard let data else { return null(key) }
        data.withUnsafeBytes { raw in
            // The bytes as they lie in the file: a text that SQLite's C interface would end at a NUL, or mend, is
            // not the text that is sealed.
            let isPlain = raw.allSatisfy { $0 >= 0x20 && $0 < 0x80 && $0 != 0x22 && $0 != 0x5C }
            let isText = isPlain || String(validating: raw, as: UTF8.self) != nil
            put(isText ? key.plain : key.base64)
            bytes.append(0x22)
            if isPlain {
                bytes.append(contentsOf: raw)
            } else if isText {
                escape(raw)
            } else {
                append(Data(raw).base64EncodedString())
            }
            bytes.append(0x22)
        }
    }

    /// As RFC 8259 demands, and no more: quotation mark, reverse solidus, and controls.
    private mutating func escape(_ raw: UnsafeRawBufferPointer) {
        bytes.reserveCapacity(bytes.count + raw.count + 64)
        for byte in raw {
            if byte == 0x22 || byte == 0x5C {
                bytes.append(0x5C)
                bytes.append(byte)
            } else if byte < 0x20 {
                append(byte < 0x10 ? "\\u000" : "\\u00")
                append(String(byte, radix: 16))
            } else {
                bytes.append(byte)
            }
        }
    }

    /// Writes a key, with the comma that parts it from what stands before.
    private mutating func put(_ key: [UInt8]) {
        if !isFirst { bytes.append(0x2C) }
        isFirst = false
        bytes.append(contentsOf: key)
    }

    private mutating func append(_ number: Int64) {
        if number < 0 { bytes.append(0x2D) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(0x30 + rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
