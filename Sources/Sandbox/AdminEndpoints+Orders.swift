import Hummingbird

extension AdminEndpoints {
    /// Places orders.
    func seed(_ request: Request) async throws -> Response {
        let body = try await decode(AdminBody.Seed.self, from: request)
        let contract = try body.contract()
        let ids =
            switch try body.wanted() {
            case .explicit(let ids):
                try exchange.seed(
                    ids,
                    account: body.account,
                    on: contract,
                    as: body.placement
                )
            case .generated(let count, let first):
                try exchange.seed(
                    count: count,
                    first: first,
                    account: body.account,
                    on: contract,
                    as: body.placement
                )
            }
        return try Response(status: .created, json: ["order_ids": ids])
    }

    /// Lets orders fire.
    func fire(_ request: Request) async throws -> Response {
        let ids = try await decode(AdminBody.Fire.self, from: request).orderIDs.map(\.text)
        try exchange.fire(ids)
        return try Response(json: ["order_ids": ids])
    }

    /// Lets orders fail.
    func fail(_ request: Request) async throws -> Response {
        let body = try await decode(AdminBody.Fail.self, from: request)
        let ids = body.orderIDs.map(\.text)
        try exchange.end(ids, as: body.ending)
        return try Response(json: ["order_ids": ids])
    }

    /// Lists orders.
    func orders(_ request: Request) throws -> Response {
        let query = request.uri.queryParameters
        let state = try query["state"].map { text throws(BadInput) in
            guard let state = Exchange.OrderState(rawValue: String(text)) else {
                throw BadInput("state must be open, fired, cancelled or failed.")
            }
            return state
        }
        let orders = exchange.orders(account: query["account"].map(String.init), state: state)
        return try Response(json: ["orders": orders])
    }
}
