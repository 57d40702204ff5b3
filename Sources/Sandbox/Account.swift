import Crypto

extension Exchange {
    /// One customer: a name for the admin calls and a pair of keys for signing.
    package struct Account: Sendable {
        /// The name that arrivals, orders and the summary show.
        package let name: String
        /// The public half of the key pair, sent as `AccessKeyId`.
        package let accessKey: String
        /// The secret half, which is compared with and never shown.
        let secret: Secret

        /// Makes an account from its name and key pair.
        package init(name: String, accessKey: String, secretKey: String) {
            self.name = name
            self.accessKey = accessKey
            self.secret = Secret(secretKey)
        }
    }
}

/// A secret key that no log, dump or error message can show.
package struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    /// The key in the form the MAC takes.
    let key: SymmetricKey
    /// Whether there is nothing in it.
    package let isEmpty: Bool

    /// Keeps the UTF-8 bytes of the text (htx-api 1.1).
    package init(_ text: String) {
        key = SymmetricKey(data: Array(text.utf8))
        isEmpty = text.isEmpty
    }

    /// A fixed text, whatever the secret.
    package var description: String { "(secret)" }
    /// Nothing: `dump` and the default description of an enclosing value go through here.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
