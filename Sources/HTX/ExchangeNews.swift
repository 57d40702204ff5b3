/// That requests begin or cease to go to a base URL.
package struct ExchangeNews: Hashable, Sendable {
    /// What happened.
    package enum Change: Hashable, Sendable {
        /// No request goes there any more; why, in a few words.
        case opened(reason: String)
        /// One request may go there, to see.
        case halfOpen
        /// All requests go there again, after an outage so long.
        case closed(after: Duration)
    }

    /// Where.
    package let exchange: ExchangeURL
    /// What happened.
    package let change: Change

    /// Puts a piece of news together.
    init(_ exchange: ExchangeURL, _ change: Change) {
        self.exchange = exchange
        self.change = change
    }
}
