/// What a request asks of a list of orders, judged and complete.
struct ListQuery: Sendable, Equatable {
    /// Which contracts it is about.
    enum Filter: Sendable, Equatable {
        /// All of them.
        case all
        /// The one of this code.
        case code(String)
        /// Those of this pair.
        case pair(String)

        /// Whether it lets a contract through.
        func matches(_ contract: Exchange.Contract) -> Bool {
            switch self {
            case .all: true
            case .code(let code): contract.code == code
            case .pair(let pair): contract.pair == pair
            }
        }
    }

    /// What is asked of the orders that ended.
    struct History: Sendable, Equatable {
        /// In which of the final states.
        var states: Set<Exchange.OrderState>
        /// Placed at most this long ago.
        var days: Int64
        /// Whether the last that ended comes first, instead of the last that was placed.
        var byUpdate: Bool
    }

    /// Which contracts.
    var filter: Filter
    /// Which trade type; 0 for any (htx-api 6.1).
    var tradeType: Int
    /// Which page, from 1 on.
    var pageIndex: Int
    /// How many orders make a page.
    var pageSize: Int
    /// The orders that ended; nil for those that are open.
    var history: History?
}

/// One page of a list, and how much there is in all.
struct ListPage: Sendable {
    /// The orders of the page.
    var orders: [Exchange.Order] = []
    /// How many orders all pages have together.
    var total = 0
}
