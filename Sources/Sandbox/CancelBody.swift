import Foundation

/// The body of a cancel request as sent: fields not yet judged.
///
/// It is read even where the limiter refuses the request, so that the arrivals show what was asked.
struct CancelBody: Sendable, Equatable {
    /// `contract_code`.
    var contractCode: String?
    /// `pair`.
    var pair: String?
    /// `contract_type`.
    var contractType: String?
    /// `order_id`: ids with commas between; a JSON number is taken as its digits (htx-api 2.1).
    var orderIDs: String?

    /// The most ids one request may carry (htx-api 2.1).
    static let idLimit = 10

    /// Reads a JSON object; nil where the bytes are none or a field has a wrong type.
    init?(json: [UInt8]) {
        guard let body = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = body
    }

    /// Judges the fields, the selector before the ids.
    ///
    /// - Throws: `Refusal`: 1014 without a selector or with half of one, 1066 for empty ids, 1052
    ///   for more than ten, 1030 for an id that is not digits. Spaces are not forgiven: what the
    ///   real exchange does with them is unknown (htx-api 9), so no client may depend on it.
    func command() throws(Refusal) -> (selector: Exchange.Selector, ids: [String]) {
        let selector: Exchange.Selector
        if let contractCode, !contractCode.isEmpty {
            selector = .code(contractCode.uppercased())
        } else if let pair, let contractType, !pair.isEmpty, !contractType.isEmpty {
            selector = .pair(pair.uppercased(), type: contractType)
        } else {
            throw .missingContract
        }
        guard let orderIDs, !orderIDs.isEmpty else { throw .emptyField }
        let ids = orderIDs.split(separator: ",", omittingEmptySubsequences: false)
        guard ids.count <= Self.idLimit else { throw .tooManyOrders }
        guard ids.allSatisfy({ OrderBook.isID($0) }) else { throw .invalidInput }
        return (selector, ids.map(String.init))
    }
}

extension CancelBody: Decodable {
    private enum CodingKeys: String, CodingKey {
        case contractCode = "contract_code"
        case pair
        case contractType = "contract_type"
        case orderIDs = "order_id"
    }

    /// Reads the fields, all of them optional here.
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        contractCode = try fields.decodeIfPresent(String.self, forKey: .contractCode)
        pair = try fields.decodeIfPresent(String.self, forKey: .pair)
        contractType = try fields.decodeIfPresent(String.self, forKey: .contractType)
        orderIDs = try fields.decodeIfPresent(DigitsOrText.self, forKey: .orderIDs)?.text
    }
}

/// A text that JSON may also bring as a whole number, kept exactly, never through a Double.
struct DigitsOrText: Sendable, Equatable, Decodable {
    /// The text, or the digits of the number.
    let text: String

    /// Reads a string or a whole number that fits 64 bits.
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(UInt64.self) {
            text = String(number)
        } else {
            text = try value.decode(String.self)
        }
    }
}
