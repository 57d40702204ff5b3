/// All trailing orders, and the contracts they are orders of.
///
/// A value without clock or lock: the exchange guards it and tells it the time.
struct OrderBook: Sendable {
    /// The orders by id, in one namespace for all accounts as on the real exchange.
    private(set) var orders: [String: Exchange.Order] = [:]
    private var contracts: Set<Exchange.Contract>
    private var nextID = Self.firstID

    /// The first generated id: a real trailing id that no Double can hold (htx-api 0).
    private static let firstID: UInt64 = 1_192_021_437_253_877_761

    /// The lengths of generated ids, in digits: below 18 they could fit a Double.
    private static let generatedIDs: ClosedRange<UInt64> =
        100_000_000_000_000_000...9_999_999_999_999_999_999

    /// Makes an empty book over the given contracts.
    init(contracts: [Exchange.Contract]) {
        self.contracts = Set(contracts)
    }

    /// Places open orders, all or none.
    ///
    /// - Throws: `BadInput` where an id is not 1 to 20 digits or is taken.
    mutating func seed(
        _ ids: [String],
        account: String,
        on contract: Exchange.Contract,
        at moment: Moment
    ) throws(BadInput) {
        var fresh: Set<String> = []
        for id in ids {
            guard OrderBook.isID(id) else {
                throw BadInput("The order id \"\(id)\" is not 1 to 20 digits.")
            }
            guard orders[id] == nil, fresh.insert(id).inserted else {
                throw BadInput("The order id \(id) is taken.")
            }
        }
        contracts.insert(contract)
        for id in ids {
            orders[id] = Exchange.Order(
                id: id,
                account: account,
                contract: contract,
                changedAt: moment
            )
        }
    }

    /// Gives `count` consecutive ids for new orders, going on where the last call stopped.
    ///
    /// Neighbours are the point: most pairs of them collapse into one Double.
    ///
    /// - Throws: `BadInput` where they would not all have 18 or 19 digits.
    mutating func makeIDs(count: Int, first: UInt64?) throws(BadInput) -> [String] {
        let first = first ?? nextID
        guard
            1...1_000_000 ~= count, Self.generatedIDs.contains(first),
            UInt64(count) <= Self.generatedIDs.upperBound - first
        else {
            throw BadInput("Generated ids need a count of 1 to 1000000 and 18 or 19 digits each.")
        }
        nextID = max(nextID, first + UInt64(count))
        return (first..<first + UInt64(count)).map(String.init)
    }

    /// Lets open orders fire, all or none.
    ///
    /// - Throws: `BadInput` where an id is unknown or no longer open.
    mutating func fire(_ ids: [String], at moment: Moment) throws(BadInput) {
        for id in ids where orders[id]?.state != .open {
            throw BadInput("The order \(id) is not open.")
        }
        for id in ids {
            orders[id]?.state = .fired
            orders[id]?.changedAt = moment
        }
    }

    /// Cancels one order and gives nil, or says why not.
    ///
    /// Ids of one request go through here one after another, so the second of a pair of duplicates
    /// finds the order cancelled by the first.
    mutating func cancel(
        _ id: String,
        account: String,
        selector: Exchange.Selector,
        arrival: Int,
        at moment: Moment
    ) -> Refusal? {
        guard
            let order = orders[id], order.account == account, selector.matches(order.contract)
        else { return .unknownOrder }
        switch order.state {
        case .fired: return .executed
        case .cancelled: return .alreadyCancelled
        case .open:
            orders[id]?.state = .cancelled
            orders[id]?.changedAt = moment
            orders[id]?.cancelledBy = arrival
            return nil
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

    /// Whether a text has the shape of an order id: 1 to 20 digits, for some kinds are short.
    static func isID(_ text: some StringProtocol) -> Bool {
        1...20 ~= text.utf8.count && text.utf8.allSatisfy { 48...57 ~= $0 }
    }
}
