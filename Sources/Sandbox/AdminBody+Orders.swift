extension AdminBody {
    /// `POST /sandbox/fire`.
    struct Fire: Decodable {
        /// `order_ids`.
        let orderIDs: [DigitsOrText]

        private enum CodingKeys: String, CodingKey {
            case orderIDs = "order_ids"
        }
    }

    /// `POST /sandbox/fail`.
    struct Fail: Decodable {
        /// `order_ids`.
        let orderIDs: [DigitsOrText]
        private let failCode: Int?
        private let failReason: String?

        private enum CodingKeys: String, CodingKey {
            case orderIDs = "order_ids"
            case failCode = "fail_code"
            case failReason = "fail_reason"
        }

        /// How the orders end.
        var ending: Exchange.Ending { .failed(failCode, failReason) }
    }

    /// `POST /sandbox/orders`: ids, or how many to make up.
    struct Seed: Decodable {
        /// The ids to place.
        enum Wanted {
            /// These.
            case explicit([String])
            /// So many consecutive ones.
            case generated(count: Int, first: UInt64?)
        }

        /// `account`.
        let account: String
        private let contractCode: String?
        private let pair: String?
        private let contractType: String?
        private let orderIDs: [DigitsOrText]?
        private let count: Int?
        private let first: DigitsOrText?
        private let state: Exchange.OrderState?
        private let ageMs: Int64?
        private let tradeType: Int?
        private let failCode: Int?
        private let failReason: String?

        private enum CodingKeys: String, CodingKey {
            case account, pair, count, first, state
            case ageMs = "age_ms"
            case tradeType = "trade_type"
            case failCode = "fail_code"
            case failReason = "fail_reason"
            case contractCode = "contract_code"
            case contractType = "contract_type"
            case orderIDs = "order_ids"
        }

        /// The contract of the orders: by code, by pair and type, or by all three.
        ///
        /// - Throws: `BadInput` where neither is complete or the code has no known shape.
        func contract() throws(BadInput) -> Exchange.Contract {
            if let pair, let contractType {
                guard Exchange.Contract.types.contains(contractType) else {
                    let types = Exchange.Contract.types.joined(separator: ", ")
                    throw BadInput("contract_type must be one of \(types).")
                }
                return Exchange.Contract(code: contractCode, pair: pair, type: contractType)
            }
            guard let contractCode else {
                throw BadInput("Give contract_code, or pair and contract_type.")
            }
            guard let contract = Exchange.Contract(code: contractCode) else {
                throw BadInput("contract_code must look like BTC-USDT or BTC-USDT-210625.")
            }
            return contract
        }

        /// The ids asked for.
        ///
        /// - Throws: `BadInput` where there are both or neither, or `first` is not a number.
        func wanted() throws(BadInput) -> Wanted {
            switch (orderIDs, count) {
            case (let ids?, nil): return .explicit(ids.map(\.text))
            case (nil, let count?):
                guard let first else { return .generated(count: count, first: nil) }
                guard let number = UInt64(first.text) else {
                    throw BadInput("first must be a whole number of 18 or 19 digits.")
                }
                return .generated(count: count, first: number)
            default: throw BadInput("Give either order_ids or count.")
            }
        }

        /// How the orders are put into the book.
        var placement: Exchange.Placement {
            let ending: Exchange.Ending? =
                switch state ?? .open {
                case .open: nil
                case .fired: .fired
                case .cancelled: .cancelled(by: nil)
                case .failed: .failed(failCode, failReason)
                }
            return Exchange.Placement(ending: ending, ageMs: ageMs ?? 0, tradeType: tradeType ?? 4)
        }
    }
}

extension Exchange.Ending {
    /// A failure as asked for, or else one that history is known to show (htx-api 3.3).
    fileprivate static func failed(_ code: Int?, _ reason: String?) -> Exchange.Ending {
        .failed(code: code ?? 1048, reason: reason ?? "Insufficient close amount available.")
    }
}
