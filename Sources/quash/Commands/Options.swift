import ArgumentParser
import Cancels
import Foundation
import HTX

/// Which file to work on.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The database file. [environment: QUASH_DATABASE; default: quash.sqlite]"
    )
    private var database: String?

    /// The path, as given here, in the environment, or by default.
    var path: String {
        let given = database ?? ProcessInfo.processInfo.environment["QUASH_DATABASE"] ?? ""
        return given.isEmpty ? "quash.sqlite" : given
    }
}

/// Which exchange to talk to, and how fast.
struct ExchangeOptions: ParsableArguments {
    /// The protocols there are.
    enum ExchangeProtocol: String, ExpressibleByArgument, CaseIterable { case v1 }

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Base URL of the exchange; repeat it, or separate by commas, for failover. "
                + "[environment: QUASH_EXCHANGE; default: https://api.hbdm.com,https://api.hbdm.vn]",
            valueName: "url"
        )
    )
    private var exchange: [String] = []

    @Option(name: .customLong("protocol"), help: "The protocol to speak.")
    private var exchangeProtocol: ExchangeProtocol = .v1

    @Flag(
        name: .long,
        help:
            "Spread requests evenly instead of up to five at once, for servers that allow no burst."
    )
    private var smooth = false

    /// The base URLs in order of failover.
    ///
    /// - Throws: `Refusal` naming the URL that is none.
    func urls() throws -> [ExchangeURL] {
        let given =
            exchange.isEmpty
            ? ProcessInfo.processInfo.environment["QUASH_EXCHANGE"].map { [$0] } ?? Self.standard
            : exchange
        let texts = given.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        return try texts.enumerated().map { place, text in
            do {
                return try ExchangeURL(String(text))
            } catch {
                // Not the text itself: a pasted URL may hold a password or a signature.
                throw Refusal("exchange number \(place + 1) cannot be used: \(error)")
            }
        }
    }

    /// The limits, with what was asked for here.
    var settings: Settings {
        var settings = Settings()
        if smooth { settings.bucket.mode = .smooth }
        return settings
    }

    /// Both official hosts (htx-api 1.1).
    private static let standard = ["https://api.hbdm.com", "https://api.hbdm.vn"]
}
