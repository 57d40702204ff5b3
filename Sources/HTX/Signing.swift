package import Cancels
import Crypto
import Foundation

/// What one signature covers, and the signature (htx-api 1.1).
///
/// The exchange rebuilds the canonical text from the request it receives, so the query sent must be the
/// query signed byte for byte. It is therefore built once, here, and handed on as text: `URLComponents`
/// leaves `+` and `:` bare, and half of all signatures hold a `+` (htx-api 1.3).
///
/// A POST signs the four parameters below and not its body: within the accepted clock skew the same
/// query signs any body, so the query is as secret as the key and never appears in a message.
package struct Signing: Sendable {
    /// `GET` or `POST`.
    package var method: String
    /// The value of the `Host` header.
    package var host: String
    /// The path, from its first slash, without a query.
    package var path: String
    /// The business parameters of a GET; a POST has none.
    package var parameters: [String: String]
    /// The instant to sign for.
    package var time: WallTime

    /// Describes what is to be signed.
    package init(
        method: String,
        host: String,
        path: String,
        parameters: [String: String] = [:],
        time: WallTime
    ) {
        self.method = method
        self.host = host
        self.path = path
        self.parameters = parameters
        self.time = time
    }

    /// The four lines that are signed, without a final newline.
    package func canonicalText(accessKey: String) -> String {
        "\(method)\n\(host)\n\(path)\n\(query(accessKey: accessKey))"
    }

    /// HMAC-SHA256 of the canonical text under the secret key, in Base64 with padding.
    package func signature(with credentials: Credentials) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(canonicalText(accessKey: credentials.accessKey).utf8),
            using: SymmetricKey(data: Data(credentials.secretKey.utf8))
        )
        return Data(code).base64EncodedString()
    }

    /// The whole query as it goes out: the signed one, and the signature after it.
    package func signedQuery(with credentials: Credentials) -> String {
        query(accessKey: credentials.accessKey) + "&Signature="
            + Self.percentEncoded(signature(with: credentials))
    }

    /// The parameters in byte order of their names, upper case before lower case.
    private func query(accessKey: String) -> String {
        let signed = [
            "AccessKeyId": accessKey,
            "SignatureMethod": "HmacSHA256",
            "SignatureVersion": "2",
            "Timestamp": Self.timestamp(time),
        ]
        return parameters.merging(signed) { _, ours in ours }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\(Self.percentEncoded($0.key))=\(Self.percentEncoded($0.value))" }
            .joined(separator: "&")
    }

    /// Leaves the unreserved characters of RFC 3986 bare and writes every other byte as `%` and two
    /// upper-case digits: the exchange refuses lower-case ones (htx-api 1.1).
    package static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    /// `yyyy-MM-ddTHH:mm:ss` in UTC, cut to the second as the official SDKs do, without a `Z`.
    package static func timestamp(_ time: WallTime) -> String {
        // Division cuts towards zero: an instant before 1970 belongs to the second below.
        let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let seconds = remainder < 0 ? quotient - 1 : quotient
        // Whole seconds are exact in a Double up to 2^53, 285 million years away.
        return Date(timeIntervalSince1970: Double(seconds))
            .formatted(
                Date.ISO8601FormatStyle(timeZone: .gmt)
                    .year().month().day().time(includingFractionalSeconds: false)
            )
    }
}
