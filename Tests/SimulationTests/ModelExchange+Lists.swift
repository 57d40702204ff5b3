import Cancels
import TestSupport

extension ModelExchange {
    /// What spoils one page, drawn beforehand.
    enum PageSpoil: CaseIterable {
        case none, refused, garbage, wrongPage, unclear, omission
    }

    /// Words one page of a list (htx-api 6.3).
    mutating func page(
        _ number: Int,
        of list: OrderList,
        for request: Request,
        at time: Int64,
        ts: Int64,
        spoil: PageSpoil
    ) -> (Reply, [Happening]) {
        switch spoil {
        case .refused: return (Self.refusal(4_009, "Suspended.", ts: ts), [.listRefused])
        case .garbage: return (Reply("<html>Bad gateway</html>", status: 502), [.listGarbage])
        case .none, .wrongPage, .unclear, .omission: break
        }
        let contract = Self.contract(of: request.target.contract)
        var happened: [Happening] = []
        var shown: [(id: String, status: Int)] = []
        for id in orders.keys.sorted() {
            guard let order = orders[id], order.account == request.target.account,
                order.contract == contract
            else { continue }
            let status = order.status(at: time, lag: lag)
            if status != order.status(at: time, lag: 0) { happened.append(.listLag) }
            guard (status == 2) == (list == .open) else { continue }
            // Seldomer than it takes to be absent: a list that forgets an order for good cannot be told from one
            // that never had it, and a page that shows it may be lost on the way.
            if spoil == .omission, order.omissions < 2 {
                orders[id]?.omissions += 1
                happened.append(.listOmission)
                continue
            }
            shown.append((id, status))
        }
        let pages = (shown.count + pageSize - 1) / pageSize
        if pages > 1 { happened.append(.listManyPages) }
        let entries = shown.dropFirst((number - 1) * pageSize).prefix(pageSize)
        if spoil == .wrongPage { happened.append(.listWrongPage) }
        let body = Self.body(
            entries.map { entry in
                guard spoil == .unclear, "369".contains(entry.id.suffix(1)) else { return entry }
                happened.append(.listUnclear)
                return (entry.id, 9)
            },
            page: spoil == .wrongPage ? number + 1 : number,
            of: pages,
            total: shown.count,
            ts: ts
        )
        return (Reply(body), happened)
    }

    private static func body(
        _ entries: [(id: String, status: Int)],
        page: Int,
        of pages: Int,
        total: Int,
        ts: Int64
    ) -> String {
        let orders = entries.map { entry in
            "{\"order_id\":\(entry.id),\"order_id_str\":\"\(entry.id)\",\"status\":\(entry.status),"
                + "\"relation_order_id\":\"\(entry.status == 4 ? "77\(entry.id.suffix(6))" : "-1")\"}"
        }
        return "{\"status\":\"ok\",\"data\":{\"orders\":[\(orders.joined(separator: ","))],"
            + "\"total_page\":\(pages),\"current_page\":\(page),\"total_size\":\(total)},"
            + "\"ts\":\(ts)}"
    }
}
