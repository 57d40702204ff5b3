/// The keys of one account, neither of which is ever printed: not interpolated, dumped or mirrored.
package struct Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The public half, which names the account to the exchange; it travels in the query, and is still
    /// nothing for a log.
    package let accessKey: String
    /// The secret half, which signs and never leaves this machine.
    package let secretKey: String

    /// Takes the keys as the exchange issued them.
    package init(accessKey: String, secretKey: String) {
        self.accessKey = accessKey
        self.secretKey = secretKey
    }

    /// A fixed word in place of the keys.
    package var description: String { "Credentials(hidden)" }
    /// A fixed word in place of the keys.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` and test failures show no key.
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The environment variables that name an account's keys (design 7), for a message that tells a
    /// person what to set.
    package static func variables(for account: String) -> (accessKey: String, secretKey: String) {
        guard account != "main" else { return ("QUASH_ACCESS_KEY", "QUASH_SECRET_KEY") }
        let letters = account.uppercased().map { letter -> Character in
            letter.isASCII && (letter.isLetter || letter.isNumber) ? letter : "_"
        }
        let name = String(letters)
        return ("QUASH_\(name)_ACCESS_KEY", "QUASH_\(name)_SECRET_KEY")
    }
}
