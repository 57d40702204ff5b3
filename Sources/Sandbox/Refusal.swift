/// An error code of the exchange with its text.
///
/// Codes and meanings are those of htx-api 3; the texts of 403, 1061 were seen on the wire
/// (htx-api 1.5 and 2.2), the others are paraphrased. A client must not tell codes apart by their
/// texts, 403 excepted.
package struct Refusal: Error, Equatable {
    /// The number that goes out as `err_code`.
    package let code: Int
    /// The text that goes out as `err_msg`.
    package let message: String

    /// Makes a refusal with any code, as a fault asks for.
    package init(code: Int) {
        self = Self.known[code] ?? Refusal(code, "Practice refusal \(code).")
    }

    private init(_ code: Int, _ message: String) {
        self.code = code
        self.message = message
    }

    // MARK: Who is asking

    /// The signature does not belong to the request.
    package static let wrongSignature = Refusal(403, "Verification failure [校验失败]")
    /// Nobody has this access key.
    package static let unknownKey = Refusal(403, "Incorrect Access key [Access key错误]")
    /// The timestamp is unreadable or too far from the exchange's clock.
    package static let staleTimestamp = Refusal(12001, "Invalid timestamp.")
    /// `SignatureVersion` is not 2.
    package static let wrongVersion = Refusal(12002, "Incorrect signature version.")
    /// `SignatureMethod` is not HmacSHA256, the only method the sandbox knows.
    package static let wrongMethod = Refusal(12003, "Incorrect signature method.")
    /// There is no timestamp.
    package static let missingTimestamp = Refusal(12006, "Missing timestamp.")

    // MARK: The whole request

    /// The account sent more than its limit within one window.
    package static let tooFrequent = Refusal(1032, "The number of access exceeded the limit.")
    /// No contract selector, or half of one.
    package static let missingContract = Refusal(1014, "This contract doesnt exist.")
    /// A pair the exchange does not trade.
    package static let unknownPair = Refusal(1013, "This contract symbol doesnt exist.")
    /// A contract the exchange does not trade.
    package static let unknownContract = Refusal(1332, "This contract doesnt exist.")
    /// A `contract_type` outside the five.
    package static let wrongPeriod = Refusal(1033, "Invalid contract period.")
    /// A body or an id that cannot be read.
    package static let invalidInput = Refusal(1030, "Invalid input.")
    /// `order_id` is missing or empty.
    package static let emptyField = missing("order_id")
    /// More than ten ids.
    package static let tooManyOrders = Refusal(
        1052,
        "The number of orders in batch exceeds the limit."
    )

    /// A field that a list needs is missing.
    static func missing(_ field: String) -> Refusal {
        Refusal(1066, "The \(field) field cannot be empty.")
    }

    /// A field has a value outside those allowed.
    static func invalid(_ field: String) -> Refusal {
        Refusal(1067, "The \(field) field is invalid.")
    }

    // MARK: One id

    /// No such order, or not on that contract, or somebody else's.
    package static let unknownOrder = Refusal(1061, "This order doesnt exist.")
    /// A cancel of the order is under way.
    package static let cancelling = Refusal(
        1062,
        "The order is being cancelled, please be patient."
    )
    /// The order has fired.
    package static let executed = Refusal(1063, "The order has been executed.")
    /// The order was cancelled before.
    package static let alreadyCancelled = Refusal(
        1071,
        "Repeated cancellation, the order is cancelled."
    )

    private static let known = Dictionary(
        uniqueKeysWithValues: [
            wrongSignature, staleTimestamp, wrongVersion, wrongMethod, missingTimestamp,
            tooFrequent, missingContract, unknownPair, unknownContract, wrongPeriod, invalidInput,
            emptyField, tooManyOrders, unknownOrder, cancelling, executed, alreadyCancelled,
            Refusal(1004, "System busy. Please try again later."),
            Refusal(1056, "In settlement. Cannot place or cancel orders now."),
            Refusal(1510, "The account is unified and may not use this interface."),
            Refusal(6002, "The account may not use this interface."),
        ].map { ($0.code, $0) }
    )
}
