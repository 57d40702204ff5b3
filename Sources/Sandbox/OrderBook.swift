/// All trailing orders, and the contracts they are orders of.
///
/// A value without clock or lock: the exchange guards it and tells it the time.
struct OrderBook: Sendable {
    /// The orders, in the order in which they were seeded.
    private(set) var orders: [Exchange.Order] = []
    /// Where they are by id, in one namespace for all accounts as on the real exchange.
    private var places: [String: Int] = [:]
    /// What the lists are read off.
    private(set) var shelves: [OrderShelf.Label: OrderShelf] = [:]
    /// The contracts it knows.
    private(set) var contracts: Set<Exchange.Contract>
    private var nextID = Self.firstID
    private var nextRelation = Self.firstRelation

    /// The first generated id: a real trailing id that no Double can hold (htx-api 0).
    private static let firstID: UInt64 = 1_192_021_437_253_877_761
    /// The first id of an order placed by one that fired, well apart from those generated.
    private static let firstRelation: UInt64 = 1_892_021_437_253_877_761

    /// The lengths of generated ids, in digits: below 18 they could fit a Double.
    private static let generatedIDs: ClosedRange<UInt64> =
        100_000_000_000_000_000...9_999_999_999_999_999_999

    /// Makes an empty book over the given contracts.
    init(contracts: [Exchange.Contract]) {
        self.contracts = Set(contracts)
    }

    /// The order of an id, or nil.
    subscript(id: String) -> Exchange.Order? { places[id].map { orders[$0] } }

    /// Places orders, all or none.
    ///
    /// - Parameters:
    ///   - ids: their ids.
    ///   - account: the name of their account.
    ///   - contract: what they are orders of.
    ///   - placement: how old they are, and how they ended if they did.
    ///   - moment: now.
    /// - Throws: `BadInput` where an id is not 1 to 20 digits or is taken.
    mutating func seed(
        _ ids: [String],
        account: String,
        on contract: Exchange.Contract,
        as placement: Exchange.Placement,
        at moment: Moment
    ) throws(BadInput) {
        try placement.validate()
        try requireFree(ids)
        contracts.insert(contract)
        let moment = placement.moment(before: moment)
        let first = orders.count
        for id in ids {
            places[id] = orders.count
            orders.append(
                Exchange.Order(
                    id: id,
                    account: account,
                    contract: contract,
                    tradeType: placement.tradeType,
                    createdAt: moment,
                    changedAt: moment,
                    ending: placement.ending,
                    relationOrderID: placement.ending == .fired ? makeRelation() : nil
                )
            )
        }
        for contract in [nil, contract] {
            shelves[.init(account: account, contract: contract), default: OrderShelf()]
                .add(first..<orders.count, in: orders)
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

    /// Ends open orders, all or none.
    ///
    /// - Throws: `BadInput` where an id is unknown or no longer open.
    mutating func end(
        _ ids: [String],
        as ending: Exchange.Ending,
        at moment: Moment
    ) throws(BadInput) {
        for id in ids where self[id]?.state != .open {
            throw BadInput("The order \(id) is not open.")
        }
        for id in ids { end(id, as: ending, at: moment) }
    }

    /// Ends one order if it is open; moments must not decrease.
    mutating func end(_ id: String, as ending: Exchange.Ending, at moment: Moment) {
        guard let place = places[id], orders[place].ending == nil else { return }
        orders[place].ending = ending
        orders[place].changedAt = moment
        if ending == .fired { orders[place].relationOrderID = makeRelation() }
        for contract in [nil, orders[place].contract] {
            shelves[.init(account: orders[place].account, contract: contract)]?.end(
                place,
                in: orders
            )
        }
    }

    private func requireFree(_ ids: [String]) throws(BadInput) {
        var fresh: Set<String> = []
        for id in ids {
            guard OrderBook.isID(id) else {
                throw BadInput("The order id \"\(id)\" is not 1 to 20 digits.")
            }
            guard places[id] == nil, fresh.insert(id).inserted else {
                throw BadInput("The order id \(id) is taken.")
            }
        }
    }

    private mutating func makeRelation() -> String {
        defer { nextRelation += 1 }
        return String(nextRelation)
    }

    /// Whether a text has the shape of an order id: 1 to 20 digits, for some kinds are short.
    static func isID(_ text: some StringProtocol) -> Bool {
        1...20 ~= text.utf8.count && text.utf8.allSatisfy { 48...57 ~= $0 }
    }
}
