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

    /// `POST /sandbox/accounts/{name}/keys`.
    struct Keys: Decodable {
        /// `access_key`.
        let accessKey: String
        /// `secret_key`; it goes into the exchange and nowhere else.
        let secretKey: String

        private enum CodingKeys: String, CodingKey {
            case accessKey = "access_key"
            case secretKey = "secret_key"
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
