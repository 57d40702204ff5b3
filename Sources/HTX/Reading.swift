package import Cancels

/// What the reader made of one answer: a value, the same for the same bytes.
package struct Reading: Hashable, Sendable {
    /// What the answer says of the request as a whole; nil where it speaks of its ids one by one.
    package var whole: Outcome?
    /// One outcome for each id asked, and for no other.
    package var outcomes: [OrderID: Outcome]
    /// What the body names that was not asked, other ids or text that is no id: in order, each once, at
    /// most `strangerLimit`.
    package var strangers: [String] = []
    /// The exchange's clock (`ts`), milliseconds since 1970.
    package var serverTime: Int64?

    /// How many strangers are kept.
    ///
    /// A request names ten ids at most, so more than a few is nonsense already, and a body of half a million
    /// of them must not fill a table.
    package static let strangerLimit = 20
    /// How much of a stranger or of a code is kept, in Unicode scalars.
    package static let strangerLength = 64
    /// How much of the exchange's message is kept, in Unicode scalars: the longest documented one has 200.
    package static let messageLength = 1_000

    /// The same outcome for the whole and for each id.
    init(_ whole: Outcome, forAll asked: [OrderID]) {
        self.whole = whole
        outcomes = Dictionary(asked.map { ($0, whole) }) { first, _ in first }
    }

    /// An outcome of its own for each id.
    init(_ asked: [OrderID], outcome: (OrderID) -> Outcome) {
        outcomes = Dictionary(asked.map { ($0, outcome($0)) }) { first, _ in first }
    }

    /// Keeps of `names` what is neither blank nor asked for.
    mutating func noteStrangers(among names: some Sequence<String>, asked: [OrderID]) {
        let known = Set(asked.map(\.text))
        var seen: Set<String> = []
        for name in names where !name.isEmpty && !known.contains(name) {
            guard strangers.count < Self.strangerLimit else { return }
            let short = Self.cut(name, to: Self.strangerLength)
            if seen.insert(short).inserted { strangers.append(short) }
        }
    }

    /// The first scalars of a text; scalars, because one "character" may be a megabyte of accents.
    static func cut(_ text: String, to length: Int) -> String {
        String(text.unicodeScalars.prefix(length))
    }
}
