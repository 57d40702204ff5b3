/// A JSON value as a second reader sees it, so that one misreading cannot hide in both.
///
/// It shares neither code nor method with the product: first the words of the text, then the tree on
/// a stack of its own. Members stay in order and may repeat; numbers stay text.
indirect enum Witness {
    case null
    case bool
    case number(Bytes)
    case text(Bytes)
    case list([Witness])
    case members([(name: Bytes, value: Witness)])

    /// The values that stand one after another in a text; nil where it is no JSON.
    static func values(in text: Bytes) -> [Witness]? {
        guard let words = WitnessWord.words(in: text) else { return nil }
        var builder = WitnessBuilder()
        for word in words {
            guard builder.take(word) else { return nil }
        }
        return builder.finish()
    }

    /// Every value under a name, in order; none where this has no members.
    func all(_ name: String) -> [Witness] {
        guard case .members(let members) = self else { return [] }
        return members.filter { $0.name.elementsEqual(name.utf8) }.map(\.value)
    }

    /// The one value under a name.
    func only(_ name: String) -> Witness? {
        let values = all(name)
        return values.count == 1 ? values[0] : nil
    }

    /// The text or number that stands here.
    var scalar: Bytes? {
        switch self {
        case .number(let text), .text(let text): text
        case .null, .bool, .list, .members: nil
        }
    }

    /// The elements, or nil where this is no list.
    var elements: [Witness]? {
        if case .list(let elements) = self { elements } else { nil }
    }

    /// Whether this is exactly that text.
    func isText(_ wanted: String) -> Bool {
        if case .text(let text) = self { text.elementsEqual(wanted.utf8) } else { false }
    }

    /// Whether any name stands twice in one place, here or below; canonical equivalents are one.
    var repeatsAName: Bool {
        switch self {
        case .null, .bool, .number, .text: false
        case .list(let elements): elements.contains { $0.repeatsAName }
        case .members(let members):
            Set(members.map { String(decoding: $0.name, as: UTF8.self) }).count < members.count
                || members.contains { $0.value.repeatsAName }
        }
    }

    /// Whether lists and members lie in each other deeper than this.
    func nests(deeperThan limit: Int) -> Bool {
        switch self {
        case .null, .bool, .number, .text: false
        case .list(let elements):
            limit == 0 || elements.contains { $0.nests(deeperThan: limit - 1) }
        case .members(let members):
            limit == 0 || members.contains { $0.value.nests(deeperThan: limit - 1) }
        }
    }
}
