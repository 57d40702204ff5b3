extension Exchange {
    /// How an exchange begins.
    package struct Settings: Sendable {
        /// The accounts it opens with.
        package var accounts: [Account]
        /// The contracts it knows before any order is seeded.
        package var contracts: [Contract]
        /// What goes wrong from the start.
        package var faults: Faults
        /// How many requests an account may send to the cancel endpoint in any half-open interval.
        ///
        /// Five on the real exchange (htx-api 4); 0 for no limit, for benchmarks.
        package var limit: Int
        /// The length of that interval in milliseconds; 1000 on the real exchange (htx-api 4).
        package var intervalMs: Int64
        /// How many requests an account may send to the two lists together in any such interval.
        ///
        /// The general read budget of the real exchange is 72 (htx-api 4); 0 for no limit.
        package var readLimit: Int
        /// The length of that interval in milliseconds; 3000 on the real exchange (htx-api 4).
        package var readIntervalMs: Int64
        /// How far a `Timestamp` may be from the exchange's clock, either way, in milliseconds:
        /// five minutes on the real exchange (htx-api 1.1).
        package var skewMs: Int64
        /// Where randomness begins: the same seed and the same requests give the same answers.
        package var seed: UInt64
        /// How many arrivals are remembered; a million takes some 300 MB.
        package var arrivalCap: Int

        /// Makes settings; those of the real exchange unless told otherwise.
        package init(
            accounts: [Account] = [],
            contracts: [Contract] = Contract.wellKnown,
            faults: Faults = Faults(),
            limit: Int = 5,
            intervalMs: Int64 = 1000,
            readLimit: Int = 72,
            readIntervalMs: Int64 = 3000,
            skewMs: Int64 = 300_000,
            seed: UInt64 = 0,
            arrivalCap: Int = 1_000_000
        ) {
            self.accounts = accounts
            self.contracts = contracts
            self.faults = faults
            self.limit = limit
            self.intervalMs = intervalMs
            self.readLimit = readLimit
            self.readIntervalMs = readIntervalMs
            self.skewMs = skewMs
            self.seed = seed
            self.arrivalCap = arrivalCap
        }

        /// The interval of cancels in nanoseconds.
        var spanNs: Int64 { intervalMs * 1_000_000 }
        /// The interval of lists in nanoseconds.
        var readSpanNs: Int64 { readIntervalMs * 1_000_000 }

        /// Refuses what cannot be carried out.
        ///
        /// - Throws: `BadInput` with the first thing that is wrong.
        func validate() throws(BadInput) {
            // A day keeps the nanoseconds far from overflow; a limiter remembers `limit` arrivals.
            for (limit, intervalMs) in [(limit, intervalMs), (readLimit, readIntervalMs)] {
                guard 0...1_000_000 ~= limit, 1...86_400_000 ~= intervalMs else {
                    throw BadInput("A limit must be 0 to 1000000, its interval 1 to 86400000 ms.")
                }
            }
            guard skewMs >= 0, arrivalCap > 0 else {
                throw BadInput("The clock skew and the arrivals to remember cannot be negative.")
            }
            try faults.validate()
        }
    }
}
