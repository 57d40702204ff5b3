import CancelRunner
import Cancels
import HTX
import TestSupport

// What lies between a request that was handed over and its answer.

extension Simulation {
    /// Hands a request to the network, unless its grant has lapsed.
    func handOver(_ request: Request, committedAt: BootTime, by process: Process) throws {
        guard process.isAlive else { return }
        guard clocks.time >= process.busyUntil else {
            return after(process.busyUntil - clocks.time) {
                try $0.handOver(request, committedAt: committedAt, by: process)
            }
        }
        let now = clocks.now
        let policy = settings.policy(of: request.call.endpoint)
        guard policy.isFresh(request.grantedAt, committedAt: committedAt, now: now.boot) else {
            note(.lapsed, request.id)
            return post(Answer(lapsed: request, at: now), to: process)
        }
        if clocks.time < outageUntil || strikes(.connectionRefused) {
            note(.connectionRefused, request.id)
            return post(
                answer(request, .unsent, Outcome(.notSent, message: "refused"), now),
                to: process
            )
        }
        try travel(request, sentAt: now, by: process)
    }

    /// A time one way, in nanoseconds.
    private func way() -> Int64 {
        Int64((plan.network.least + random.exponential(mean: plan.network.jitter)) * 1_000_000)
    }

    private func travel(_ request: Request, sentAt: Now, by process: Process) throws {
        let timeout = settings.bucket.requestTimeout.nanoseconds
        var out = min(way(), timeout - 1)
        let giveUp = { (simulation: Simulation) in
            let unknown = Outcome(.unknown, message: "no answer in time")
            var lost = simulation.answer(request, .lost, unknown, simulation.clocks.now)
            lost.sentAt = sentAt.boot
            simulation.post(lost, to: process)
        }
        if strikes(.lostBefore) {
            note(.lostBefore, request.id)
            return after(timeout, giveUp)
        }
        if strikes(.arrivedLate) {
            // As late as anything may still arrive after it was given up.
            note(.arrivedLate, request.id)
            out = timeout + .ms(random.number(0...999))
        }
        let back = way()
        after(out) { simulation in
            let reply = try simulation.arrive(request)
            guard let reply, out + back < timeout else { return }
            simulation.after(back) { $0.receive(reply, for: request, sentAt: sentAt, by: process) }
            if simulation.strikes(.answeredTwice) {
                simulation.note(.answeredTwice, request.id)
                simulation.after(back + .ms(simulation.random.number(0...3_000))) {
                    $0.receive(reply, for: request, sentAt: sentAt, by: process)
                }
            }
        }
        // Whichever comes first is what the client has seen; what comes second changes nothing.
        after(timeout) { simulation in
            guard process.handedOver.contains(request.id),
                !process.unrecorded.contains(where: { $0.requestID == request.id })
            else { return }
            giveUp(simulation)
        }
    }

    /// Reads what came back, by the real reader.
    private func receive(
        _ reply: ModelExchange.Reply,
        for request: Request,
        sentAt: Now,
        by process: Process
    ) {
        let now = clocks.now
        guard process.isAlive, now.bootID == sentAt.bootID else { return }
        let reading = ProtocolV1.read(
            request.call,
            status: reply.status,
            body: reply.body,
            truncated: reply.isTruncated
        )
        var answer = Answer(
            requestID: request.id,
            kind: .answered,
            whole: reading.whole,
            outcomes: reading.outcomes,
            receivedAt: now.boot,
            receivedWall: now.wall
        )
        answer.page = reading.page
        answer.strangers = reading.strangers
        answer.serverTime = reading.serverTime
        answer.exchange = "https://exchange.test"
        answer.httpStatus = reply.status
        answer.body = reply.body
        answer.limit = reply.limit
        answer.sentAt = sentAt.boot
        post(answer, to: process)
    }

    /// The same outcome for all ids of a request.
    private func answer(
        _ request: Request,
        _ kind: Answer.Kind,
        _ outcome: Outcome,
        _ now: Now
    ) -> Answer {
        Answer(
            requestID: request.id,
            kind: kind,
            whole: outcome,
            outcomes: Dictionary(uniqueKeysWithValues: request.orderIDs.map { ($0, outcome) }),
            receivedAt: now.boot,
            receivedWall: now.wall
        )
    }

    /// Puts an answer into the mailbox of a process.
    private func post(_ answer: Answer, to process: Process) {
        guard process.isAlive else { return }
        tell("answer to \(answer.requestID): \(answer.kind) \(answer.whole?.kind.rawValue ?? "")")
        process.unrecorded.append(answer)
        planTurn(of: process, at: clocks.time)
    }
}
