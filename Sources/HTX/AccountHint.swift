/// What a person can do about an account that the exchange refuses (htx-api 3.2).
///
/// The exchange's own words stay what they are; this is the advice beside them.
package enum AccountHint {
    /// The advice for a code and the exchange's words with it; nil where there is none to give.
    ///
    /// Real reports show 403 for nearly every trouble with keys, so that one is told apart by its
    /// words (htx-api 1.5).
    package static func hint(for code: String?, message: String?) -> String? {
        guard let code, CodeTable.row(for: code)?.meaningClass == .account else { return nil }
        let said = message?.lowercased() ?? ""
        return switch code {
        case "403", "1253", "12008", "api-signature-not-valid": signature(said)
        case "12001", "12006": clock(said)
        case "12002", "12003":
            "this program signs as documented; check for a proxy that changes the query"
        case "12004": "the access key may have expired (90 days without a bound address); renew it"
        case "12005": address
        case "12007": "check the access key"
        case "1510", "4000", "4001", "4002", "4003", "4004", "4005", "4007", "6002", "6023":
            "this account is no longer served by the v1 interface; see what the migration of "
                + "accounts to the exchange's new system means for it"
        case "4009": "ask the exchange whether this function will come back"
        case "1100", "1101", "1104", "1109", "1110", "1113", "1115", "1205", "1413":
            "give the access key the right to trade, and the account the right to this product"
        case "1220", "1221", "1222", "1223", "1224", "1225", "1226", "1227", "1228", "1230", "1231",
            "1254":
            "open futures trading for this account at the exchange"
        case "1350", "50001", "50002", "50003", "50004", "50101", "50102":
            "complete the identity check (KYC) at the exchange, or see whether the region is served"
        case "1480": "ask the exchange why risk control holds this account"
        case "1503", "1504", "1505", "1506", "1507", "1508", "1600":
            "copy trading restricts this account; cancel at the exchange or end the copying"
        default: "check at the exchange that the account and its access key are in order"
        }
    }

    private static let address =
        "add this machine's public address to those the access key is bound to"

    private static func signature(_ said: String) -> String? {
        if said.contains("timestamp") { return clock(said) }
        if said.contains("ip address") { return address }
        if said.contains("permission") { return "give the access key the right to trade" }
        if said.contains("access key") {
            return
                "check the access key, and that it has not expired (90 days without a bound "
                + "address)"
        }
        return "check the secret key, and that no proxy changes the host"
    }

    /// Nothing where our own words in the message already say it.
    private static func clock(_ said: String) -> String? {
        said.contains("this machine's clock") ? nil : "check this machine's clock (timedatectl)"
    }
}
