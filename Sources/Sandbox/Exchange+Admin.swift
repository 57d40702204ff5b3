import Synchronization

extension Exchange {
    /// Opens an account.
    ///
    /// - Throws: `BadInput` where its name or access key is taken, or a part of it is empty.
    package func add(_ account: Account) throws(BadInput) {
        try state.withLock { state throws(BadInput) in try state.add(account) }
    }

    /// Gives an account other keys; requests signed with those it had are refused from now on.
    ///
    /// - Throws: `BadInput` where there is no such account, the access key is another's, or a part
    ///   of it is empty.
    package func replaceKeys(of account: Account) throws(BadInput) {
        try state.withLock { state throws(BadInput) in try state.replaceKeys(of: account) }
    }

    /// The orders by id, of one account or of all, in one state or in any.
    package func orders(account: String? = nil, state wanted: OrderState? = nil) -> [Order] {
        let orders = state.withLock { $0.book.orders }
        return
            orders
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
            orders: orders,
            accounts: names,
            settings: settings
        )
    }

    /// What still goes wrong: of the scripts, only what has not been used up.
    package var faults: Faults { state.withLock { $0.plan.remaining } }

    /// Replaces the faults, what is left of the script included.
    ///
    /// - Throws: `BadInput` where they make no sense; the old ones stay.
    package func inject(_ faults: Faults) throws(BadInput) {
        try faults.validate()
        state.withLock { state in
            state.plan.inject(faults, at: now())
            state.limiters.forgetForeign()
        }
    }

    /// Returns to the state the exchange opened with, randomness included.
    ///
    /// Only the sequence of arrivals goes on, so that a request on its way cannot be mistaken for a
    /// later one.
    package func reset() {
        // The settings made a state once before, so they make one again.
        guard var fresh = try? State(settings, at: now()) else { return }
        state.withLock { state in
            fresh.log = state.log
            fresh.log.clear()
            state = fresh
        }
    }
}
