import Foundation

import Sandbox

extension Vector {
    /// The queries for the lists at the second of vector A, signed apart from the code under test;
    /// the method is that of vector D (htx-api 1.2), which it reproduces.
    static func query(for endpoint: Exchange.Endpoint, of account: Exchange.Account = main)
        -> String
    {
        let signature =
            switch (endpoint, account.name) {
            case (.openOrders, "main"): "FPiUSIvcvGRpbTLweAjdyUHalEgzs%2B4imfL%2FkBwMVzE%3D"
            case (.openOrders, _): "PsLs4LKgCEwdc8OvO0RhEILhPiouj0HpZpOQwbHN31Y%3D"
            case (.orderHistory, "main"): "rsSgqCNf7dcKF8NDMflTqfoPmhbInhWm%2B6vEFGJfaFs%3D"
            case (.orderHistory, _): "3wPXLErdWe3trjhM8VUNSyoikAa5Hz6qYZxVaQYXn38%3D"
            case (.cancel, "main"): "5H8skMVToe%2FNN2LwMMcbmdJkwxjY%2FztoCvgbzae8v0Y%3D"
            case (.cancel, _): "jargN0z07emgY3PujgQLPlQz1ziHX2ZmTYYSDS8VaOQ%3D"
            }
        return query(key: account.accessKey) + "&Signature=" + signature
    }

    /// Path and query of a call signed by `main`.
    static func target(_ endpoint: Exchange.Endpoint) -> String {
        "\(endpoint.path)?\(query(for: endpoint))"
    }

    /// A second pair of keys.
    static let mended = Exchange.Account(
        name: "main",
        accessKey: "mockkey2-mended",
        secretKey: "mocksecret-mended"
    )
    /// The cancel query at the second of vector A, signed with the second pair.
    static let ofMended =
        query(key: mended.accessKey)
        + "&Signature=n21cMCkGphK7um2gm3OSG8gb4EH10%2BwWxspbnM2EZgI%3D"
    /// The same with the first access key and the second secret.
    static let ofMainWithOtherSecret =
        query(key: main.accessKey)
        + "&Signature=FK1jH%2BX4sU%2B8C5jPnq5B4qUtZxofTOigT6jEcgsQaiE%3D"
}

extension Stage {
    /// The least a request for the history has to say.
    static let pastOfBTC =
        #"{"contract_code":"BTC-USDT","status":"0","trade_type":0,"create_date":90}"#

    /// Asks for a list.
    func ask(
        _ endpoint: Exchange.Endpoint,
        _ body: String,
        of account: Exchange.Account = Vector.main
    ) -> Reply {
        let query = Vector.query(for: endpoint, of: account)
        let call = SignedCall(
            method: "POST",
            host: Vector.host,
            target: "\(endpoint.path)?\(query)"
        )
        return exchange.answer(exchange.arrive(call, at: endpoint), body: Array(body.utf8))
    }

    /// Asks for open orders.
    func open(_ body: String = "{}", of account: Exchange.Account = Vector.main) throws -> List {
        try List(ask(.openOrders, body, of: account))
    }

    /// Asks for orders that ended.
    func past(
        _ body: String = Stage.pastOfBTC,
        of account: Exchange.Account = Vector.main
    ) throws -> List {
        try List(ask(.orderHistory, body, of: account))
    }
}

/// A list as a reader of htx-api 6.3 sees it.
struct List: Decodable {
    struct Order: Decodable {
        var order_id: UInt64
        var order_id_str: String
        var contract_code: String?
        var pair: String
        var contract_type: String?
        var status: Int
        var direction: String
        var offset: String
        var created_at: Int64
        var update_time: Int64?
        var canceled_at: Int64?
        var fail_code: Int?
        var fail_reason: String?
        var relation_order_id: String?
    }

    struct Page: Decodable {
        var orders: [Order]
        var total_page: Int
        var current_page: Int
        var total_size: Int
    }

    var status: String
    var data: Page?
    var err_code: Int?
    var ts: Int64?

    init(_ reply: Reply) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(reply.body))
    }

    var ids: [String] { data?.orders.map(\.order_id_str) ?? [] }
    var sizes: [Int] { data.map { [$0.total_page, $0.current_page, $0.total_size] } ?? [] }
}
