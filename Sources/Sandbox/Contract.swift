extension Exchange {
    /// What an order is an order of.
    package struct Contract: Sendable, Hashable {
        /// The contract's name, `BTC-USDT` or `BTC-USDT-210625`; nil where only a type is known.
        package let code: String?
        /// The pair, `BTC-USDT`.
        package let pair: String
        /// One of `types`; nil for a dated contract whose place in the calendar was not told.
        package let type: String?

        /// The five contract types (htx-api 2.1).
        package static let types = ["swap", "this_week", "next_week", "quarter", "next_quarter"]

        /// A few perpetual swaps to begin with; seeding an order makes its contract known too.
        package static let wellKnown = [
            "BTC-USDT", "ETH-USDT", "SOL-USDT", "XRP-USDT", "DOGE-USDT", "LTC-USDT",
        ].compactMap { Contract(code: $0) }

        /// Reads a code of two parts as a swap and of three as a dated contract of unknown type.
        ///
        /// Nil where it has neither shape. Lower case is accepted (htx-api 2.1).
        package init?(code: String) {
            let upper = code.uppercased()
            let parts = upper.split(separator: "-", omittingEmptySubsequences: false)
            guard 2...3 ~= parts.count, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
            self.code = upper
            pair = parts[0...1].joined(separator: "-")
            type = parts.count == 2 ? "swap" : nil
        }

        /// Names a contract by pair and type, and by its code where that is known too.
        ///
        /// A swap's code is its pair. The sandbox keeps no calendar, so a dated contract named by
        /// type alone has no code, and only a request by pair and type finds its orders.
        package init(code: String? = nil, pair: String, type: String) {
            self.pair = pair.uppercased()
            self.type = type
            self.code = code?.uppercased() ?? (type == "swap" ? self.pair : nil)
        }
    }

    /// How a request names the contract it means.
    enum Selector: Sendable, Hashable {
        /// By `contract_code`, which wins where both are given (htx-api 2.1).
        case code(String)
        /// By `pair` and `contract_type`.
        case pair(String, type: String)

        /// Whether the selector means this contract.
        func matches(_ contract: Contract) -> Bool {
            switch self {
            case .code(let code): contract.code == code
            case .pair(let pair, let type): contract.pair == pair && contract.type == type
            }
        }
    }
}
