import Foundation
import Synchronization

import Sandbox

/// A clock that moves only when a test says so.
final class ManualClock: Sendable {
    private let moment: Mutex<Moment>

    /// Starts at the second of test vector A (htx-api 1.2).
    init() {
        moment = Mutex(Vector.moment)
    }

    /// What the clock shows.
    var now: Moment { moment.withLock { $0 } }

    /// Moves both of its hands.
    func advance(ns: Int64) {
        moment.withLock {
            $0.bootNs += ns
            $0.wallMs += ns / 1_000_000
        }
    }

    /// Moves the wall clock alone, as a clock step does.
    func stepWall(ms: Int64) {
        moment.withLock { $0.wallMs += ms }
    }
}

/// Signatures computed elsewhere: none of the code under test took part in making them.
enum Vector {
    static let wallMs: Int64 = 1_767_323_045_000
    static let moment = Moment(bootNs: 7_000_000_000, wallMs: wallMs)
    static let path = "/linear-swap-api/v1/swap_cross_track_cancel"
    static let host = "api.hbdm.com"

    static let main = Exchange.Account(
        name: "main",
        accessKey: "mockkey0-11112222-33334444-55556",
        secretKey: "mocksecret-aaaabbbb-ccccdddd-eeeef"
    )
    static let other = Exchange.Account(
        name: "other",
        accessKey: "mockkey1-second",
        secretKey: "mocksecret-second"
    )

    /// The query of vectors A and B without its signature.
    static let query = query(key: main.accessKey)

    /// Vector A of htx-api 1.2, percent-encoded.
    static let a = query + "&Signature=5H8skMVToe%2FNN2LwMMcbmdJkwxjY%2FztoCvgbzae8v0Y%3D"
    /// Vector B, for `api.hbdm.vn`.
    static let b = query + "&Signature=0NjfvT2eLJNbm12gaHvXJCnUZonPzlXkKEI4KQzhYQs%3D"
    /// Vector C, five seconds later, before its signature.
    static let cUnsigned =
        query(key: main.accessKey, timestamp: "2026-01-02T03%3A04%3A10") + "&Signature="

    /// The other account's query at the second of vector A.
    static let ofOther =
        query(key: other.accessKey)
        + "&Signature=jargN0z07emgY3PujgQLPlQz1ziHX2ZmTYYSDS8VaOQ%3D"

    static func query(
        key: String,
        version: String = "2",
        timestamp: String = "2026-01-02T03%3A04%3A05"
    ) -> String {
        "AccessKeyId=\(key)&SignatureMethod=HmacSHA256&SignatureVersion=\(version)"
            + "&Timestamp=\(timestamp)"
    }
}

/// An exchange with two accounts on a manual clock, and the shortest ways to talk to it.
struct Stage {
    let clock: ManualClock
    let exchange: Exchange

    init(_ change: (inout Exchange.Settings) -> Void = { _ in }) throws {
        let clock = ManualClock()
        self.clock = clock
        var settings = Exchange.Settings(accounts: [Vector.main, Vector.other])
        change(&settings)
        exchange = try Exchange(settings: settings) { clock.now }
    }

    /// Lets a request arrive and be answered, signed by `main` unless told otherwise.
    func send(
        query: String = Vector.a,
        host: String = Vector.host,
        body: String
    ) -> Reply {
        let call = SignedCall(method: "POST", host: host, target: "\(Vector.path)?\(query)")
        return exchange.answer(exchange.arrive(call), body: Array(body.utf8))
    }

    /// Asks for the cancellation of orders on BTC-USDT.
    func cancel(_ ids: String..., query: String = Vector.a) throws -> Answer {
        try Answer(send(query: query, body: Self.body(ids)))
    }

    /// The body of such a request.
    static func body(_ ids: [String]) -> String {
        #"{"contract_code":"BTC-USDT","order_id":"\#(ids.joined(separator: ","))"}"#
    }
}

extension Exchange.Contract {
    static let btc = Exchange.Contract(pair: "BTC-USDT", type: "swap")
    static let eth = Exchange.Contract(pair: "ETH-USDT", type: "swap")
}

/// An answer of the exchange as a reader of htx-api 2 sees it.
struct Answer: Decodable, Equatable {
    struct Failure: Decodable, Equatable {
        var order_id: String
        var err_code: Int
        var err_msg: String
    }

    struct Lists: Decodable, Equatable {
        var errors: [Failure]
        var successes: String
    }

    var status: String
    var data: Lists?
    var err_code: Int?
    var err_msg: String?
    var ts: Int64?

    init(_ reply: Reply) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(reply.body))
    }

    var cancelled: Set<String> {
        Set(data?.successes.split(separator: ",").map(String.init) ?? [])
    }

    /// The codes in `errors` by id; an id named twice would trap.
    var codes: [String: Int] {
        Dictionary(uniqueKeysWithValues: data?.errors.map { ($0.order_id, $0.err_code) } ?? [])
    }
}
