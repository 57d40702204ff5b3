import Cancels

/// Which accounts a turn may pass over, because nothing has happened that would let them claim.
///
/// A look at an account costs half a dozen statements, and of a thousand accounts nearly all wait for their tokens
/// at any instant. So a turn says of each account it looked at when it can next claim something by itself, and the
/// next turn looks again only then, or when an answer of that account is recorded. Whatever else may matter, a commit by
/// another process above all, makes everything be looked at again: the loop that keeps an agenda forgets it then.
package struct Agenda: Hashable, Sendable {
    /// By account; nil where nothing becomes possible by itself.
    private var next: [String: BootTime?] = [:]
    /// The account that is looked at first: the one at which the last turn had enough.
    private var first: String?

    /// One that knows nothing: every account is looked at.
    package init() {}

    /// The accounts in the order in which a turn serves them, so that those at the end come first where there is
    /// always more to do than a turn may grant.
    func inOrder(_ accounts: [String]) -> [String] {
        guard let first, let start = accounts.firstIndex(of: first) else { return accounts }
        return Array(accounts[start...] + accounts[..<start])
    }

    /// Notes which account a turn came to when it had granted enough; nil where it served them all.
    mutating func begin(at account: String?) { first = account }

    /// Whether an account is to be looked at.
    func isDue(_ account: String, at now: BootTime) -> Bool {
        guard let known = next[account] else { return true }
        return known.map { $0 <= now } ?? false
    }

    /// When the first of the accounts can claim something by itself.
    var wake: BootTime? { next.values.lazy.compactMap(\.self).min() }

    /// Notes when an account that was looked at can next claim something.
    mutating func note(_ account: String, next wake: BootTime?) {
        next.updateValue(wake, forKey: account)
    }

    /// Has an account looked at.
    mutating func forget(_ account: String) { next[account] = nil }

    /// Has every account looked at.
    package mutating func forget() { next = [:] }
}
