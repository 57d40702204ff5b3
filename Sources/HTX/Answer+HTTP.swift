import Cancels

/// That a call was handed to the HTTP client, for which host and when.
struct HandOver: Sendable {
    /// The host.
    let exchange: ExchangeURL
    /// When the signed call was handed to the HTTP client.
    let sentAt: BootTime
}

extension Answer {
    /// What came back over HTTP, read.
    init(to request: Request, _ received: Received, _ handOver: HandOver) {
        let reading = ProtocolV1.read(
            asked: request.orderIDs,
            status: received.status,
            body: received.body,
            truncated: received.truncated
        )
        self.init(
            requestID: request.id,
            kind: .answered,
            whole: reading.whole,
            outcomes: reading.outcomes,
            receivedAt: received.headAt.boot,
            receivedWall: received.headAt.wall
        )
        strangers = reading.strangers
        exchange = handOver.exchange.description
        httpStatus = received.status
        serverTime = reading.serverTime
        body = received.body
        limit = received.limit
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
            outcomes: Reading(outcome, forAll: request.orderIDs).outcomes,
            receivedAt: gaveUp.boot,
            receivedWall: gaveUp.wall
        )
        exchange = handOver?.exchange.description
        sentAt = handOver?.sentAt
    }
}
