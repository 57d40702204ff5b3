import Cancels
import TestSupport

// The exchange's side of a request.

extension Simulation {
    /// A request reaches the exchange; gives what it sends back, nil for nothing.
    func arrive(_ request: Request) throws -> ModelExchange.Reply? {
        try inspector.checkIntent(of: request, for: self)
        let (endpoint, account) = (request.call.endpoint, request.target.account)
        let counted = exchange.count(
            account,
            endpoint,
            isOurs: true,
            at: clocks.time,
            wall: clocks.time / 1_000_000
        )
        checkRate(account, endpoint, isRefused: counted.isRefused)
        if clocks.time < silenceUntil {
            note(.silence, request.id)
            return nil
        }
        var reply = try answer(request, isRefused: counted.isRefused)
        reply?.limit = counted.report
        return reply
    }

    /// At most five of ours in any half-open second, and no refusal that is not somebody else's doing.
    private func checkRate(_ account: String, _ endpoint: Endpoint, isRefused: Bool) {
        let limit = endpoint == .cancel ? 5 : 24
        let recent = exchange.instants(of: account, endpoint).filter { clocks.time - $0 < .s(2) }
        let most = mostInAnyWindow(recent, window: .s(1))
        if most > limit { fail("\(most) \(endpoint) requests of \(account) arrived in one second") }
        let isExplained =
            exchange.isSharedLately(account, at: clocks.time)
            || (endpoint == .cancel && exchange.limit < 5)
        if isRefused, !isExplained {
            fail("\(account) was refused for its rate, and nobody shares it")
        }
    }

    private func answer(_ request: Request, isRefused: Bool) throws -> ModelExchange.Reply? {
        let ts = clocks.time / 1_000_000
        if isRefused {
            note(.throttled, request.id)
            return ModelExchange.refusal(1_032, "Too many requests.", ts: ts)
        }
        if let refusal = refusal(of: request, ts: ts) { return refusal }
        var reply = carryOut(request, ts: ts)
        if strikes(.lostAfter) {
            note(.lostAfter, request.id)
            return nil
        }
        spoil(&reply, of: request, ts: ts)
        return reply
    }

    /// What is said instead of doing anything.
    private func refusal(of request: Request, ts: Int64) -> ModelExchange.Reply? {
        func refuse(_ happening: Happening, _ code: Int, _ words: String) -> ModelExchange.Reply? {
            guard strikes(happening) else { return nil }
            note(happening, request.id)
            return ModelExchange.refusal(code, words, ts: ts)
        }
        if exchange.barred.contains(request.target.account) {
            return ModelExchange.refusal(403, "Verification failure.", ts: ts)
        }
        if strikes(.accountTrouble) {
            note(.accountTrouble, request.id)
            exchange.barred.insert(request.target.account)
            return ModelExchange.refusal(403, "Verification failure.", ts: ts)
        }
        if strikes(.tooManyRequests) {
            note(.tooManyRequests, request.id)
            return ModelExchange.Reply("", status: 429)
        }
        if strikes(.maintenance) {
            note(.maintenance, request.id)
            return ModelExchange.Reply("{\"status\":\"maintain\"}")
        }
        return refuse(.busy, 1_004, "System busy.")
            ?? refuse(.serverErrorBefore, 1_000, "System error.")
            ?? refuse(.unlistedCode, 31_337, "What nobody knows.")
    }

    private func carryOut(_ request: Request, ts: Int64) -> ModelExchange.Reply {
        let (reply, happened): (ModelExchange.Reply, [Happening])
        switch request.call {
        case .cancel:
            let kinds: [(Happening, ModelExchange.Spoil)] = [
                (.missingID, .missingID), (.bothLists, .bothLists), (.stranger, .stranger),
                (.namedTwice, .namedTwice), (.numericIDs, .numericIDs),
                (.errorWithoutID, .errorWithoutID), (.inProgress, .inProgress),
                (.transientCode, .transientCode), (.unlistedID, .unlistedID),
            ]
            let spoil = kinds.first { strikes($0.0) }?.1 ?? .none
            (reply, happened) = exchange.cancel(
                request,
                at: clocks.time,
                ts: ts,
                spoil: spoil,
                random: &random
            )
        case .lookup(let list, let page):
            let kinds: [(Happening, ModelExchange.PageSpoil)] = [
                (.listRefused, .refused), (.listGarbage, .garbage), (.listWrongPage, .wrongPage),
                (.listUnclear, .unclear), (.listOmission, .omission),
            ]
            let spoil = kinds.first { strikes($0.0) }?.1 ?? .none
            (reply, happened) = exchange.page(
                page,
                of: list,
                for: request,
                at: clocks.time,
                ts: ts,
                spoil: spoil
            )
        }
        for happening in happened { note(happening, request.id) }
        return reply
    }

    /// What becomes of an answer after the work was done.
    private func spoil(_ reply: inout ModelExchange.Reply, of request: Request, ts: Int64) {
        if strikes(.serverErrorAfter) {
            note(.serverErrorAfter, request.id)
            reply = ModelExchange.refusal(1_000, "System error.", ts: ts)
        } else if strikes(.garbage) {
            note(.garbage, request.id)
            reply = ModelExchange.Reply("<html>502 Bad Gateway</html>", status: 502)
        } else if strikes(.emptyBody) {
            note(.emptyBody, request.id)
            reply = ModelExchange.Reply("")
        } else if strikes(.truncatedBody) {
            note(.truncatedBody, request.id)
            reply.body.removeLast(reply.body.count / 2)
            reply.isTruncated = random.chance(0.5)
        } else if strikes(.okWithServerError) {
            note(.okWithServerError, request.id)
            reply.status = 500
        }
    }
}
