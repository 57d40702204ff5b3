/// An answer to a signed call before it becomes HTTP, with all that goes wrong on its way.
package struct Reply: Sendable, Equatable {
    /// What the caller gets to see of it.
    package enum Delivery: Sendable, Equatable {
        /// All of it.
        case whole
        /// A connection that closes without a byte.
        case closed
        /// Silence.
        case silence
    }

    /// How it goes out.
    package var delivery: Delivery = .whole
    /// The HTTP status; 200 for business errors too (htx-api 2.5).
    package var status = 200
    /// The content type; the real exchange calls its JSON plain text (htx-api 2.5).
    package var contentType = "text/plain;charset=UTF-8"
    /// The body.
    package var body: [UInt8]
    /// What the `ratelimit-` headers say; nil for an account without limit.
    package var rate: RateHeaders?
    /// `Retry-After` in seconds.
    package var retryAfter: Int?
    /// What the arrivals will show.
    package var answer: Exchange.Arrival.Answer
    /// The code of the whole answer, if it has one.
    package var errCode: Int?

    /// The answer to a processed request.
    package init(_ answer: CancelAnswer, ts: Int64, numericIDs: Bool = false) {
        body = answer.json(ts: ts, numericIDs: numericIDs)
        self.answer = .ok
    }

    /// The answer to a request for a list.
    package init(list body: [UInt8]) {
        self.init(body: body, answer: .ok)
    }

    /// The answer to a request that is refused as a whole (htx-api 2.3).
    package init(_ refusal: Refusal, ts: Int64) {
        let wire = Wire(status: "error", code: refusal.code, message: refusal.message, ts: ts)
        body = wire.bytes
        answer = refusal == .tooFrequent ? .throttled : .refused
        errCode = refusal.code
    }

    /// The answer of an exchange under maintenance (htx-api 0).
    package static func maintenance() -> Reply {
        Reply(body: Wire(status: "maintain").bytes, answer: .maintenance)
    }

    /// What an outage leaves of any answer.
    package init(_ outage: Outage) {
        self.init(body: [], answer: .pending)
        spoil(by: outage)
    }

    private init(body: [UInt8], answer: Exchange.Arrival.Answer) {
        self.body = body
        self.answer = answer
    }

    /// Spoils what goes out as a fault asks; those that spoil the lists have done so before.
    package mutating func spoil(by fault: Fault) {
        switch fault {
        case .dropBefore, .dropAfter: lose(as: .dropped, delivery: .closed)
        case .hangBefore, .hangAfter: lose(as: .hung, delivery: .silence)
        case .serverErrorBefore, .serverErrorAfter:
            replace(as: .serverError, status: 502, page: "<h1>502 Bad Gateway</h1>")
        case .htmlBefore:
            replace(as: .html, status: 403, page: "<h1>Sorry, you have been blocked</h1>")
        case .htmlAfter:
            replace(as: .html, status: 200, page: "<h1>We will be back soon</h1>")
        case .truncated:
            body.removeLast(body.count - body.count / 2)
            answer = .truncated
            errCode = nil
        case .tooManyRequests:
            replace(as: .tooManyRequests, status: 429, page: nil)
            retryAfter = 1
        case .outage(let outage): spoil(by: outage)
        case .none, .missingID, .bothLists, .strangerID, .numericIDs, .maintenance, .errCode:
            break
        }
    }

    private mutating func spoil(by outage: Outage) {
        switch outage {
        case .maintain: self = .maintenance()
        case .refuse: lose(as: .dropped, delivery: .closed)
        case .errors, .errorsGreen:
            replace(as: .serverError, status: 503, page: "<h1>503 Service Unavailable</h1>")
        case .silent: lose(as: .hung, delivery: .silence)
        }
    }

    private mutating func lose(as answer: Exchange.Arrival.Answer, delivery: Delivery) {
        self.answer = answer
        self.delivery = delivery
        body = []
        errCode = nil
    }

    /// A page comes from in front of the exchange, which therefore adds no headers of its own.
    private mutating func replace(as answer: Exchange.Arrival.Answer, status: Int, page: String?) {
        self.answer = answer
        self.status = status
        contentType = "text/html"
        body = page.map { Array("<html><body>\($0)</body></html>\n".utf8) } ?? []
        rate = nil
        errCode = nil
    }
}
