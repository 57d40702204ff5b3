import Cancels

extension CodeTable {
    /// Codes that are about cancelling, its timing or its input (htx-api 3.1).
    static let cancelRows: [CodeRow] = [
        row("1061", "no such order", .notFound),
        row("1017", "no such order, as other calls say it", .notFound),
        row("1071", "already cancelled", .alreadyCancelled),
        row("1062", "a cancel is under way", .inProgress),
        row("1063", "already executed: a trailing order has fired", .executed),
        row("1088", "cancelling is restricted for this contract on this channel", .permanent),
        row("1052", "more ids than a batch may hold", .batch),
        row("1056", "settlement is running, nothing may be cancelled", .suspended),
        row("1059", "delivery is running, nothing may be cancelled", .suspended),
        row("1057", "the contract is halted", .suspended),
        row("1058", "the contract is suspended", .suspended),
        row("1060", "the contract is not trading", .suspended),
        row("1408", "a take-profit or stop-loss is not in force yet", .transient),
        row("1004", "the system is busy, and asks not to be hammered", .unavailable),
        row("1013", "no such symbol", .contract),
        row("1014", "no such contract, or none named", .contract),
        row("1332", "no such contract code", .contract),
        row("1033", "no such contract period", .contract),
        row("1348", "the contract has no cross margin", .contract),
        row("1030", "invalid input, whatever the message says of trying again", .input),
        row("1031", "illegal request or source", .input),
        row("1066", "a field is empty", .input),
        row("1067", "a field is invalid", .input),
        row("1498", "wrong margin account", .input),
        row("1499", "wrong margin account", .input),
        row("1500", "the position mode does not fit", .input),
        row("1032", "too many requests", .throttled),
        row("1084", "the API is disabled for a while; documented not to hit cancels", .throttled),
        row("1431", "maintenance", .unavailable),
        // After these the cancel may have been carried out: the table says "retry" and "reconcile".
        row("1000", "system error", .unclear),
        row("1001", "system not ready", .unclear),
        row("1002", "query error", .unclear),
        row("1003", "redis error", .unclear),
        row("1005", "query timed out", .unclear),
        row("1108", "internal call failed", .unclear),
        row("6021", "the request timed out inside", .unclear),
        row("1440", "cancelling failed, without a reason", .unclear),
        // Of these nobody knows what a second try would do: "do not retry blindly" (htx-api 3.3).
        row("1051", "nothing to cancel, or a legacy endpoint on a migrated account", .foreign),
        row("1046", "abnormal service in one table, no position in the other", .foreign),
        // Settlement as queries see it: out of place here, so no promise that nothing happened.
        row("1077", "settlement: query data is unreliable", .foreign),
        row("1078", "settlement: query data is unreliable", .foreign),
        row("1079", "settlement: query data is unreliable", .foreign),
        row("1080", "settlement: query data is unreliable", .foreign),
        row("1411", "settlement: query data is unreliable", .foreign),
    ]

    /// Codes about the key, the rights and the kind of account (htx-api 3.2).
    static let accountRows: [CodeRow] =
        [
            row("403", "the key, the address or the signature is not accepted", .account, "3.2"),
            row("1253", "signature not verified", .account, "3.2"),
            row("12001", "timestamp not accepted", .account, "3.2"),
            row("12002", "wrong signature version", .account, "3.2"),
            row("12003", "wrong signature method", .account, "3.2"),
            row("12004", "key expired in one table, wrong method in the other", .account, "3.2"),
            row("12005", "address not allowed", .account, "3.2"),
            row("12006", "timestamp missing", .account, "3.2"),
            row("12007", "wrong public key", .account, "3.2"),
            row("12008", "signature not verified", .account, "3.2"),
            row("12009", "user locked or missing", .account, "3.2"),
            row("1413", "no right to trailing orders", .account, "3.2"),
            row("1480", "risk control", .account, "3.2"),
            row("1510", "a unified account may not use this endpoint", .account, "3.2"),
            row("4007", "the endpoint is for unified accounts", .account, "3.2"),
            // Listed as permanent or re-route: rejecting ids for a closed function is the worse error.
            row("4009", "the function is suspended", .account, "3.2"),
            row("6002", "legacy endpoint on a migrated account", .account, "3.2"),
            row("6023", "the feature is unavailable; seen where v1 was retired", .account, "3.2"),
            // Listed as permanent with low confidence, and as one that should not hit cancels.
            row("1105", "close-only restriction", .foreign, "3.2"),
            // An options message in one table, a region restriction in the other.
            row("1401", "region or options, the tables disagree", .foreign, "3.2"),
            // How the spot host words a bad signature, should the futures host follow (htx-api 1.5).
            row("api-signature-not-valid", "signature not valid", .account, "1.5"),
        ]
        + rows(1010...1012, "account or session", .account, "3.2")
        + rows(1018...1018, "account or session", .account, "3.2")
        + rows(1200...1200, "login", .account, "3.2")
        + rows(1100...1101, "missing right", .account, "3.2")
        + rows(1104...1104, "missing right", .account, "3.2")
        + rows(1109...1110, "missing right", .account, "3.2")
        + rows(1113...1113, "missing right of a sub-account", .account, "3.2")
        + rows(1115...1115, "missing right", .account, "3.2")
        + rows(1205...1205, "missing right", .account, "3.2")
        + rows(1220...1228, "futures not opened, or not eligible", .account, "3.2")
        + rows(1230...1231, "futures not opened, or not eligible", .account, "3.2")
        + rows(1254...1254, "futures not opened, or not eligible", .account, "3.2")
        + rows(1350...1350, "region or identity check", .account, "3.2")
        + rows(50001...50004, "region or identity check", .account, "3.2")
        + rows(50101...50102, "region or identity check", .account, "3.2")
        + rows(1503...1508, "copy-trading restriction", .account, "3.2")
        + rows(1600...1600, "copy-trading restriction", .account, "3.2")
        + rows(4000...4005, "a unified account must use another endpoint", .account, "3.2")

    /// Codes of placing, leverage and transfers (htx-api 3.3), which make no sense if one ever
    /// comes on a cancel; and HTTP's own 429 as a code (htx-api 2.5).
    static let strayRows: [CodeRow] =
        [row("429", "too many requests", .throttled, "2.5")]
        + [
            1034...1045, 1047...1048, 1072...1076, 1081...1083, 1085...1087, 1090...1094,
            1097...1097,
            1403...1407, 1425...1427, 1455...1455, 1461...1466, 1468...1470, 1484...1497,
        ].flatMap { rows($0, "placing, margin or leverage", .foreign, "3.3") }
        + rows(1300...1331, "transfers", .foreign, "3.3")
        + [1029...1029, 1467...1467, 1900...1900].flatMap { rows($0, "free text", .foreign, "3.3") }

    private static func row(
        _ code: String,
        _ meaning: String,
        _ meaningClass: CodeRow.Class,
        _ section: String = "3.1"
    ) -> CodeRow {
        CodeRow(code, meaning, meaningClass, section: section)
    }

    private static func rows(
        _ codes: ClosedRange<Int>,
        _ meaning: String,
        _ meaningClass: CodeRow.Class,
        _ section: String
    ) -> [CodeRow] {
        codes.map { row(String($0), meaning, meaningClass, section) }
    }
}
