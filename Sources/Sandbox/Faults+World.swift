extension Faults {
    /// What is wrong around the requests: the whole exchange, its clock, its limits, its customers.
    ///
    /// As JSON, beside the other keys of the faults and all optional:
    ///
    ///     {"outage": "errors_green", "outage_ms": 5000,
    ///      "clock_offset_ms": -400000, "skew_code": 403,
    ///      "accounts": {"main": {"err_code": 1510}},
    ///      "foreign_per_second": {"main": 2},
    ///      "announced_limit": 3, "announced_interval_ms": 1000}
    package struct World: Sendable, Equatable {
        /// What is wrong with one account.
        package struct Account: Sendable, Equatable, Codable {
            /// The code that refuses every request it signs.
            package var errCode: Int

            /// Sets the code.
            package init(errCode: Int) {
                self.errCode = errCode
            }

            private enum CodingKeys: String, CodingKey {
                case errCode = "err_code"
            }
        }

        /// How the whole exchange is out of order; nil for not at all.
        package var outage: Outage?
        /// How long the outage lasts from its injection on, in milliseconds; nil for no end.
        package var outageMs: Int64?
        /// How far the exchange's wall clock is off, in milliseconds.
        ///
        /// Its answers and its check of timestamps go by that clock; the arrivals and the orders
        /// are stamped with the right time.
        package var clockOffsetMs: Int64 = 0
        /// The code for a timestamp that is unreadable or too far off; nil for 12001 (htx-api 3.2).
        package var skewCode: Int?
        /// What is wrong with single accounts, by name.
        package var accounts: [String: Account] = [:]
        /// How many cancels per second other tools send on an account, evenly spaced.
        ///
        /// The limiter counts them and the headers show it; among the arrivals they are not.
        package var foreignPerSecond: [String: Int] = [:]
        /// The limit of cancels that holds in place of the one in the settings.
        package var announcedLimit: Int?
        /// The interval that holds in place of the one in the settings, in milliseconds.
        package var announcedIntervalMs: Int64?

        /// Nothing is wrong.
        package init() {}

        /// Refuses what cannot be carried out.
        ///
        /// - Throws: `BadInput` with the first thing that is wrong.
        func validate() throws(BadInput) {
            guard 0...86_400_000 ~= outageMs ?? 0 else {
                throw BadInput("outage_ms must be from 0 to 86400000.")
            }
            guard -10_000_000_000_000...10_000_000_000_000 ~= clockOffsetMs else {
                throw BadInput("clock_offset_ms must be within 10000000000000 either way.")
            }
            guard foreignPerSecond.values.allSatisfy({ 0...1000 ~= $0 }) else {
                throw BadInput("Each of foreign_per_second must be from 0 to 1000.")
            }
            guard 1...1_000_000 ~= announcedLimit ?? 1, 1...86_400_000 ~= announcedIntervalMs ?? 1
            else {
                throw BadInput(
                    "announced_limit must be 1 to 1000000, its interval 1 to 86400000 ms."
                )
            }
        }
    }
}

extension Faults.World: Codable {
    private enum CodingKeys: String, CodingKey {
        case outage, accounts
        case outageMs = "outage_ms"
        case clockOffsetMs = "clock_offset_ms"
        case skewCode = "skew_code"
        case foreignPerSecond = "foreign_per_second"
        case announcedLimit = "announced_limit"
        case announcedIntervalMs = "announced_interval_ms"
    }

    /// Reads them; a missing key, or `none` for the outage, means nothing of that kind is wrong.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        if try fields.decodeIfPresent(String.self, forKey: .outage) ?? "none" != "none" {
            outage = try fields.decode(Outage.self, forKey: .outage)
        }
        outageMs = try fields.decodeIfPresent(Int64.self, forKey: .outageMs)
        clockOffsetMs = try fields.decodeIfPresent(Int64.self, forKey: .clockOffsetMs) ?? 0
        skewCode = try fields.decodeIfPresent(Int.self, forKey: .skewCode)
        accounts = try fields.table(.accounts)
        foreignPerSecond = try fields.table(.foreignPerSecond)
        announcedLimit = try fields.decodeIfPresent(Int.self, forKey: .announcedLimit)
        announcedIntervalMs = try fields.decodeIfPresent(Int64.self, forKey: .announcedIntervalMs)
    }

    /// Writes what is asked for.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(outage, forKey: .outage)
        try fields.encodeIfPresent(outageMs, forKey: .outageMs)
        if clockOffsetMs != 0 { try fields.encode(clockOffsetMs, forKey: .clockOffsetMs) }
        try fields.encodeIfPresent(skewCode, forKey: .skewCode)
        try fields.encode(table: accounts, forKey: .accounts)
        try fields.encode(table: foreignPerSecond, forKey: .foreignPerSecond)
        try fields.encodeIfPresent(announcedLimit, forKey: .announcedLimit)
        try fields.encodeIfPresent(announcedIntervalMs, forKey: .announcedIntervalMs)
    }
}
