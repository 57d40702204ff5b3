package import Cancels

/// What the reader made of one answer: a value, the same for the same bytes.
package struct Reading: Hashable, Sendable {
    /// What the answer says of the request as a whole; nil where it speaks of its ids one by one
    /// or shows a page.
    package var whole: Outcome?
    /// One outcome for each id asked, and for no other; none for a lookup.
    package var outcomes: [OrderID: Outcome]
    /// What the body names that was not asked, other ids or text that is no id: in order, each once, at
    /// most `strangerLimit`.
    package var strangers: [String] = []
    /// The page of orders that was asked for, where it can be read.
    package var page: OrderPage?
    /// What the answer tells of the exchange itself.
    package var health = Health.unreadable("nothing was read")
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
    init(_ whole: Outcome, forAll call: Call) {
        self.init(call) { _ in whole }
        self.whole = whole
    }

    /// An outcome of its own for each id.
    init(_ call: Call, outcome: (OrderID) -> Outcome) {
        outcomes = Dictionary(call.orderIDs.map { ($0, outcome($0)) }) { first, _ in first }
    }

    /// A page of orders, which speaks of no request.
    init(_ page: OrderPage) {
        outcomes = [:]
        self.page = page
    }

    /// Nothing to believe, in our own words; the code is the exchange's.
    static func unknown(_ call: Call, _ message: String, code: String? = nil) -> Reading {
        Reading(Outcome(.unknown, code: code, message: message), forAll: call)
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
