extension Exchange {
    /// Where one trailing order stands.
    ///
    ///              cancel
    ///     open ──────────────▶ cancelled
    ///       └────────────────▶ fired
    ///              fire
    ///
    /// The two on the right are final.
    package enum OrderState: String, Sendable, Codable, CaseIterable {
        /// Waiting for its price: it can be cancelled.
        case open
        /// Its price came first: there is nothing left to cancel.
        case fired
        /// A cancel request came first.
        case cancelled
    }

    /// One trailing order.
    package struct Order: Sendable {
        /// The order's id, decimal digits; text, because real ids exceed 2^53 (htx-api 2.4).
        package let id: String
        /// The name of the account it belongs to.
        package let account: String
        /// What it is an order of.
        package let contract: Contract
        /// Where it stands.
        package internal(set) var state: OrderState = .open
        /// When it got there.
        package internal(set) var changedAt: Moment
        /// The sequence of the arrival that cancelled it; nil while open or when fired.
        package internal(set) var cancelledBy: Int?
    }
}

extension Exchange.Order: Encodable {
    private enum CodingKeys: String, CodingKey {
        case account, pair, state
        case id = "order_id"
        case contractCode = "contract_code"
        case contractType = "contract_type"
        case changedAtMs = "changed_at_ms"
        case cancelledBy = "cancelled_by"
    }

    /// Writes the order as a flat object in the exchange's own spelling.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encode(account, forKey: .account)
        try fields.encodeIfPresent(contract.code, forKey: .contractCode)
        try fields.encode(contract.pair, forKey: .pair)
        try fields.encodeIfPresent(contract.type, forKey: .contractType)
        try fields.encode(state, forKey: .state)
        try fields.encode(changedAt.wallMs, forKey: .changedAtMs)
        try fields.encodeIfPresent(cancelledBy, forKey: .cancelledBy)
    }
}
