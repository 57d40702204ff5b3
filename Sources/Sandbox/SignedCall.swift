import Crypto
import Foundation

/// The signed part of a request as it came off the wire, and the check of its signature.
///
/// The exchange computes the canonical string from what it received (htx-api 1.1), after decoding
/// and encoding again: upper-case hex, space as `%20`. A query that is not already in that form has
/// therefore been signed over other bytes, or will be by the next client to use it, and is refused:
/// lower-case hex and a bare `+` fail here as they do there.
package struct SignedCall: Sendable {
    /// The method, upper case.
    package let method: String
    /// The Host header, with its port where it has one.
    package let host: String
    /// The path without the query.
    package let path: String
    /// The query's fields with their values still encoded, in the order received.
    private let fields: [(name: Substring, value: Substring)]

    /// Takes a request line and host apart; nothing can fail yet.
    ///
    /// - Parameters:
    ///   - method: the request's method.
    ///   - host: the Host header as received.
    ///   - target: path and query exactly as received.
    package init(method: String, host: String, target: String) {
        self.method = method.uppercased()
        self.host = host.lowercased()
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        fields = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { field in
            let sides = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: sides[0], value: sides.count > 1 ? sides[1] : "")
        }
    }

    /// The decoded `AccessKeyId`; nil where there is none.
    package var accessKey: String? { value("AccessKeyId") }

    /// Says what is wrong with the method, version or signature, or nil when all are right.
    package func refusal(secret: Secret) -> Refusal? {
        guard value("SignatureVersion") == "2" else { return .wrongVersion }
        guard value("SignatureMethod") == "HmacSHA256" else { return .wrongMethod }
        guard
            isCanonical,
            let text = value("Signature"), let signature = Data(base64Encoded: text),
            // Base64 has several spellings of the same bytes; the exchange knows one.
            signature.base64EncodedString() == text,
            HMAC<SHA256>.isValidAuthenticationCode(
                signature,
                authenticating: Data(canonical.utf8),
                using: secret.key
            )
        else { return .wrongSignature }
        return nil
    }

    /// Says what is wrong with the timestamp, or nil when it is within the skew.
    package func refusal(ofTimestampAt wallMs: Int64, skewMs: Int64) -> Refusal? {
        guard let text = value("Timestamp") else { return .missingTimestamp }
        guard let date = try? Self.timestampStyle.parse(text),
            // Reading is lenient about what follows; only the exact form writes back to itself.
            Self.timestampStyle.format(date) == text,
            abs(Int64(date.timeIntervalSince1970) * 1000 - wallMs) <= skewMs
        else { return .staleTimestamp }
        return nil
    }

    /// The text the signature is computed over.
    private var canonical: String {
        let signed = fields.filter { $0.name != "Signature" }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { "\($0.name)=\($0.value)" }
        return [method, host, path, signed.joined(separator: "&")].joined(separator: "\n")
    }

    /// Whether every field is written the one way the exchange writes it itself, no name twice.
    private var isCanonical: Bool {
        Set(fields.map(\.name)).count == fields.count
            && fields.allSatisfy { name, value in
                // The official Python client leaves the slash of a signature bare (htx-api 1.1).
                let value = name == "Signature" ? value.replacing("/", with: "%2F") : value
                return Self.isCanonical(name) && Self.isCanonical(value)
            }
    }

    /// Whether a text escapes in upper-case hex what RFC 3986 does not leave bare, and only that.
    ///
    /// Read byte by byte, since decoding and encoding again was the dearest part of a request.
    private static func isCanonical(_ text: Substring) -> Bool {
        var bytes = text.utf8[...]
        while let byte = bytes.popFirst() {
            if isUnreserved(byte) { continue }
            guard byte == UInt8(ascii: "%"), let high = hexDigit(bytes.popFirst()),
                let low = hexDigit(bytes.popFirst()), !isUnreserved(high << 4 | low)
            else { return false }
        }
        return true
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// The value of an upper-case hex digit; nil for everything else.
    private static func hexDigit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case .some(let byte) where UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte:
            byte - UInt8(ascii: "0")
        case .some(let byte) where UInt8(ascii: "A")...UInt8(ascii: "F") ~= byte:
            byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private func value(_ name: String) -> String? {
        fields.first { $0.name == name }?.value.removingPercentEncoding
    }

    /// `yyyy-MM-ddTHH:mm:ss` in UTC, without fraction or zone (htx-api 1.1).
    private static let timestampStyle = Date.ISO8601FormatStyle(timeZone: .gmt)
        .year().month().day().time(includingFractionalSeconds: false)
}
