extension Exchange {
    /// Counts over the remembered arrivals, and the orders by state.
    ///
    /// Where nothing else is said, arrivals are those of the cancel endpoint; the lists are counted
    /// for themselves.
    package struct Summary: Sendable, Equatable, Encodable {
        /// All arrivals, those nobody signed included.
        package let arrivals: Int
        /// The arrivals whose signature was not right.
        package let unsigned: Int
        /// The arrivals that reached the orders.
        package let processed: Int
        /// The arrivals the limiter refused.
        package let refusedForRate: Int
        /// The requests for lists, those nobody signed included.
        package let reads: Reads
        /// The counts by account; every account is there.
        package let accounts: [String: Account]
        /// How many orders are in each state, by its name; every state is there.
        package let orders: [String: Int]

        private enum CodingKeys: String, CodingKey {
            case arrivals, unsigned, processed, reads, accounts, orders
            case refusedForRate = "refused_for_rate"
        }

        /// Counts.
        ///
        /// - Parameters:
        ///   - arrivals: the arrivals.
        ///   - orders: the orders.
        ///   - accounts: the names of all accounts.
        ///   - settings: whose intervals the busiest windows are of.
        init(
            arrivals: [Arrival],
            orders: some Sequence<Order>,
            accounts: [String],
            settings: Settings
        ) {
            let signed = Dictionary(
                grouping: arrivals.lazy.filter(\.signed),
                by: { $0.account ?? "" }
            )
            self.accounts = Dictionary(
                uniqueKeysWithValues: accounts.map { name in
                    (name, Account(arrivals: signed[name] ?? [], settings: settings))
                }
            )
            let cancels = arrivals.filter { !$0.endpoint.isRead }
            self.arrivals = cancels.count
            unsigned = cancels.count { !$0.signed }
            processed = cancels.count { $0.processed }
            refusedForRate = cancels.count { $0.refusedForRate }
            reads = Reads(arrivals: arrivals.filter(\.endpoint.isRead))
            let none = OrderState.allCases.map { ($0.rawValue, 0) }
            self.orders = orders.reduce(into: Dictionary(uniqueKeysWithValues: none)) {
                $0[$1.state.rawValue, default: 0] += 1
            }
        }
    }
}
