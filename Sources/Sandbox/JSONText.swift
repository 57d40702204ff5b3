/// JSON written to the letter, for what an encoder would round or shorten.
///
/// Order ids go out as 64-bit numbers and amounts with 18 decimals (htx-api 2.4), which is exactly
/// where clients go wrong.
indirect enum JSONText {
    /// A text.
    case text(String)
    /// A number as it is to be written.
    case number(String)
    /// Nothing.
    case null
    /// A list.
    case list([JSONText])
    /// An object, its fields in this order.
    case object([(String, JSONText)])

    /// A whole number.
    static func whole(_ number: some BinaryInteger) -> JSONText { .number(String(number)) }

    /// A text, or null.
    static func text(orNull text: String?) -> JSONText { text.map(JSONText.text) ?? .null }

    /// A whole number, or null.
    static func whole(orNull number: (some BinaryInteger)?) -> JSONText {
        number.map { .whole($0) } ?? .null
    }

    /// A number with 18 decimals.
    static func padded(_ whole: Int, _ decimals: String = "") -> JSONText {
        .number("\(whole).\(decimals)\(String(repeating: "0", count: 18 - decimals.utf8.count))")
    }

    /// The bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .text(let text): Self.write(text, to: &bytes)
        case .number(let digits): bytes += digits.utf8
        case .null: bytes += "null".utf8
        case .list(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                item.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let fields):
            bytes.append(UInt8(ascii: "{"))
            for (index, field) in fields.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(field.0, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                field.1.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case ..<32:
                let hex = String(byte, radix: 16)
                bytes += "\\u\(String(repeating: "0", count: 4 - hex.utf8.count))\(hex)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
