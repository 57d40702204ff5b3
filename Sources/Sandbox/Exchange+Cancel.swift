import Synchronization

extension Exchange {
    /// Carries out one cancel request.
    ///
    /// - Throws: why it is refused as a whole.
    func cancel(
        _ body: CancelBody,
        _ account: String,
        _ ticket: Ticket
    ) throws(Refusal) -> Reply {
        let command = try body.command()
        let order = Cancellation(
            selector: command.selector,
            account: account,
            arrival: ticket.sequence
        )
        var answer = try state.withLock { state throws(Refusal) in
            try state.cancel(command.ids, order, at: now())
        }
        var dice = Dice(seed: settings.seed, for: .answer, turn: ticket.turn)
        answer.shuffleSuccesses(using: &dice)
        answer.spoil(by: ticket.fault)
        return Reply(answer, ts: wallMs, numericIDs: ticket.fault == .numericIDs)
    }

    /// Who cancels what, by which arrival.
    fileprivate struct Cancellation {
        let selector: Selector
        let account: String
        let arrival: Int
    }
}

extension Exchange.State {
    /// Cancels the orders of one request, one after another.
    ///
    /// - Throws: why the whole request is refused; then nothing was processed.
    fileprivate mutating func cancel(
        _ ids: [String],
        _ order: Exchange.Cancellation,
        at moment: Moment
    ) throws(Refusal) -> CancelAnswer {
        let codes = book.codes(of: order.selector)
        if let refusal = plan.faults.cancels.refusal(of: ids, on: codes) { throw refusal }
        if let refusal = book.refusal(of: order.selector) { throw refusal }
        var answer = CancelAnswer()
        var cancelled = 0
        for id in ids {
            if let refusal = cancel(id, order, at: moment) {
                answer.errors.append((id, refusal))
            } else {
                answer.successes.append(id)
                // An acknowledgement may be false; the books are not.
                if book[id]?.cancelledBy == order.arrival { cancelled += 1 }
            }
        }
        log.update(order.arrival) {
            $0.processed = true
            $0.cancelled = cancelled
        }
        return answer
    }

    /// Cancels one order and gives nil, or says why not.
    ///
    /// Ids of one request go through here one after another, so the second of a pair of duplicates
    /// finds the order cancelled by the first.
    private mutating func cancel(
        _ id: String,
        _ order: Exchange.Cancellation,
        at moment: Moment
    ) -> Refusal? {
        if let code = plan.faults.orderErrCodes[id] { return Refusal(code: code) }
        if plan.findsInProgress(id) { return .cancelling }
        let faults = plan.faults.cancels
        let refusal = { (book: OrderBook) in
            book.refusal(of: id, account: order.account, selector: order.selector)
        }
        if faults.fireFirstIDs.contains(id), refusal(book) == nil {
            book.end(id, as: .fired, at: moment)
        }
        if let refusal = refusal(book) { return refusal }
        if faults.acceptedStaysOpen.contains(id) { return nil }
        let fires = faults.acceptedThenFires.contains(id)
        book.end(id, as: fires ? .fired : .cancelled(by: order.arrival), at: moment)
        return nil
    }
}
