extension Exchange {
    /// Counts over the remembered arrivals, and the orders by state.
    package struct Summary: Sendable, Equatable, Encodable {
        /// The counts of one account, signed arrivals only.
        package struct Account: Sendable, Equatable, Encodable {
            /// How many requests it signed.
            package var arrivals = 0
            /// How many of them reached the orders.
            package var processed = 0
            /// How many the limiter refused.
            package var refusedForRate = 0
            /// The most of them in any half-open interval of the limiter, found apart from it.
            package var busiestWindow = 0

            /// Nothing has happened yet.
            package init() {}

            private enum CodingKeys: String, CodingKey {
                case arrivals, processed
                case refusedForRate = "refused_for_rate"
                case busiestWindow = "busiest_window"
            }
        }

        /// All arrivals, those nobody signed included.
        package let arrivals: Int
        /// The arrivals whose signature was not right.
        package let unsigned: Int
        /// The arrivals that reached the orders.
        package let processed: Int
        /// The arrivals the limiter refused.
        package let refusedForRate: Int
        /// The counts by account; every account is there.
        package let accounts: [String: Account]
        /// How many orders are in each state, by its name; every state is there.
        package let orders: [String: Int]

        private enum CodingKeys: String, CodingKey {
            case arrivals, unsigned, processed, accounts, orders
            case refusedForRate = "refused_for_rate"
        }

        /// Counts.
        ///
        /// - Parameters:
        ///   - arrivals: the arrivals.
        ///   - orders: the orders.
        ///   - accounts: the names of all accounts.
        ///   - spanNs: the limiter's interval in nanoseconds.
        init(
            arrivals: [Arrival],
            orders: some Sequence<Order>,
            accounts: [String],
            spanNs: Int64
        ) {
            let signed = Dictionary(
                grouping: arrivals.lazy.filter(\.signed),
                by: { $0.account ?? "" }
            )
            self.accounts = Dictionary(
                uniqueKeysWithValues: accounts.map { name in
                    let own = signed[name] ?? []
                    return (name, Account(arrivals: own, spanNs: spanNs))
                }
            )
            self.arrivals = arrivals.count
            unsigned = arrivals.count { !$0.signed }
            processed = arrivals.count { $0.processed }
            refusedForRate = arrivals.count { $0.refusedForRate }
            let none = OrderState.allCases.map { ($0.rawValue, 0) }
            self.orders = orders.reduce(into: Dictionary(uniqueKeysWithValues: none)) {
                $0[$1.state.rawValue, default: 0] += 1
            }
        }
    }
}

extension Exchange.Summary.Account {
    /// Counts the arrivals of one account.
    fileprivate init(arrivals: [Exchange.Arrival], spanNs: Int64) {
        self.arrivals = arrivals.count
        processed = arrivals.count { $0.processed }
        refusedForRate = arrivals.count { $0.refusedForRate }
        busiestWindow = Sandbox.busiestWindow(of: arrivals.map(\.at.bootNs), spanNs: spanNs)
    }
}
