/// One HTTP call, as the turn wrote it down before any byte of it may leave.
package struct Request: Hashable, Sendable {
    /// `request.id`.
    package let id: Int64
    /// The account and contract it addresses.
    package let target: Target
    /// What it asks for.
    package let call: Call
    /// When its token was taken.
    package let grantedAt: BootTime

    package init(id: Int64, target: Target, call: Call, grantedAt: BootTime) {
        self.id = id
        self.target = target
        self.call = call
        self.grantedAt = grantedAt
    }

    /// The ids it carries; a lookup carries none.
    package var orderIDs: [OrderID] { call.orderIDs }
}

/// What one request asks the exchange for.
package enum Call: Hashable, Sendable {
    /// To cancel 1 to 10 distinct ids, most urgent first.
    case cancel([OrderID])
    /// For one page of a list, counted from 1.
    case lookup(OrderList, page: Int)

    /// The endpoint it goes to, which has tokens of its own.
    package var endpoint: Endpoint {
        switch self {
        case .cancel: .cancel
        case .lookup: .lookup
        }
    }

    /// The ids it carries; a lookup carries none.
    package var orderIDs: [OrderID] {
        switch self {
        case .cancel(let orderIDs): orderIDs
        case .lookup: []
        }
    }
}

/// What came back for a request, or that nothing did.
package struct Answer: Sendable {
    /// How the request ended; the text of `answer.kind`.
    package enum Kind: String, Sendable, CaseIterable {
        /// Something came back over HTTP, readable or not.
        case answered
        /// Nothing came back; the exchange may or may not have acted.
        case lost
        /// Nothing of it left this machine: the exchange cannot have counted it.
        case unsent
    }

    /// The request it answers.
    package let requestID: Int64
    /// How the request ended.
    package let kind: Kind
    /// What it says of the request as a whole, where it says anything: `throttled`, `unavailable`,
    /// `accountTrouble` and the like; nil for an answer that speaks of its ids one by one.
    package var whole: Outcome?
    /// One outcome for each id of the request, and for no other; a lookup has none.
    package var outcomes: [OrderID: Outcome]
    /// The page of orders that a lookup brought; nil where it brought none that can be read.
    package var page: OrderPage?
    /// Ids the body names that the request did not carry, as text.
    ///
    /// They change nothing and are an alarm.
    package var strangers: [String] = []
    /// The base URL that answered, or that was tried last.
    package var exchange: String?
    /// The HTTP status.
    package var httpStatus: Int?
    /// The exchange's clock in the body (`ts`), milliseconds.
    package var serverTime: Int64?
    /// The body as it came, cut at the client's limit.
    package var body: [UInt8]?
    /// What the exchange says of its limit.
    package var limit: LimitReport?
    /// What a person can do about trouble with the account, beside the exchange's own words.
    package var hint: String?
    /// When the request was handed to the HTTP client.
    package var sentAt: BootTime?
    /// When the head of the answer came, or when we gave up.
    package var receivedAt: BootTime
    /// The same instant by the wall clock.
    package var receivedWall: WallTime

    package init(
        requestID: Int64,
        kind: Kind,
        whole: Outcome? = nil,
        outcomes: [OrderID: Outcome],
        receivedAt: BootTime,
        receivedWall: WallTime
    ) {
        self.requestID = requestID
        self.kind = kind
        self.whole = whole
        self.outcomes = outcomes
        self.receivedAt = receivedAt
        self.receivedWall = receivedWall
    }

    /// That a grant lapsed before its request could be sent.
    ///
    /// It speaks of this machine alone, so nothing of it is `whole`.
    package init(lapsed request: Request, at now: Now) {
        let lapsed = Outcome(.notSent, message: "its grant had lapsed before it could be sent")
        self.init(
            requestID: request.id,
            kind: .unsent,
            outcomes: Dictionary(uniqueKeysWithValues: request.orderIDs.map { ($0, lapsed) }),
            receivedAt: now.boot,
            receivedWall: now.wall
        )
    }

    /// The time from hand-over to the head of the answer; nil where nothing came back.
    package var roundTrip: Duration? {
        guard kind == .answered, let sentAt else { return nil }
        return receivedAt - sentAt
    }
}

/// The `ratelimit-*` headers of an answer (htx-api 4); each may be missing.
package struct LimitReport: Hashable, Sendable {
    /// Requests per interval.
    package var limit: Int?
    /// The interval, milliseconds.
    package var interval: Int64?
    /// Requests left in it, by the exchange's count.
    package var remaining: Int?
    /// When it ends: epoch milliseconds as seen live, though the documentation only says "ms", so a
    /// small number is a delta.
    package var reset: Int64?

    package init(limit: Int?, interval: Int64?, remaining: Int?, reset: Int64?) {
        self.limit = limit
        self.interval = interval
        self.remaining = remaining
        self.reset = reset
    }
}
