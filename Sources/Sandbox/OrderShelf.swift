/// The places in the book of the orders of one account, all of them or those of one contract.
///
/// Lists are read off it, so that no page has to sort or to count anything: the exchange is locked
/// while a list is read, and an arrival that waits for the lock is stamped late.
struct OrderShelf: Sendable {
    /// What a shelf holds the orders of.
    struct Label: Sendable, Hashable {
        /// The account.
        let account: String
        /// The contract; nil for all of them.
        let contract: Exchange.Contract?
    }

    /// All orders, by the time they were placed and then by place.
    private(set) var placed: [Int] = []
    /// The orders that ended, by the time they ended.
    private(set) var ended: [Int] = []
    /// Where each of the orders placed stands.
    private var states: [Exchange.OrderState] = []
    /// How many stand where, in each stretch of `stretch` orders placed.
    private var tallies: [[Exchange.OrderState: Int]] = []

    /// With a hundred thousand orders, some two hundred stretches and as many orders in each.
    private static let stretch = 512

    /// Adds orders that were placed at a moment and, where they ended, ended at the same.
    mutating func add(_ places: Range<Int>, in orders: [Exchange.Order]) {
        let isLate = Self.isLate(places, after: placed) { orders[$0].createdAt.bootNs }
        for place in places { append(place, orders[place].state) }
        if isLate { sortPlaced(orders) }
        guard let first = places.first, orders[first].ending != nil else { return }
        let endedLate = Self.isLate(places, after: ended) { orders[$0].changedAt.bootNs }
        ended += places
        guard endedLate else { return }
        ended.sort { (orders[$0].changedAt.bootNs, $0) < (orders[$1].changedAt.bootNs, $1) }
    }

    /// Notes that an order ended just now.
    mutating func end(_ place: Int, in orders: [Exchange.Order]) {
        // The exchange's moments do not decrease: nothing on the shelf ended later.
        ended.append(place)
        let key = (orders[place].createdAt.bootNs, place)
        var (low, high) = (0, placed.count)
        while low < high {
            let middle = (low + high) / 2
            let other = (orders[placed[middle]].createdAt.bootNs, placed[middle])
            if other < key { low = middle + 1 } else { high = middle }
        }
        tallies[low / Self.stretch][states[low], default: 0] -= 1
        states[low] = orders[place].state
        tallies[low / Self.stretch][states[low], default: 0] += 1
    }

    /// How many orders stand at one of these.
    func count(of wanted: Set<Exchange.OrderState>) -> Int {
        tallies.reduce(0) { $0 + Self.count(of: wanted, in: $1) }
    }

    /// Gives a page of the orders that stand at one of these, the last placed first.
    ///
    /// - Parameters:
    ///   - wanted: where they stand.
    ///   - skipped: how many come before the page.
    ///   - size: how many it holds at most.
    /// - Returns: their places.
    func page(
        of wanted: Set<Exchange.OrderState>,
        skipping skipped: Int,
        size: Int
    ) -> [Int] {
        var (left, page) = (skipped, [Int]())
        for part in tallies.indices.reversed() {
            let count = Self.count(of: wanted, in: tallies[part])
            guard left < count else {
                left -= count
                continue
            }
            let range = part * Self.stretch..<min((part + 1) * Self.stretch, placed.count)
            for index in range.reversed() where wanted.contains(states[index]) {
                if left > 0 {
                    left -= 1
                } else if page.count < size {
                    page.append(placed[index])
                } else {
                    return page
                }
            }
        }
        return page
    }

    private mutating func append(_ place: Int, _ state: Exchange.OrderState) {
        if placed.count.isMultiple(of: Self.stretch) { tallies.append([:]) }
        tallies[placed.count / Self.stretch][state, default: 0] += 1
        placed.append(place)
        states.append(state)
    }

    /// Puts back-dated orders where they belong: rare, and all those of one call together.
    private mutating func sortPlaced(_ orders: [Exchange.Order]) {
        let sorted = placed.sorted {
            (orders[$0].createdAt.bootNs, $0) < (orders[$1].createdAt.bootNs, $1)
        }
        (placed, states, tallies) = ([], [], [])
        for place in sorted { append(place, orders[place].state) }
    }

    private static func count(
        of wanted: Set<Exchange.OrderState>,
        in tally: [Exchange.OrderState: Int]
    ) -> Int {
        wanted.reduce(0) { $0 + (tally[$1] ?? 0) }
    }

    private static func isLate(
        _ places: Range<Int>,
        after shelf: [Int],
        by time: (Int) -> Int64
    ) -> Bool {
        guard let last = shelf.last, let first = places.first else { return false }
        return time(first) < time(last)
    }
}
