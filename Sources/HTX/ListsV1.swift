/// The two lists of `data` (htx-api 2.2).
///
/// `successes` is a string of ids with commas, possibly empty; `errors` an array of entries. Also read are
/// an array of ids, ids as numbers, a lone entry, and an array of such `data` objects, as various official
/// clients declare them. Any other shape may name an id in a way we would miss, so it gives no lists at
/// all.
struct ListsV1 {
    /// One entry of `errors`.
    struct Failure {
        /// The id it names, trimmed.
        let name: String
        /// The exchange's code for it.
        let code: String?
        /// The exchange's message for it.
        let message: String?
    }

    /// What `successes` names, trimmed, without blanks, in order.
    private(set) var successes: [String] = []
    /// The entries of `errors`, one for each id named.
    private(set) var errors: [Failure] = []

    /// Whether no id is named at all.
    var isEmpty: Bool { successes.isEmpty && errors.isEmpty }
    /// Every id named.
    var names: [String] { errors.map(\.name) + successes }

    /// Reads `data`.
    ///
    /// - Returns: nil where some part of it is in no shape we know.
    init?(_ data: JSON) {
        let parts = if case .array(let parts) = data { parts } else { [data] }
        for part in parts {
            guard case .object = part, let names = Self.names(in: part["successes"]),
                let failures = Self.failures(in: part["errors"])
            else { return nil }
            successes += names
            errors += failures
        }
    }

    private static func failures(in list: JSON?) -> [Failure]? {
        guard let list else { return [] }
        let entries = if case .array(let entries) = list { entries } else { [list] }
        var failures: [Failure] = []
        for entry in entries {
            // An entry that names nothing might be about any id, one that names two in two spellings about either.
            let named = ["order_id", "order-id"].compactMap { entry[$0] }
            guard named.allSatisfy({ $0 == named[0] }), let names = names(in: named.first),
                !names.isEmpty
            else {
                return nil
            }
            let (code, message) = (ReplyV1.code(of: entry), ReplyV1.message(of: entry))
            failures += names.map { Failure(name: $0, code: code, message: message) }
        }
        return failures
    }

    /// The ids in a string with commas, in a number, or in an array of either.
    private static func names(in value: JSON?) -> [String]? {
        guard let value else { return [] }
        let elements = if case .array(let elements) = value { elements } else { [value] }
        var names: [String] = []
        for element in elements where element != .null {
            guard let text = element.scalar else { return nil }
            names += text.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
        }
        return names
    }

    private static func trimmed(_ text: Substring) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        let bytes = text.utf8.drop(while: isSpace)
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(Substring(bytes[...last]))
    }
}
