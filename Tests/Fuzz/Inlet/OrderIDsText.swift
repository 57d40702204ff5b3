/// What the contract says of a text for `order_ids`, in plain code: the judge of the SQL.
enum OrderIDsText: Equatable {
    /// The distinct ids, in the order of their first mention.
    case accepted([Bytes])
    /// No id at all.
    case empty
    /// An element without digits.
    case gap
    /// Something that is no id of 1 to 20 digits, or no list.
    case neither

    /// Ids separated by commas, or a JSON array of strings or integers; blanks around an id do not count.
    init(_ text: Bytes) {
        var list = trimmed(text)
        let isArray = list.first == UInt8(ascii: "[")
        if isArray {
            guard list.count >= 2, list.last == UInt8(ascii: "]") else {
                self = .neither
                return
            }
            list = trimmed(Bytes(list[1..<list.count - 1]))
        }
        guard !list.isEmpty else {
            self = .empty
            return
        }
        var ids: [Bytes] = []
        var hasGap = false
        for part in list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let id = Self.id(trimmed(Bytes(part)), mayBeQuoted: isArray)
            if id.isEmpty { hasGap = true }
            guard id.isEmpty || isID(id) else {
                self = .neither
                return
            }
            if !ids.contains(id) { ids.append(id) }
        }
        self = hasGap ? .gap : .accepted(ids)
    }

    /// An element without the quotes it may have; with only one of them it stays what it is.
    private static func id(_ element: Bytes, mayBeQuoted: Bool) -> Bytes {
        let quote = UInt8(ascii: "\"")
        guard mayBeQuoted, element.count >= 2, element.first == quote, element.last == quote
        else { return element }
        return trimmed(Bytes(element[1..<element.count - 1]))
    }
}
