import Cancels
import TestSupport

/// The exchange of a simulated run: its books, its limit, and how it answers.
///
/// It is written from htx-api.md and speaks in bodies, so that the real reader of answers stands between it and
/// what is recorded.
struct ModelExchange {
    /// What comes back over HTTP.
    struct Reply {
        var status = 200
        var body: [UInt8]
        var isTruncated = false
        var limit: LimitReport?

        init(_ body: String, status: Int = 200) {
            (self.status, self.body) = (status, Array(body.utf8))
        }
    }

    /// One request that reached it.
    struct Arrival {
        let at: Int64
        let account: String
        let endpoint: Endpoint
        /// False for one of another tool on the account.
        let isOurs: Bool
        let isRefused: Bool
    }

    var orders: [String: ModelOrder] = [:]
    private(set) var arrivals: [Arrival] = []
    /// Accounts that are refused whatever they send.
    var barred: Set<String> = []
    /// Contracts that are not trading.
    var halted: Set<String> = []
    /// Whether orders that are over are called unknown.
    var isForgetful = false
    /// Whether answers carry the headers of the limit.
    var hasHeaders = false
    /// The limit it enforces on cancels, in one second.
    var limit = 5
    /// How long its lists lag behind its books, in nanoseconds.
    var lag: Int64 = 0
    /// How many orders it puts on a page.
    var pageSize = 50

    /// The contract that a selector addresses; a pair and `swap` are the perpetual of that pair.
    static func contract(of selector: ContractSelector) -> String {
        switch selector {
        case .code(let code): code
        case .pair(let pair, .swap): pair
        case .pair(let pair, let type): "\(pair) \(type.rawValue)"
        }
    }

    /// Counts a request in the half-open second that ends with it; gives the headers, or nil where it is one too
    /// many.
    mutating func count(
        _ account: String,
        _ endpoint: Endpoint,
        isOurs: Bool,
        at time: Int64,
        wall: Int64
    ) -> (isRefused: Bool, report: LimitReport?) {
        let limit = endpoint == .cancel ? limit : 24
        let recent = arrivals.reversed().prefix { time - $0.at < .s(1) }
            .filter { $0.account == account && $0.endpoint == endpoint && !$0.isRefused }
        let isRefused = recent.count >= limit
        arrivals.append(
            Arrival(
                at: time,
                account: account,
                endpoint: endpoint,
                isOurs: isOurs,
                isRefused: isRefused
            )
        )
        guard hasHeaders else { return (isRefused, nil) }
        let remaining = max(0, limit - recent.count - 1)
        let oldest = recent.map(\.at).min() ?? time
        let report = LimitReport(
            limit: limit,
            interval: 1_000,
            remaining: remaining,
            reset: wall + (oldest + .s(1) - time) / 1_000_000
        )
        return (isRefused, report)
    }

    /// How many requests of others were in the second before a time.
    func isSharedLately(_ account: String, at time: Int64) -> Bool {
        arrivals.reversed().prefix { time - $0.at < .s(1) }
            .contains { $0.account == account && !$0.isOurs }
    }

    /// The instants at which our requests of one account and endpoint arrived.
    func instants(of account: String, _ endpoint: Endpoint) -> [Int64] {
        arrivals.filter { $0.account == account && $0.endpoint == endpoint && $0.isOurs }
            .map(\.at)
    }
}
