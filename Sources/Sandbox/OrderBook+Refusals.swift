extension OrderBook {
    /// Says why one order cannot be cancelled, or nil where it can.
    ///
    /// A failed order is gone like one that never was: which code the real exchange has for it is
    /// unknown, and 1061 is the one that proves the least (htx-api 3.1).
    func refusal(
        of id: String,
        account: String,
        selector: Exchange.Selector
    ) -> Refusal? {
        guard
            let order = self[id], order.account == account, selector.matches(order.contract)
        else { return .unknownOrder }
        return switch order.state {
        case .open: nil
        case .fired: .executed
        case .cancelled: .alreadyCancelled
        case .failed: .unknownOrder
        }
    }

    /// Says what is wrong with a selector, or nil where it names a known contract.
    func refusal(of selector: Exchange.Selector) -> Refusal? {
        switch selector {
        case .code:
            return contracts.contains(where: selector.matches) ? nil : .unknownContract
        case .pair(let pair, let type):
            guard Exchange.Contract.types.contains(type) else { return .wrongPeriod }
            guard contracts.contains(where: { $0.pair == pair }) else { return .unknownPair }
            return contracts.contains(where: selector.matches) ? nil : .unknownContract
        }
    }

    /// The codes of the contracts a selector means, known to the book or not.
    func codes(of selector: Exchange.Selector) -> Set<String> {
        switch selector {
        case .code(let code): [code]
        case .pair: Set(contracts.lazy.filter(selector.matches).compactMap(\.code))
        }
    }
}
