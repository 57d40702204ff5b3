#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The base URL of one exchange host, checked once, so that no later step can be talked into sending
/// a signed request in the clear or to a host other than the one signed for.
///
/// `https` reaches any host; plain `http` reaches this machine only. Nothing but scheme, host and port
/// can be said: a path, a query or user info would either change what is signed or hide a secret in a
/// setting. The URL is taken apart by hand, because a lenient parser and the HTTP client might disagree
/// on which host a strange text means.
package struct ExchangeURL: Hashable, Sendable, CustomStringConvertible {
    /// The two schemes there are.
    package enum Scheme: String, Sendable {
        /// To any host.
        case https
        /// To loopback only.
        case http

        /// The port that a URL of this scheme need not name.
        package var defaultPort: Int {
            switch self {
            case .https: 443
            case .http: 80
            }
        }
    }

    /// How the exchange is reached.
    package let scheme: Scheme
    /// Host and port exactly as the `Host` header carries them and as the signature covers them
    /// (htx-api 1.1): lower case, the port only where it is not the scheme's own, IPv6 in brackets.
    package let signedHost: String

    /// Reads a base URL such as `https://api.hbdm.com`.
    ///
    /// - Throws: `Refusal`, with a sentence that says what is wrong and never repeats the text, which may
    ///   hold a password.
    package init(_ text: String) throws(Refusal) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .characters }
        let (scheme, rest) = try Self.splitScheme(text)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let tail = rest[authority.endIndex...]
        guard !authority.contains("@") else { throw .userInfo }
        guard !tail.contains("?"), !tail.contains("#") else { throw .query }
        guard tail.isEmpty || tail == "/" else { throw .path }
        let (host, port) = try Self.splitPort(authority)
        let name = try HostName(host)
        guard scheme == .https || name.isLoopback else { throw .plainText }
        self.scheme = scheme
        let named = port.flatMap { $0 == scheme.defaultPort ? nil : $0 }
        self.signedHost = named.map { "\(name.text):\($0)" } ?? name.text
    }

    /// The URL in its one spelling, without a final slash.
    package var description: String { "\(scheme.rawValue)://\(signedHost)" }

    private static func splitScheme(_ text: String) throws(Refusal) -> (Scheme, Substring) {
        for scheme in [Scheme.https, .http] {
            let prefix = scheme.rawValue + "://"
            guard text.prefix(prefix.count).lowercased() == prefix else { continue }
            return (scheme, text.dropFirst(prefix.count))
        }
        throw .scheme
    }

    /// Parts `host:port`, `[v6]:port` and either without a port; the brackets stay with the host.
    private static func splitPort(_ authority: Substring) throws(Refusal) -> (Substring, Int?) {
        let host: Substring
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { throw .host }
            host = authority[...close]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        let rest = authority[host.endIndex...]
        guard let colon = rest.first else { return (host, nil) }
        let digits = rest.dropFirst()
        guard colon == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits), (1...65_535).contains(port)
        else { throw .port }
        return (host, port)
    }
}

extension ExchangeURL {
    /// A host in lower case, and whether it is this machine.
    private struct HostName {
        let text: String
        let isLoopback: Bool

        init(_ raw: Substring) throws(Refusal) {
            text = raw.lowercased()
            if raw.first == "[" {
                let bytes = try Self.addressBytes(text.dropFirst().dropLast(), count: 16)
                isLoopback = bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 }
                return
            }
            let labels = text.split(separator: ".", omittingEmptySubsequences: false)
            guard text.utf8.count <= 253, labels.allSatisfy(Self.isLabel) else { throw .host }
            // `127.1`, `0x7f.1` and `2130706433` are addresses to some resolvers and names to others, so
            // a last label that starts with a digit must belong to a plain address.
            if let last = labels.last, last.utf8.first.map({ (0x30...0x39).contains($0) }) == true {
                isLoopback = try Self.addressBytes(text[...], count: 4).first == 127
            } else {
                isLoopback = text == "localhost"
            }
        }

        private static func isLabel(_ label: Substring) -> Bool {
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x61...0x7A, 0x30...0x39, 0x2D, 0x5F: true
                    default: false
                    }
                }
        }

        /// The bytes of an address, in network order; `count` is 4 or 16.
        private static func addressBytes(
            _ text: Substring,
            count: Int
        ) throws(Refusal) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            let family = count == 4 ? AF_INET : AF_INET6
            guard inet_pton(family, String(text), &bytes) == 1 else { throw .host }
            return bytes
        }
    }
}
