package import Cancels

/// The circuits of all base URLs, in failover order.
package struct CircuitSet: Sendable {
    /// The leave to send one request to one base URL.
    package struct Permit: Sendable {
        /// Where.
        package let exchange: ExchangeURL
        /// Its place in the failover order.
        package let place: Int
        fileprivate let permit: Circuit.Permit
    }

    private var circuits: [(exchange: ExchangeURL, circuit: Circuit)]

    /// Starts with every circuit closed; a URL that is named twice has one.
    package init(_ exchanges: [ExchangeURL]) {
        var seen: Set<ExchangeURL> = []
        circuits = exchanges.filter { seen.insert($0).inserted }.map { ($0, Circuit()) }
    }

    /// The base URLs in failover order, each once.
    package var exchanges: [ExchangeURL] { circuits.map(\.exchange) }

    /// How many requests may be sent now: any number while one circuit is closed, one while one is
    /// to be probed, none while all are open.
    ///
    /// Any number, too, where there is no base URL at all: each request then comes back and says
    /// so.
    package var allowance: Int {
        let isAnyClosed = circuits.contains {
            if case .closed = $0.circuit.state { true } else { false }
        }
        if isAnyClosed || circuits.isEmpty { return .max }
        return circuits.contains { $0.circuit.admits } ? 1 : 0
    }

    /// Takes the leave for one request to the first base URL from `place` on that admits it.
    package mutating func admit(from place: Int) -> Permit? {
        for place in circuits.indices.dropFirst(place) {
            if let permit = circuits[place].circuit.admit() {
                return Permit(exchange: circuits[place].exchange, place: place, permit: permit)
            }
        }
        return nil
    }

    /// Gives a permit back under which nothing was sent, or nothing was learnt.
    package mutating func release(_ permit: Permit) {
        circuits[permit.place].circuit.release(permit.permit)
    }

    /// Takes note of what became of a request; tells of the change it makes, if any.
    package mutating func note(
        _ health: Health,
        of permit: Permit,
        at time: BootTime
    ) -> ExchangeNews? {
        circuits[permit.place].circuit.note(health, of: permit.permit, at: time)
            .map { ExchangeNews(permit.exchange, $0) }
    }

    /// The base URLs that are to be asked whether they are up.
    package func due(at time: BootTime) -> [ExchangeURL] {
        circuits.filter { $0.circuit.isDue(at: time) }.map(\.exchange)
    }

    /// Takes note that an exchange says it is up; tells of the change it makes, if any.
    package mutating func noteUp(_ exchange: ExchangeURL, at time: BootTime) -> ExchangeNews? {
        guard let place = circuits.firstIndex(where: { $0.exchange == exchange }) else {
            return nil
        }
        return circuits[place].circuit.noteUp(at: time).map { ExchangeNews(exchange, $0) }
    }

    /// Which of the base URLs, but for some, are out and why, as `host (reason)`.
    package func outages(except others: [ExchangeURL] = []) -> [String] {
        circuits.filter { !$0.circuit.admits && !others.contains($0.exchange) }
            .map { "\($0.exchange.signedHost) (\($0.circuit.reason))" }
    }
}
