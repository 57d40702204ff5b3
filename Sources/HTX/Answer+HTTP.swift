import Cancels

/// That a call was handed to the HTTP client, for which host and when.
struct HandOver: Sendable {
    /// The host.
    let exchange: ExchangeURL
    /// When the signed call was handed to the HTTP client.
    let sentAt: BootTime
    /// What was added to this machine's clock for its timestamp, in milliseconds.
    let offset: Int64
}

extension Received {
    /// What it says in answer to a call.
    func reading(for call: Call) -> Reading {
        ProtocolV1.read(call, status: status, body: body, truncated: truncated)
    }
}

extension Answer {
    /// What came back over HTTP, read.
    init(
        to request: Request,
        _ received: Received,
        _ reading: Reading,
        _ handOver: HandOver
    ) {
        self.init(
            requestID: request.id,
            kind: .answered,
            whole: reading.whole,
            outcomes: reading.outcomes,
            receivedAt: received.headAt.boot,
            receivedWall: received.headAt.wall
        )
        page = reading.page
        strangers = reading.strangers
        exchange = handOver.exchange.description
        httpStatus = received.status
        serverTime = reading.serverTime
        body = received.body
        limit = received.limit
        if reading.whole?.code == "1084" {
            limit = RateLimit.report(
                received.limit,
                recoveringAt: received.recovery,
                serverTime: serverTime
            )
        }
        sentAt = handOver.sentAt
    }

    /// That nothing came back, and what follows for the whole and for each id alike.
    init(
        to request: Request,
        _ kind: Kind,
        _ outcome: Outcome,
        at gaveUp: Now,
        _ handOver: HandOver? = nil
    ) {
        self.init(
            requestID: request.id,
            kind: kind,
            whole: outcome,
            outcomes: Reading(outcome, forAll: request.call).outcomes,
            receivedAt: gaveUp.boot,
            receivedWall: gaveUp.wall
        )
        exchange = handOver?.exchange.description
        sentAt = handOver?.sentAt
    }
}
