import Cancels
import Synchronization

extension HTXClient {
    /// That there are no keys to sign it with, and what to set.
    func keyless(_ request: Request) -> Answer {
        let account = request.target.account
        let names = Credentials.variables(for: account)
        let remedy = "set \(names.accessKey) and \(names.secretKey)"
        let trouble = Outcome(.accountTrouble, message: "no keys for account \(account): \(remedy)")
        return Answer(to: request, .unsent, trouble, at: now())
    }

    /// That no base URL took it, and why each did not.
    func unsent(
        _ request: Request,
        _ unreached: [(exchange: ExchangeURL, words: String)],
        _ last: HandOver?
    ) -> Answer {
        let tried = unreached.map(\.exchange)
        let (isEmpty, out) = circuits.withLock { ($0.exchanges.isEmpty, $0.outages(except: tried)) }
        let missed = unreached.map { "\($0.exchange.signedHost) (\($0.words))" }
        let words =
            if isEmpty {
                "not connected: no exchange is set"
            } else if missed.isEmpty {
                "every exchange is out: \(out.joined(separator: ", "))"
            } else {
                "not connected: \((missed + out).joined(separator: ", "))"
            }
        return Answer(to: request, .unsent, Outcome(.notSent, message: words), at: now(), last)
    }
}
