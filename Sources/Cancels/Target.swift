/// What one cancel request can address: an account and one way to name a contract.
package struct Target: Hashable, Sendable {
    /// The account, a row of `account`.
    package let account: String
    /// The contract, as the job named it.
    package let contract: ContractSelector

    package init(account: String, contract: ContractSelector) {
        self.account = account
        self.contract = contract
    }
}

/// The two ways the exchange lets a request name its contract (htx-api 2.1).
package enum ContractSelector: Hashable, Sendable, CustomStringConvertible {
    /// `BTC-USDT` (a swap) or `BTC-USDT-210625` (dated).
    case code(String)
    /// A pair and a period, such as `BTC-USDT` and `quarter`.
    case pair(String, ContractType)

    /// `BTC-USDT`, or `BTC-USDT quarter`; the text by which `target.selector` is unique.
    package var description: String {
        switch self {
        case .code(let code): code
        case .pair(let pair, let type): "\(pair) \(type.rawValue)"
        }
    }
}

/// The periods that `contract_type` can name (htx-api 2.1).
package enum ContractType: String, Sendable, CaseIterable {
    case swap
    case thisWeek = "this_week"
    case nextWeek = "next_week"
    case quarter
    case nextQuarter = "next_quarter"
}

/// What a request calls.
///
/// Each endpoint has tokens of its own.
package enum Endpoint: String, Sendable, CaseIterable {
    /// Cancels up to ten trailing orders of one target.
    case cancel
    /// Reads one page of the trailing orders of one target, open or past.
    case lookup
}

/// The two lists in which the exchange shows trailing orders (htx-api 6); the text of `request.list`.
package enum OrderList: String, Sendable, CaseIterable {
    /// Orders that still wait for their price.
    case open
    /// Orders that are over: cancelled, fired, or failed.
    case history
}
