import CancelRunner
import CancelStore
import Cancels
import TestSupport

/// What a run did, for the table and for the comparison of two runs of one seed.
struct RunReport: Sendable {
    let seed: UInt64
    /// What broke; nil where everything held.
    let breach: String?
    /// The same for the same seed, in every process.
    let digest: UInt64
    /// Nanoseconds of virtual time.
    let span: Int64
    let turns: Int
    let tally: [Happening: Int]
    /// What the file shows, by words.
    let harvest: [String: Int]
}

extension Simulation {
    /// Runs a seed.
    static func run(seed: UInt64, tells: Bool = false) throws -> RunReport {
        let simulation = try Simulation(seed: seed, tells: tells)
        do {
            try simulation.run()
        } catch {
            simulation.fail("\(error)")
        }
        try simulation.inspector.digest { simulation.mix($0) }
        return RunReport(
            seed: seed,
            breach: simulation.breach,
            digest: simulation.digest,
            span: simulation.clocks.time,
            turns: simulation.turns,
            tally: simulation.tally,
            harvest: try simulation.inspector.harvest()
        )
    }

    /// When all is over: the whole file, and that a rerun does nothing.
    func judgeTheEnd() throws {
        if let breach = try inspector.judgeTheWhole().first { return fail(breach) }
        if let breach = try inspector.breachOfGrants() { return fail(breach) }
        for account in plan.accounts {
            for endpoint in Endpoint.allCases {
                let instants = exchange.instants(of: account, endpoint)
                let most = mostInAnyWindow(instants, window: .s(1))
                if most > (endpoint == .cancel ? 5 : 24) {
                    fail("\(most) \(endpoint) requests of \(account) arrived in one second")
                }
            }
        }
        for process in processes where process.isAlive { kill(process, restart: false) }
        clocks.time += .s(3_600)
        let before = turns
        try start()
        while breach == nil, turns < before + 3, let entry = timeline.next() {
            clocks.time = max(clocks.time, entry.at)
            try entry.body(self)
        }
        let arrived = exchange.arrivals.last { $0.isOurs }?.at ?? 0
        if arrived > clocks.time - .s(3_600) { fail("a rerun sent something") }
    }
}
