extension Exchange.Summary {
    /// The counts of requests for lists.
    package struct Reads: Sendable, Equatable, Encodable {
        /// How many asked for open orders.
        package var openOrders = 0
        /// How many asked for the history.
        package var orderHistory = 0
        /// How many of both reached the orders.
        package var processed = 0
        /// How many of both the limiter refused.
        package var refusedForRate = 0

        /// Nothing has happened yet.
        package init() {}

        private enum CodingKeys: String, CodingKey {
            case processed
            case openOrders = "open_orders"
            case orderHistory = "order_history"
            case refusedForRate = "refused_for_rate"
        }
    }

    /// The counts of one account, signed arrivals only.
    package struct Account: Sendable, Equatable, Encodable {
        /// How many cancel requests it signed.
        package var arrivals = 0
        /// How many of them reached the orders.
        package var processed = 0
        /// How many of them the limiter refused.
        package var refusedForRate = 0
        /// The most of them in any half-open interval of the limiter, found apart from it.
        package var busiestWindow = 0
        /// Its requests for lists.
        package var reads = Reads()
        /// The most of those in any half-open interval of their limiter.
        package var busiestReadWindow = 0

        /// Nothing has happened yet.
        package init() {}

        private enum CodingKeys: String, CodingKey {
            case arrivals, processed, reads
            case refusedForRate = "refused_for_rate"
            case busiestWindow = "busiest_window"
            case busiestReadWindow = "busiest_read_window"
        }
    }
}

extension Exchange.Summary.Reads {
    /// Counts requests for lists.
    init(arrivals: [Exchange.Arrival]) {
        openOrders = arrivals.count { $0.endpoint == .openOrders }
        orderHistory = arrivals.count { $0.endpoint == .orderHistory }
        processed = arrivals.count { $0.processed }
        refusedForRate = arrivals.count { $0.refusedForRate }
    }
}

extension Exchange.Summary.Account {
    /// Counts the arrivals of one account.
    init(arrivals: [Exchange.Arrival], settings: Exchange.Settings) {
        let cancels = arrivals.filter { !$0.endpoint.isRead }
        let reads = arrivals.filter(\.endpoint.isRead)
        self.arrivals = cancels.count
        processed = cancels.count { $0.processed }
        refusedForRate = cancels.count { $0.refusedForRate }
        busiestWindow = Sandbox.busiestWindow(
            of: cancels.map(\.at.bootNs),
            spanNs: settings.spanNs
        )
        self.reads = Exchange.Summary.Reads(arrivals: reads)
        busiestReadWindow = Sandbox.busiestWindow(
            of: reads.map(\.at.bootNs),
            spanNs: settings.readSpanNs
        )
    }
}
