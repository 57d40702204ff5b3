/// A JSON document that kept every number as the text it was.
///
/// Order ids reach 20 digits and may come as bare numbers (htx-api 2.4). Foundation's decoders make such
/// a number a `Double` or refuse it, and silently keep one of two values under a repeated key; here a
/// number stays text, and a document that names a key twice is refused, since it may say two things.
/// The reading is total: any bytes give a document or nil, without a trap, in memory and stack bounded
/// by the input and by `maximumDepth`.
package enum JSON: Hashable, Sendable {
    /// The word `null`.
    case null
    /// The words `true` and `false`.
    case bool(Bool)
    /// The digits, sign and exponent as they came.
    case number(String)
    /// Text without its quotes and escapes.
    case string(String)
    /// Values in order.
    case array([JSON])
    /// Values by key, no key twice.
    case object([String: JSON])

    /// How many arrays and objects may lie in each other; the deepest documented answer has four.
    package static let maximumDepth = 32

    /// Reads a whole document as RFC 8259 has it, in UTF-8.
    ///
    /// - Returns: nil where the bytes are anything else, or hold a key twice, or nest too deep.
    package init?(_ bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        guard let value = reader.document() else { return nil }
        self = value
    }

    /// The value under a key of an object; nil where it is missing, null, or this is no object.
    package subscript(key: String) -> JSON? {
        guard case .object(let members) = self, let value = members[key], value != .null else {
            return nil
        }
        return value
    }

    /// The text of a string or number.
    package var scalar: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .null, .bool, .array, .object: nil
        }
    }
}
