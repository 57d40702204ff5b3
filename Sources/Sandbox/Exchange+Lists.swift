import Synchronization

extension Exchange {
    /// A day in milliseconds.
    private static let dayMs: Int64 = 86_400_000

    /// Answers one request for a list.
    ///
    /// - Throws: why it is refused.
    func list(
        _ body: ListBody,
        _ account: String,
        _ ticket: Ticket
    ) throws(Refusal) -> Reply {
        let query = try body.query(at: ticket.endpoint)
        let page = try state.withLock { state throws(Refusal) in
            if let refusal = state.book.refusal(of: query.filter) { throw refusal }
            let moment = now()
            let lists = state.plan.faults.lists
            let view = OrderBook.View(
                bootNs: moment.bootNs - lists.delayMs * 1_000_000,
                oldestMs: moment.wallMs - (query.history?.days ?? 0) * Self.dayMs,
                absent: lists.absentIDs
            )
            state.log.update(ticket.sequence) { $0.processed = true }
            return state.book.page(of: query, account: account, as: view)
        }
        return Reply(list: ListAnswer(query: query, page: page).json(ts: wallMs))
    }
}
