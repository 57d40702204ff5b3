import Synchronization

extension Exchange {
    /// A request that has arrived and been counted, and waits for its answer.
    package struct Ticket: Sendable {
        /// Its place among the arrivals.
        package let sequence: Int
        /// Where it arrived.
        package let endpoint: Endpoint
        /// The account that signed it; nil where the signature was not right.
        package let account: String?
        /// Why it is refused whatever its body says.
        package let refusal: Refusal?
        /// What goes wrong with it.
        package let fault: Fault
        /// Which turn of the dice is its own.
        package let turn: Int
        /// What the limiter told it; nil without a limit.
        package let rate: RateHeaders?
    }

    /// Draws how long the request just received was on its way, and how long its answer will be.
    package func travel() -> FaultPlan.Travel {
        state.withLock { $0.plan.nextTravel() }
    }

    /// Lets one request arrive: checks who signed it, stamps it, counts it.
    ///
    /// Whoever signs correctly is counted, even with a stale timestamp: the request has reached the
    /// exchange. Nobody is charged for a request they did not sign, and no fault but an outage
    /// strikes it. Requests of an outage are counted and written down like all others: the log is
    /// what a client's own books are held against.
    package func arrive(_ call: SignedCall, at endpoint: Endpoint = .cancel) -> Ticket {
        let account = call.accessKey.flatMap { key in state.withLock { $0.account(withKey: key) } }
        let refusal = account.map { call.refusal(secret: $0.secret) } ?? .unknownKey
        return state.withLock { state in
            // The clock is read under the lock: sequence and time agree for all arrivals.
            let visit = Visit(endpoint: endpoint, account: account?.name, moment: now())
            guard let account, refusal == nil else {
                return state.turnAway(visit, refusal, settings: settings)
            }
            let world = state.plan.faults.world
            let stale = call.refusal(
                ofTimestampAt: state.plan.shown(visit.moment).wallMs,
                skewMs: settings.skewMs
            )
            let code = stale == .staleTimestamp ? world.skewCode : nil
            let barred = world.accounts[account.name].map { Refusal(code: $0.errCode) }
            return state.count(
                visit,
                code.map(Refusal.init(code:)) ?? stale ?? barred,
                settings: settings
            )
        }
    }

    /// One request at the door.
    fileprivate struct Visit {
        let endpoint: Endpoint
        let account: String?
        let moment: Moment
    }
}

extension Exchange.State {
    /// Writes down an arrival that nobody signed: it is charged to no one and meets no fault.
    fileprivate mutating func turnAway(
        _ visit: Exchange.Visit,
        _ refusal: Refusal?,
        settings: Exchange.Settings
    ) -> Exchange.Ticket {
        let rate = meter(visit, counting: false, settings: settings)?.headers
        let fault = plan.outage(at: visit.moment).map(Fault.outage) ?? .none
        return Exchange.Ticket(
            sequence: write(visit, signed: false, refusedForRate: false, fault: fault),
            endpoint: visit.endpoint,
            account: nil,
            refusal: refusal,
            fault: fault,
            turn: 0,
            rate: rate
        )
    }

    /// Writes down a signed arrival, counts it and deals it its fault.
    fileprivate mutating func count(
        _ visit: Exchange.Visit,
        _ refusal: Refusal?,
        settings: Exchange.Settings
    ) -> Exchange.Ticket {
        let verdict = meter(visit, counting: true, settings: settings)
        let refused = verdict?.refused ?? false
        // What an outage swallows uses nothing up.
        let fault =
            plan.outage(at: visit.moment).map(Fault.outage) ?? plan.nextFault(at: visit.endpoint)
        return Exchange.Ticket(
            sequence: write(visit, signed: true, refusedForRate: refused, fault: fault),
            endpoint: visit.endpoint,
            account: visit.account,
            refusal: refused ? .tooFrequent : refusal,
            fault: fault,
            turn: plan.arrived,
            rate: verdict?.headers
        )
    }

    private mutating func meter(
        _ visit: Exchange.Visit,
        counting: Bool,
        settings: Exchange.Settings
    ) -> Limiters.Verdict? {
        limiters.meter(
            visit.account,
            at: visit.endpoint,
            counting: counting,
            settings: settings,
            plan: plan,
            moment: visit.moment
        )
    }

    private mutating func write(
        _ visit: Exchange.Visit,
        signed: Bool,
        refusedForRate: Bool,
        fault: Fault
    ) -> Int {
        let sequence = log.nextSequence
        log.append(
            Exchange.Arrival(
                sequence: sequence,
                at: visit.moment,
                endpoint: visit.endpoint,
                account: visit.account,
                signed: signed,
                refusedForRate: refusedForRate,
                fault: fault
            )
        )
        return sequence
    }
}
