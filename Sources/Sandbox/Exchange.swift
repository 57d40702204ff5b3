import Synchronization

/// A practice exchange: accounts, trailing orders, their cancels and lists, apart from HTTP.
///
/// One request passes through in the order its bytes would:
///
///     travel ──▶ arrive ──────────────▶ answer ──────────▶ (the server sends it)
///                stamped, signature     body read,
///                checked, counted by    orders cancelled,
///                the limiter, fault     answer spoiled
///                drawn
///
/// Everything it knows is one value behind one lock. The lock is held for table look-ups only,
/// never while a signature is checked, JSON is read or written, or a task is suspended. It is
/// written from htx-api.md alone and shares no code with the client, so that one misreading cannot
/// hide in both.
///
/// What it does not promise: to be the real exchange. Where htx-api 9 lists an open question, the
/// sandbox takes the stricter of the likely answers.
package final class Exchange: Sendable {
    /// How it was set up.
    package let settings: Settings
    /// Reads the clocks.
    let now: @Sendable () -> Moment
    /// Everything that changes.
    let state: Mutex<State>

    /// Opens an exchange.
    ///
    /// - Parameters:
    ///   - settings: accounts, limits, faults and seed to begin with, and to return to at `reset`.
    ///   - now: reads the clocks; called under the exchange's lock, so it must be quick, and the
    ///     boot clock must not run backwards.
    /// - Throws: `BadInput` where the settings make no sense.
    package init(
        settings: Settings = Settings(),
        now: @escaping @Sendable () -> Moment
    ) throws(BadInput) {
        self.settings = settings
        self.now = now
        state = Mutex(try State(settings, at: now()))
    }

    /// What the exchange's own wall clock shows, in milliseconds; a fault may have put it off.
    package var wallMs: Int64 { state.withLock { $0.plan.shown(now()).wallMs } }

    /// How the whole exchange is out of order at this moment; nil for not at all.
    package var outage: Outage? { state.withLock { $0.plan.outage(at: now()) } }

    /// When the present outage ends by itself, on the exchange's own clock; nil for never or none.
    package var outageEndMs: Int64? {
        state.withLock { state in
            guard state.plan.outage(at: now()) != nil else { return nil }
            return state.plan.faults.world.outageMs.map {
                state.plan.shown(state.plan.since).wallMs + $0
            }
        }
    }

    /// Everything that changes, as one value.
    struct State: Sendable {
        /// The accounts by name.
        private(set) var accounts: [String: Account] = [:]
        /// The names of the accounts by access key.
        private(set) var names: [String: String] = [:]
        /// The orders.
        var book: OrderBook
        /// The arrivals.
        var log: ArrivalLog
        /// The limiters of the accounts.
        var limiters = Limiters()
        /// What goes wrong.
        var plan: FaultPlan

        /// Makes the state an exchange opens with.
        ///
        /// - Throws: `BadInput` where the settings make no sense.
        init(_ settings: Settings, at moment: Moment) throws(BadInput) {
            try settings.validate()
            book = OrderBook(contracts: settings.contracts)
            log = ArrivalLog(cap: settings.arrivalCap)
            plan = FaultPlan(settings.faults, seed: settings.seed, at: moment)
            for account in settings.accounts { try add(account) }
        }

        /// Opens an account.
        ///
        /// - Throws: `BadInput` where its name or access key is taken, or a part of it is empty.
        mutating func add(_ account: Account) throws(BadInput) {
            guard !account.name.isEmpty, !account.accessKey.isEmpty, !account.secret.isEmpty else {
                throw BadInput("An account needs a name, an access_key and a secret_key.")
            }
            guard accounts[account.name] == nil else {
                throw BadInput("The account \"\(account.name)\" exists.")
            }
            guard names[account.accessKey] == nil else {
                throw BadInput("The access_key belongs to another account.")
            }
            accounts[account.name] = account
            names[account.accessKey] = account.name
        }

        /// Gives an account other keys; those it had belong to nobody from now on.
        ///
        /// - Throws: `BadInput` where there is no such account, the access key is another's, or a
        ///   part of it is empty.
        mutating func replaceKeys(of account: Account) throws(BadInput) {
            guard let old = accounts[account.name] else {
                throw BadInput("There is no account \"\(account.name)\".")
            }
            accounts[old.name] = nil
            names[old.accessKey] = nil
            do {
                try add(account)
            } catch {
                accounts[old.name] = old
                names[old.accessKey] = old.name
                throw error
            }
        }

        /// Gives the account a key belongs to, or nil.
        func account(withKey key: String) -> Account? {
            names[key].flatMap { accounts[$0] }
        }
    }
}
