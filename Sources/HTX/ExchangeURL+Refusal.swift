extension ExchangeURL {
    /// Why a text is no exchange URL.
    package enum Refusal: Error, Hashable, CaseIterable, CustomStringConvertible {
        /// A character that no URL has bare.
        case characters
        /// Neither `https` nor `http`.
        case scheme
        /// A user name or password.
        case userInfo
        /// A query or a fragment.
        case query
        /// A path of its own.
        case path
        /// No host, or one that is neither a name nor an address.
        case host
        /// No number from 1 to 65535 after the colon.
        case port
        /// `http` to another machine.
        case plainText

        /// One sentence for the person who wrote the setting.
        package var description: String {
            switch self {
            case .characters: "The exchange URL has a space or a character that is not plain ASCII."
            case .scheme: "The exchange URL must begin with https:// (or http:// for this machine)."
            case .userInfo: "The exchange URL must not hold a user name or a password."
            case .query: "The exchange URL must not have a query or a fragment."
            case .path: "The exchange URL must end after the host and port, without a path."
            case .host: "The exchange URL has no valid host name or address."
            case .port: "The port of the exchange URL must be a number from 1 to 65535."
            case .plainText:
                "Plain http is allowed only to this machine (127.0.0.0/8, ::1 or localhost); use https."
            }
        }
    }
}
