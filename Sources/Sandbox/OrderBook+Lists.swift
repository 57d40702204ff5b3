extension OrderBook {
    /// The instant a list shows, which may have passed.
    struct View: Sendable {
        /// Nanoseconds on the boot clock.
        let bootNs: Int64
        /// Orders placed before this time, in milliseconds since 1970, are too old for a history.
        let oldestMs: Int64
        /// Ids that are not shown.
        let absent: Set<String>
    }

    /// Says what is wrong with a filter, or nil where it names a known contract or none.
    func refusal(of filter: ListQuery.Filter) -> Refusal? {
        // Queries have one code for whatever is unknown (htx-api 3.1).
        filter == .all || contracts.contains(where: filter.matches) ? nil : .missingContract
    }

    /// Reads one page off a shelf, newest first.
    ///
    /// What ends between two pages shifts the later one, as on the real exchange.
    func page(of query: ListQuery, account: String, as view: View) -> ListPage {
        let matching = query.filter == .all ? [] : contracts.filter(query.filter.matches)
        let alone = matching.count == 1 ? matching.first : nil
        let shelf = shelves[.init(account: account, contract: alone)] ?? OrderShelf()
        let isWhole = query.filter == .all || alone != nil
        var page =
            isWhole && isPlain(query, account, view, shelf)
            ? plainPage(of: query, on: shelf) : siftedPage(of: query, on: shelf, as: view)
        if query.history == nil { page.orders.indices.forEach { page.orders[$0].ending = nil } }
        return page
    }

    /// Whether the whole shelf as it is now is what the query asks for.
    private func isPlain(
        _ query: ListQuery,
        _ account: String,
        _ view: View,
        _ shelf: OrderShelf
    ) -> Bool {
        guard query.tradeType == 0, !view.absent.contains(where: { self[$0]?.account == account }),
            shelf.placed.last.map({ orders[$0].createdAt.bootNs <= view.bootNs }) ?? true,
            shelf.ended.last.map({ orders[$0].changedAt.bootNs <= view.bootNs }) ?? true
        else { return false }
        guard let history = query.history else { return true }
        let oldest = shelf.placed.first.map { orders[$0].createdAt.wallMs }
        // By the time of ending, nothing is counted apart by state.
        let allStates = history.states == Exchange.OrderState.final
        return (allStates || !history.byUpdate) && oldest ?? view.oldestMs >= view.oldestMs
    }

    private func plainPage(of query: ListQuery, on shelf: OrderShelf) -> ListPage {
        let states = query.history?.states ?? [.open]
        let places =
            query.history?.byUpdate == true
            ? Array(shelf.ended.reversed().dropFirst(query.skipped).prefix(query.pageSize))
            : shelf.page(of: states, skipping: query.skipped, size: query.pageSize)
        return ListPage(orders: places.map { orders[$0] }, total: shelf.count(of: states))
    }

    /// Looks at every order of the shelf, for what a shelf is not sorted by.
    private func siftedPage(
        of query: ListQuery,
        on shelf: OrderShelf,
        as view: View
    ) -> ListPage {
        let places = query.history?.byUpdate == true ? shelf.ended : shelf.placed
        var page = ListPage()
        orders.withUnsafeBufferPointer { orders in
            // A pointer is read without copying the texts of an order that is not shown.
            guard let orders = orders.baseAddress else { return }
            for place in places.reversed() {
                guard query.shows(orders + place, as: view) else { continue }
                if page.total >= query.skipped, page.orders.count < query.pageSize {
                    page.orders.append(orders[place])
                }
                page.total += 1
            }
        }
        return page
    }
}

extension ListQuery {
    /// How many orders come before the page.
    fileprivate var skipped: Int {
        let (count, overflow) = (pageIndex - 1).multipliedReportingOverflow(by: pageSize)
        return overflow ? .max : count
    }

    /// Whether an order belongs on the list as it was at the view's instant.
    fileprivate func shows(
        _ order: UnsafePointer<Exchange.Order>,
        as view: OrderBook.View
    ) -> Bool {
        guard order.pointee.createdAt.bootNs <= view.bootNs,
            tradeType == 0 || order.pointee.tradeType == tradeType
        else { return false }
        let ended = order.pointee.changedAt.bootNs <= view.bootNs ? order.pointee.ending : nil
        if let history {
            guard let ended, history.states.contains(ended.state),
                order.pointee.createdAt.wallMs >= view.oldestMs
            else { return false }
        } else if ended != nil {
            return false
        }
        return filter.matches(order.pointee.contract) && !view.absent.contains(order.pointee.id)
    }
}
