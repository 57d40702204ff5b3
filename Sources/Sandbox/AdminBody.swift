/// The bodies of the admin calls.
enum AdminBody {
    /// `POST /sandbox/accounts`.
    struct Account: Decodable {
        /// `name`.
        let name: String
        /// `access_key`.
        let accessKey: String
        /// `secret_key`; it goes into the exchange and nowhere else.
        let secretKey: String

        private enum CodingKeys: String, CodingKey {
            case name
            case accessKey = "access_key"
            case secretKey = "secret_key"
        }
    }

    /// `POST /sandbox/fire`.
    struct Fire: Decodable {
        /// `order_ids`.
        let orderIDs: [DigitsOrText]

        private enum CodingKeys: String, CodingKey {
            case orderIDs = "order_ids"
        }
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

        private enum CodingKeys: String, CodingKey {
            case account, pair, count, first
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
    }
}

extension BadInput {
    /// Says in a sentence what a JSON body lacks; values stay out of it, a secret could be one.
    init(_ error: DecodingError) {
        let (context, what) =
            switch error {
            case .keyNotFound(let key, let context): (context, "\(key.stringValue) is missing")
            case .typeMismatch(let type, let context): (context, "\(type) was expected")
            case .valueNotFound(_, let context): (context, "null is not allowed")
            case .dataCorrupted(let context) where context.codingPath.isEmpty:
                (context, "it is not JSON")
            case .dataCorrupted(let context): (context, "the value is not one of those allowed")
            @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "")
            }
        let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        let place = path.isEmpty ? "" : " at \(path.joined(separator: "."))"
        self.init("The body cannot be read\(place): \(what).")
    }
}
