extension Exchange {
    /// The calls of the exchange that customers sign.
    package enum Endpoint: String, Sendable, Codable, CaseIterable {
        /// Cancels trailing orders (htx-api 2).
        case cancel
        /// Lists the open trailing orders (htx-api 6.1).
        case openOrders = "open_orders"
        /// Lists the trailing orders that are no longer open (htx-api 6.2).
        case orderHistory = "order_history"

        /// Where it is found; always by POST.
        package var path: String {
            switch self {
            case .cancel: "/linear-swap-api/v1/swap_cross_track_cancel"
            case .openOrders: "/linear-swap-api/v1/swap_cross_track_openorders"
            case .orderHistory: "/linear-swap-api/v1/swap_cross_track_hisorders"
            }
        }

        /// Whether it only looks: the two lists share one limiter, the cancels have their own.
        package var isRead: Bool { self != .cancel }
    }
}
