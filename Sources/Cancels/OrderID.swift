/// The exchange's id of one order, as text: 1 to 20 ASCII digits.
///
/// Real ids exceed 2^53 (`1192021437253877761`), so no number type ever touches one: it is compared
/// byte for byte and written back exactly as it came, leading zeros included (htx-api 2.4).
package struct OrderID: Hashable, Sendable, CustomStringConvertible {
    /// The digits.
    package let text: String

    /// Accepts 1 to 20 ASCII digits, and nothing else.
    package init?(_ text: String) {
        guard Self.isValid(text.utf8) else { return nil }
        self.text = text
    }

    /// Whether these bytes spell an order id.
    package static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        var count = 0
        for byte in bytes {
            count += 1
            guard count <= 20, byte >= 0x30, byte <= 0x39 else { return false }
        }
        return count > 0
    }

    package var description: String { text }
}
