import Synchronization

extension Exchange {
    /// Opens an account.
    ///
    /// - Throws: `BadInput` where its name or access key is taken, or a part of it is empty.
    package func add(_ account: Account) throws(BadInput) {
        try state.withLock { state throws(BadInput) in try state.add(account) }
    }

    /// Places open orders with the given ids, all or none, and makes their contract known.
    ///
    /// - Returns: the ids.
    /// - Throws: `BadInput` for an unknown account, or an id that is malformed or taken.
    @discardableResult
    package func seed(
        _ ids: [String],
        account: String,
        on contract: Contract
    ) throws(BadInput) -> [String] {
        try state.withLock { state throws(BadInput) in
            try state.requireAccount(account)
            try state.book.seed(ids, account: account, on: contract, at: now())
        }
        return ids
    }

    /// Places open orders with made-up consecutive ids, as long as real ones and beyond 2^53.
    ///
    /// - Parameters:
    ///   - count: how many, 1 to 1,000,000.
    ///   - first: the first id, of 18 or 19 digits; nil to go on after the last one made.
    ///   - account: the name of their account.
    ///   - contract: what they are orders of.
    /// - Returns: the ids.
    /// - Throws: `BadInput` for an unknown account, or an id that is malformed or taken.
    @discardableResult
    package func seed(
        count: Int,
        first: UInt64? = nil,
        account: String,
        on contract: Contract
    ) throws(BadInput) -> [String] {
        try state.withLock { state throws(BadInput) in
            try state.requireAccount(account)
            let ids = try state.book.makeIDs(count: count, first: first)
            try state.book.seed(ids, account: account, on: contract, at: now())
            return ids
        }
    }

    /// Lets open orders fire, all or none.
    ///
    /// - Throws: `BadInput` where an id is unknown or no longer open.
    package func fire(_ ids: [String]) throws(BadInput) {
        try state.withLock { state throws(BadInput) in try state.book.fire(ids, at: now()) }
    }

    /// The orders by id, of one account or of all, in one state or in any.
    package func orders(account: String? = nil, state wanted: OrderState? = nil) -> [Order] {
        let orders = state.withLock { $0.book.orders }
        return orders.values
            .filter { account ?? $0.account == $0.account && wanted ?? $0.state == $0.state }
            .sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
    }

    /// The remembered arrivals after a sequence, oldest first.
    package func arrivals(since sequence: Int = 0) -> [Arrival] {
        Array(state.withLock { $0.log.since(sequence) })
    }

    /// The counts over all remembered arrivals and all orders.
    package func summary() -> Summary {
        let (log, orders, names) = state.withLock {
            ($0.log, $0.book.orders, $0.accounts.keys.sorted())
        }
        return Summary(
            arrivals: log.arrivals,
            orders: orders.values,
            accounts: names,
            spanNs: settings.spanNs
        )
    }

    /// What still goes wrong: of the script, only what has not been used up.
    package var faults: Faults { state.withLock { $0.plan.remaining } }

    /// Replaces the faults, what is left of the script included.
    ///
    /// - Throws: `BadInput` where they make no sense; the old ones stay.
    package func inject(_ faults: Faults) throws(BadInput) {
        try faults.validate()
        state.withLock { $0.plan.inject(faults) }
    }

    /// Returns to the state the exchange opened with, randomness included.
    ///
    /// Only the sequence of arrivals goes on, so that a request on its way cannot be mistaken for a
    /// later one.
    package func reset() {
        // The settings made a state once before, so they make one again.
        guard var fresh = try? State(settings) else { return }
        state.withLock { state in
            fresh.log = state.log
            fresh.log.clear()
            state = fresh
        }
    }
}

extension Exchange.State {
    /// Makes sure an account exists.
    ///
    /// - Throws: `BadInput` where it does not.
    fileprivate func requireAccount(_ name: String) throws(BadInput) {
        guard accounts[name] != nil else {
            throw BadInput("There is no account \"\(name)\".")
        }
    }
}
