import Foundation

/// What the exchange found for the ids of one processed request (htx-api 2.2).
package struct CancelAnswer: Sendable, Equatable {
    /// The ids that were not cancelled, with the reason, in the order of the request.
    package var errors: [(id: String, refusal: Refusal)] = []
    /// The ids that were cancelled, in no order a client could rely on.
    package var successes: [String] = []

    /// Puts the successes in an order that is not the request's.
    ///
    /// Their order is not specified (htx-api 2.2), so a client that matches by position has to fail
    /// here: where the shuffle happens to change nothing, they are rotated by one.
    package mutating func shuffleSuccesses(using dice: inout Dice) {
        let asked = successes
        successes.shuffle(using: &dice)
        if successes == asked, let first = successes.first {
            successes.removeFirst()
            successes.append(first)
        }
    }

    /// Spoils the lists as a fault asks; other faults leave them alone.
    package mutating func spoil(by fault: Fault) {
        switch fault {
        case .missingID where successes.isEmpty: errors = errors.dropLast()
        case .missingID: successes.removeLast()
        case .bothLists:
            if let id = successes.first {
                errors.append((id, .cancelling))
            } else if let id = errors.first?.id {
                successes.append(id)
            }
        case .strangerID: successes.append(Self.stranger)
        default: break
        }
    }

    /// The bytes of the answer.
    ///
    /// - Parameters:
    ///   - ts: the exchange's time in milliseconds.
    ///   - numericIDs: whether `errors` name their ids as JSON numbers.
    /// - Returns: JSON.
    package func json(ts: Int64, numericIDs: Bool) -> [UInt8] {
        let items = errors.map { id, refusal in
            Wire.Item(
                id: id,
                number: numericIDs ? UInt64(id) : nil,
                code: refusal.code,
                message: refusal.message
            )
        }
        let data = Wire.Lists(errors: items, successes: successes.joined(separator: ","))
        return Wire(status: "ok", data: data, ts: ts).bytes
    }

    /// Names an id outside what the sandbox generates, so no seeded order has it by chance.
    package static let stranger = "99999999999999999999"

    /// Compares the lists in their order.
    package static func == (left: CancelAnswer, right: CancelAnswer) -> Bool {
        left.successes == right.successes
            && left.errors.elementsEqual(right.errors) { $0 == $1 }
    }
}

/// The answers of the exchange as JSON (htx-api 2.2, 2.3).
struct Wire: Encodable {
    /// One entry of `errors`.
    struct Item: Encodable {
        /// The order id as text.
        let id: String
        /// The order id as a number, to be written instead.
        let number: UInt64?
        /// `err_code`.
        let code: Int
        /// `err_msg`.
        let message: String

        private enum CodingKeys: String, CodingKey {
            case id = "order_id"
            case code = "err_code"
            case message = "err_msg"
        }

        /// Writes the entry.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            if let number {
                try fields.encode(number, forKey: .id)
            } else {
                try fields.encode(id, forKey: .id)
            }
            try fields.encode(code, forKey: .code)
            try fields.encode(message, forKey: .message)
        }
    }

    /// The `data` of a processed request.
    struct Lists: Encodable {
        /// The ids that failed.
        let errors: [Item]
        /// The others with commas between; empty, not missing, where all failed (htx-api 2.2).
        let successes: String
    }

    /// `ok`, `error` or `maintain`.
    let status: String
    /// The lists; missing where the whole request failed.
    var data: Lists?
    /// `err_code` of the whole request.
    var code: Int?
    /// `err_msg` of the whole request.
    var message: String?
    /// The exchange's time in milliseconds.
    var ts: Int64?

    private enum CodingKeys: String, CodingKey {
        case status, data, ts
        case code = "err_code"
        case message = "err_msg"
    }

    /// The bytes; keys are sorted, so that a replayed run is the same to the byte.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and whole numbers only: there is nothing in it that could fail to encode.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? []
    }
}
