import Synchronization

extension Exchange {
    /// A request that has arrived and been counted, and waits for its answer.
    package struct Ticket: Sendable {
        /// Its place among the arrivals.
        package let sequence: Int
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

    /// Lets one request arrive at the cancel endpoint: checks who signed it, stamps it, counts it.
    ///
    /// Whoever signs correctly is counted, even with a stale timestamp: the request has reached the
    /// exchange. Nobody is charged for a request they did not sign, and no fault strikes it.
    package func arrive(_ call: SignedCall) -> Ticket {
        let account = call.accessKey.flatMap { key in state.withLock { $0.account(withKey: key) } }
        let refusal = account.map { call.refusal(secret: $0.secret) } ?? .unknownKey
        let stale = { call.refusal(ofTimestampAt: $0, skewMs: self.settings.skewMs) }
        return state.withLock { state in
            // The clock is read under the lock: sequence and time agree for all arrivals.
            let moment = now()
            guard let account, refusal == nil else {
                return state.turnAway(account?.name, refusal, settings: settings, at: moment)
            }
            return state.count(account.name, stale(moment.wallMs), settings: settings, at: moment)
        }
    }

    /// Answers a request that has arrived.
    package func answer(_ ticket: Ticket, body bytes: [UInt8]) -> Reply {
        let body = CancelBody(json: bytes)
        var reply = verdict(on: ticket, body: body)
        reply.rate = ticket.rate
        reply.spoil(by: ticket.fault)
        state.withLock { state in
            state.log.update(ticket.sequence) { arrival in
                arrival.contractCode = body?.contractCode
                arrival.pair = body?.pair
                arrival.contractType = body?.contractType
                arrival.orderIDs = body?.orderIDs
                arrival.answer = reply.answer
                arrival.errCode = reply.errCode
            }
        }
        return reply
    }

    /// Decides what the exchange says, before the fault touches how it is said.
    ///
    /// The limiter and the signature come first, as on the way in: a fault that would let a request
    /// be processed does not carry it past them.
    private func verdict(on ticket: Ticket, body: CancelBody?) -> Reply {
        let ts = now().wallMs
        if let refusal = ticket.refusal { return Reply(refusal, ts: ts) }
        switch ticket.fault {
        case .maintenance: return .maintenance()
        case .errCode(let code): return Reply(Refusal(code: code), ts: ts)
        // Whatever is written here, the caller gets a page or nothing in its place.
        case let fault where !fault.letsProcess: return Reply(CancelAnswer(), ts: ts)
        default: break
        }
        do throws(Refusal) {
            guard let body, let account = ticket.account else { throw .invalidInput }
            let command = try body.command()
            var answer = try cancel(command.ids, command.selector, account, ticket.sequence)
            var dice = Dice(seed: settings.seed, for: .answer, turn: ticket.turn)
            answer.shuffleSuccesses(using: &dice)
            answer.spoil(by: ticket.fault)
            return Reply(answer, ts: ts, numericIDs: ticket.fault == .numericIDs)
        } catch {
            return Reply(error, ts: ts)
        }
    }

    private func cancel(
        _ ids: [String],
        _ selector: Selector,
        _ account: String,
        _ sequence: Int
    ) throws(Refusal) -> CancelAnswer {
        try state.withLock { state throws(Refusal) in
            if let refusal = state.book.refusal(of: selector) { throw refusal }
            let moment = now()
            var answer = CancelAnswer()
            for id in ids {
                let forced = state.plan.faults.orderErrCodes[id].map(Refusal.init(code:))
                let refusal =
                    forced
                    ?? state.book.cancel(
                        id,
                        account: account,
                        selector: selector,
                        arrival: sequence,
                        at: moment
                    )
                if let refusal {
                    answer.errors.append((id, refusal))
                } else {
                    answer.successes.append(id)
                }
            }
            state.log.update(sequence) {
                $0.processed = true
                $0.cancelled = answer.successes.count
            }
            return answer
        }
    }
}

extension Exchange.State {
    /// Writes down an arrival that nobody signed: it is charged to no one and meets no fault.
    fileprivate mutating func turnAway(
        _ account: String?,
        _ refusal: Refusal?,
        settings: Exchange.Settings,
        at moment: Moment
    ) -> Exchange.Ticket {
        let sequence = log.nextSequence
        log.append(Exchange.Arrival(sequence: sequence, at: moment, account: account))
        let window = account.flatMap { windows[$0] } ?? RateWindow(settings)
        let rate = window.map {
            RateHeaders($0.reading(at: moment.bootNs), settings: settings, at: moment)
        }
        return Exchange.Ticket(
            sequence: sequence,
            account: nil,
            refusal: refusal,
            fault: .none,
            turn: 0,
            rate: rate
        )
    }

    /// Writes down a signed arrival, counts it and deals it its fault.
    fileprivate mutating func count(
        _ account: String,
        _ refusal: Refusal?,
        settings: Exchange.Settings,
        at moment: Moment
    ) -> Exchange.Ticket {
        var window = windows[account] ?? RateWindow(settings)
        let reading = window?.arrive(at: moment.bootNs)
        windows[account] = window
        let sequence = log.nextSequence
        let fault = plan.nextFault()
        log.append(
            Exchange.Arrival(
                sequence: sequence,
                at: moment,
                account: account,
                signed: true,
                refusedForRate: reading?.refused ?? false,
                fault: fault
            )
        )
        return Exchange.Ticket(
            sequence: sequence,
            account: account,
            refusal: reading?.refused == true ? .tooFrequent : refusal,
            fault: fault,
            turn: plan.arrived,
            rate: reading.map { RateHeaders($0, settings: settings, at: moment) }
        )
    }
}

extension RateWindow {
    /// Makes the window of one account, or nil where the settings know no limit.
    fileprivate init?(_ settings: Exchange.Settings) {
        guard settings.limit > 0 else { return nil }
        self.init(limit: settings.limit, spanNs: settings.spanNs)
    }
}
