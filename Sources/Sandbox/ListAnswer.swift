/// A page of orders as the exchange writes it (htx-api 6.3).
struct ListAnswer {
    /// What was asked.
    let query: ListQuery
    /// What was found.
    let page: ListPage

    /// The bytes of the answer at the exchange's time in milliseconds.
    func json(ts: Int64) -> [UInt8] {
        let data: [(String, JSONText)] = [
            ("orders", .list(page.orders.map { .object(fields(of: $0)) })),
            ("total_page", .whole((page.total + query.pageSize - 1) / query.pageSize)),
            ("current_page", .whole(query.pageIndex)),
            ("total_size", .whole(page.total)),
        ]
        return JSONText.object([
            ("status", .text("ok")), ("data", .object(data)), ("ts", .whole(ts)),
        ]).bytes
    }

    private func fields(of order: Exchange.Order) -> [(String, JSONText)] {
        let fields = common(to: order)
        return query.history == nil ? fields : fields + past(of: order)
    }

    private func common(to order: Exchange.Order) -> [(String, JSONText)] {
        let trade = Self.trade(order.tradeType)
        return [
            ("symbol", .text(String(order.contract.pair.prefix { $0 != "-" }))),
            ("contract_code", .text(orNull: order.contract.code)),
            ("pair", .text(order.contract.pair)),
            ("contract_type", .text(orNull: order.contract.type)),
            ("business_type", .text(order.contract.type == "swap" ? "swap" : "futures")),
            ("volume", .padded(1)),
            ("order_type", .whole(1)),
            ("direction", .text(trade.direction)),
            ("offset", .text(trade.offset)),
            ("lever_rate", .whole(5)),
            ("order_id", Self.number(order.id)),
            ("order_id_str", .text(order.id)),
            ("order_source", .text("api")),
            ("created_at", .whole(order.createdAt.wallMs)),
            ("order_price_type", .text("optimal_5")),
            ("status", .whole(order.state.code)),
            ("callback_rate", .padded(0, "01")),
            ("active_price", .padded(50_000)),
            ("is_active", .whole(1)),
            ("margin_mode", .text("cross")),
            ("margin_account", .text("USDT")),
            ("reduce_only", .whole(trade.offset == "close" ? 1 : 0)),
        ]
    }

    private func past(of order: Exchange.Order) -> [(String, JSONText)] {
        let failure: (code: Int, reason: String)? =
            if case .failed(let code, let reason) = order.ending { (code, reason) } else { nil }
        let fired = order.state == .fired
        return [
            ("update_time", .whole(order.changedAt.wallMs)),
            (
                "canceled_at",
                .whole(orNull: order.state == .cancelled ? order.changedAt.wallMs : nil)
            ),
            ("fail_code", .whole(orNull: failure?.code)),
            ("fail_reason", .text(orNull: failure?.reason)),
            ("triggered_price", fired ? .padded(49_500) : .null),
            ("market_limit_price", .null),
            ("formula_price", .null),
            ("real_volume", .padded(fired ? 1 : 0)),
            ("relation_order_id", .text(order.relationOrderID ?? "-1")),
        ]
    }

    /// An id as a number, or as a text where only a text can carry it: twenty digits may not fit 64
    /// bits, and numbers have no leading zeros.
    private static func number(_ id: String) -> JSONText {
        UInt64(id).map(String.init) == id ? .number(id) : .text(id)
    }

    /// What a trade type does (htx-api 6.1).
    private static func trade(_ type: Int) -> (direction: String, offset: String) {
        switch type {
        case 1: ("buy", "open")
        case 2: ("sell", "open")
        case 3: ("buy", "close")
        case 4: ("sell", "close")
        case 17: ("buy", "both")
        default: ("sell", "both")
        }
    }
}
