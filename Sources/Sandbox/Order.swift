extension Exchange {
    /// Where one trailing order stands.
    ///
    ///              cancel
    ///     open ──────────────▶ cancelled
    ///      ├─────────────────▶ fired
    ///      │       fire
    ///      └─────────────────▶ failed
    ///              fail
    ///
    /// The three on the right are final.
    package enum OrderState: String, Sendable, Codable, CaseIterable {
        /// Waiting for its price: it can be cancelled.
        case open
        /// Its price came first: there is nothing left to cancel.
        case fired
        /// A cancel request came first.
        case cancelled
        /// Its price came first, but the order it was to place was refused.
        case failed

        /// The states an order does not leave.
        static let final: Set<OrderState> = [.fired, .cancelled, .failed]

        /// The number the lists show (htx-api 6.4).
        var code: Int64 {
            switch self {
            case .open: 2
            case .fired: 4
            case .failed: 5
            case .cancelled: 6
            }
        }
    }

    /// How an order ended.
    package enum Ending: Sendable, Equatable {
        /// Its price was reached, and it placed an order of another kind.
        case fired
        /// It was cancelled, by the arrival of that sequence, or by nobody the exchange remembers.
        case cancelled(by: Int?)
        /// Its price was reached, and the order it was to place was refused.
        case failed(code: Int, reason: String)

        /// The state it leads to.
        var state: OrderState {
            switch self {
            case .fired: .fired
            case .cancelled: .cancelled
            case .failed: .failed
            }
        }
    }

    /// One trailing order.
    package struct Order: Sendable {
        /// The order's id, decimal digits; text, because real ids exceed 2^53 (htx-api 2.4).
        package let id: String
        /// The name of the account it belongs to.
        package let account: String
        /// What it is an order of.
        package let contract: Contract
        /// One of `Placement.tradeTypes`.
        package let tradeType: Int
        /// When it was placed.
        package let createdAt: Moment
        /// When it came to stand where it stands.
        package internal(set) var changedAt: Moment
        /// How it ended; nil while open.
        package internal(set) var ending: Ending?
        /// The id of the order it placed when it fired; nil unless fired.
        package internal(set) var relationOrderID: String?

        /// Where it stands.
        package var state: OrderState { ending?.state ?? .open }

        /// The sequence of the arrival that cancelled it; nil unless one did.
        package var cancelledBy: Int? {
            guard case .cancelled(let sequence) = ending else { return nil }
            return sequence
        }
    }
}

extension Exchange.Order: Encodable {
    private enum CodingKeys: String, CodingKey {
        case account, pair, state
        case id = "order_id"
        case contractCode = "contract_code"
        case contractType = "contract_type"
        case tradeType = "trade_type"
        case createdAtMs = "created_at_ms"
        case changedAtMs = "changed_at_ms"
        case cancelledBy = "cancelled_by"
        case relationOrderID = "relation_order_id"
        case failCode = "fail_code"
        case failReason = "fail_reason"
    }

    /// Writes the order as a flat object in the exchange's own spelling.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encode(account, forKey: .account)
        try fields.encodeIfPresent(contract.code, forKey: .contractCode)
        try fields.encode(contract.pair, forKey: .pair)
        try fields.encodeIfPresent(contract.type, forKey: .contractType)
        try fields.encode(tradeType, forKey: .tradeType)
        try fields.encode(state, forKey: .state)
        try fields.encode(createdAt.wallMs, forKey: .createdAtMs)
        try fields.encode(changedAt.wallMs, forKey: .changedAtMs)
        try fields.encodeIfPresent(cancelledBy, forKey: .cancelledBy)
        try fields.encodeIfPresent(relationOrderID, forKey: .relationOrderID)
        if case .failed(let code, let reason) = ending {
            try fields.encode(code, forKey: .failCode)
            try fields.encode(reason, forKey: .failReason)
        }
    }
}
