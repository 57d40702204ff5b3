extension Exchange {
    /// One request as the exchange saw it arrive, and what it answered.
    package struct Arrival: Sendable {
        /// What the caller got.
        package enum Answer: String, Sendable, Codable {
            /// Nothing yet.
            case pending
            /// `status` ok.
            case ok
            /// `status` error with a code.
            case refused
            /// `status` error with 1032, for going over the limit.
            case throttled
            /// `status` maintain.
            case maintenance
            /// A closed connection.
            case dropped
            /// Silence.
            case hung
            /// HTTP 502 or 503.
            case serverError = "server_error"
            /// HTTP 429.
            case tooManyRequests = "too_many_requests"
            /// A page.
            case html
            /// The first half of an answer.
            case truncated
        }

        /// Counts up from 1 over all arrivals of the process, resets included.
        package let sequence: Int
        /// When it was counted.
        package let at: Moment
        /// Where it arrived.
        package let endpoint: Endpoint
        /// The account whose key it named; nil for a key nobody has.
        package let account: String?
        /// Whether the signature was right: only then does it count for the limiter.
        package internal(set) var signed = false
        /// Whether the limiter refused it.
        package internal(set) var refusedForRate = false
        /// What went wrong with it on purpose.
        package internal(set) var fault: Fault = .none
        /// `contract_code` as sent.
        package internal(set) var contractCode: String?
        /// `pair` as sent.
        package internal(set) var pair: String?
        /// `contract_type` as sent.
        package internal(set) var contractType: String?
        /// `order_id` as sent.
        package internal(set) var orderIDs: String?
        /// `page_index` of a list as sent, 1 where it was not; nil for a cancel.
        package internal(set) var page: Int?
        /// Whether it reached the orders, even if each id was refused there.
        package internal(set) var processed = false
        /// How many orders it cancelled.
        package internal(set) var cancelled = 0
        /// What the caller got.
        package internal(set) var answer: Answer = .pending
        /// The `err_code` of the whole answer, if it had one.
        package internal(set) var errCode: Int?
    }
}

extension Exchange.Arrival: Encodable {
    private enum CodingKeys: String, CodingKey {
        case sequence, endpoint, account, signed, fault, pair, page, processed, cancelled, answer
        case bootNs = "boot_ns"
        case wallMs = "wall_ms"
        case refusedForRate = "refused_for_rate"
        case contractCode = "contract_code"
        case contractType = "contract_type"
        case orderIDs = "order_id"
        case errCode = "err_code"
    }

    /// Writes the arrival as a flat object in the exchange's own spelling.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(sequence, forKey: .sequence)
        try fields.encode(at.bootNs, forKey: .bootNs)
        try fields.encode(at.wallMs, forKey: .wallMs)
        try fields.encode(endpoint, forKey: .endpoint)
        try fields.encode(account, forKey: .account)
        try fields.encode(signed, forKey: .signed)
        try fields.encode(refusedForRate, forKey: .refusedForRate)
        try fields.encode(fault, forKey: .fault)
        try fields.encodeIfPresent(contractCode, forKey: .contractCode)
        try fields.encodeIfPresent(pair, forKey: .pair)
        try fields.encodeIfPresent(contractType, forKey: .contractType)
        try fields.encodeIfPresent(orderIDs, forKey: .orderIDs)
        try fields.encodeIfPresent(page, forKey: .page)
        try fields.encode(processed, forKey: .processed)
        try fields.encode(cancelled, forKey: .cancelled)
        try fields.encode(answer, forKey: .answer)
        try fields.encodeIfPresent(errCode, forKey: .errCode)
    }
}
