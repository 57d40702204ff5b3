extension Exchange {
    /// How orders are put into the book.
    package struct Placement: Sendable, Equatable {
        /// How they ended, for a history to begin with; nil for open orders.
        package var ending: Ending?
        /// How long ago they were placed and, where they ended, ended, in milliseconds.
        package var ageMs: Int64
        /// One of `tradeTypes`.
        package var tradeType: Int

        /// The trade types of orders (htx-api 6.1): open long, open short, close short, close long,
        /// and buying and selling where an account has one position per contract.
        package static let tradeTypes = [1, 2, 3, 4, 17, 18]

        /// Places open orders to close a long position, now, unless told otherwise.
        package init(ending: Ending? = nil, ageMs: Int64 = 0, tradeType: Int = 4) {
            self.ending = ending
            self.ageMs = ageMs
            self.tradeType = tradeType
        }

        /// When orders were placed that are placed like this at a moment.
        func moment(before moment: Moment) -> Moment {
            Moment(bootNs: moment.bootNs - ageMs * 1_000_000, wallMs: moment.wallMs - ageMs)
        }

        /// Refuses what cannot be carried out.
        ///
        /// - Throws: `BadInput` with the first thing that is wrong.
        func validate() throws(BadInput) {
            // A year and more: history reaches back 90 days, and something has to lie beyond.
            guard 0...34_560_000_000 ~= ageMs else {
                throw BadInput("age_ms must be from 0 to 34560000000, which is 400 days.")
            }
            guard Self.tradeTypes.contains(tradeType) else {
                throw BadInput("trade_type must be one of 1, 2, 3, 4, 17 and 18.")
            }
        }
    }
}
