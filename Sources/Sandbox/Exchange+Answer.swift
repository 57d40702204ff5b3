import Synchronization

extension Exchange {
    /// Answers a request that has arrived.
    package func answer(_ ticket: Ticket, body bytes: [UInt8]) -> Reply {
        ticket.endpoint.isRead ? answerList(ticket, bytes) : answerCancel(ticket, bytes)
    }

    private func answerCancel(_ ticket: Ticket, _ bytes: [UInt8]) -> Reply {
        let body = CancelBody(json: bytes)
        let reply = reply(to: ticket) { account throws(Refusal) in
            guard let body else { throw .invalidInput }
            return try cancel(body, account, ticket)
        }
        write(reply, ticket) { arrival in
            arrival.contractCode = body?.contractCode
            arrival.pair = body?.pair
            arrival.contractType = body?.contractType
            arrival.orderIDs = body?.orderIDs
        }
        return reply
    }

    private func answerList(_ ticket: Ticket, _ bytes: [UInt8]) -> Reply {
        let body = ListBody(json: bytes)
        let reply = reply(to: ticket) { account throws(Refusal) in
            guard let body else { throw .invalidInput }
            return try list(body, account, ticket)
        }
        write(reply, ticket) { arrival in
            arrival.contractCode = body?.contractCode
            arrival.pair = body?.pair
            arrival.page = body.map { $0.pageIndex ?? 1 }
        }
        return reply
    }

    /// Decides what the exchange says, and how much of it the fault lets the caller hear.
    private func reply(
        to ticket: Ticket,
        _ process: (_ account: String) throws(Refusal) -> Reply
    ) -> Reply {
        var reply = verdict(on: ticket, process)
        reply.rate = ticket.rate
        reply.spoil(by: ticket.fault)
        return reply
    }

    /// Decides what the exchange says, before the fault touches how it is said.
    ///
    /// The limiter and the signature come first, as on the way in: a fault that would let a request
    /// be processed does not carry it past them.
    private func verdict(
        on ticket: Ticket,
        _ process: (_ account: String) throws(Refusal) -> Reply
    ) -> Reply {
        if let refusal = ticket.refusal { return Reply(refusal, ts: wallMs) }
        switch ticket.fault {
        case .maintenance: return .maintenance()
        case .errCode(let code): return Reply(Refusal(code: code), ts: wallMs)
        // Whatever is written here, the caller gets a page or nothing in its place.
        case let fault where !fault.letsProcess: return Reply(CancelAnswer(), ts: wallMs)
        default: break
        }
        do throws(Refusal) {
            guard let account = ticket.account else { throw .invalidInput }
            return try process(account)
        } catch {
            return Reply(error, ts: wallMs)
        }
    }

    private func write(
        _ reply: Reply,
        _ ticket: Ticket,
        _ asked: (inout Arrival) -> Void
    ) {
        state.withLock { state in
            state.log.update(ticket.sequence) { arrival in
                asked(&arrival)
                arrival.answer = reply.answer
                arrival.errCode = reply.errCode
            }
        }
    }
}
