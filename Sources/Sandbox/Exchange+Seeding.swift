import Synchronization

extension Exchange {
    /// Places orders with the given ids, all or none, and makes their contract known.
    ///
    /// - Parameters:
    ///   - ids: their ids.
    ///   - account: the name of their account.
    ///   - contract: what they are orders of.
    ///   - placement: how old they are, and how they ended if they did.
    /// - Returns: the ids.
    /// - Throws: `BadInput` for an unknown account, or an id that is malformed or taken.
    @discardableResult
    package func seed(
        _ ids: [String],
        account: String,
        on contract: Contract,
        as placement: Placement = Placement()
    ) throws(BadInput) -> [String] {
        try state.withLock { state throws(BadInput) in
            try state.requireAccount(account)
            try state.book.seed(ids, account: account, on: contract, as: placement, at: now())
        }
        return ids
    }

    /// Places orders with made-up consecutive ids, as long as real ones and beyond 2^53.
    ///
    /// - Parameters:
    ///   - count: how many, 1 to 1,000,000.
    ///   - first: the first id, of 18 or 19 digits; nil to go on after the last one made.
    ///   - account: the name of their account.
    ///   - contract: what they are orders of.
    ///   - placement: how old they are, and how they ended if they did.
    /// - Returns: the ids.
    /// - Throws: `BadInput` for an unknown account, or an id that is malformed or taken.
    @discardableResult
    package func seed(
        count: Int,
        first: UInt64? = nil,
        account: String,
        on contract: Contract,
        as placement: Placement = Placement()
    ) throws(BadInput) -> [String] {
        try state.withLock { state throws(BadInput) in
            try state.requireAccount(account)
            let ids = try state.book.makeIDs(count: count, first: first)
            try state.book.seed(ids, account: account, on: contract, as: placement, at: now())
            return ids
        }
    }

    /// Lets open orders fire, all or none.
    ///
    /// - Throws: `BadInput` where an id is unknown or no longer open.
    package func fire(_ ids: [String]) throws(BadInput) {
        try end(ids, as: .fired)
    }

    /// Lets open orders end, all or none.
    ///
    /// - Throws: `BadInput` where an id is unknown or no longer open.
    package func end(_ ids: [String], as ending: Ending) throws(BadInput) {
        try state.withLock { state throws(BadInput) in
            try state.book.end(ids, as: ending, at: now())
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
