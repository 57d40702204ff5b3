import ArgumentParser
import CancelRunner
import CancelStore
import Cancels

/// What one turn costs on a file as it lies: each is taken back, so the file stays as it was.
struct TurnBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "turn",
        abstract: "Takes turns on a file, each rolled back, and tells the median."
    )

    @Option(help: "The file, migrated and filled.")
    var database: String

    @Option(
        help:
            "Another file, on which every second turn is taken: one machine at one speed for both."
    )
    var against: String?

    @Option(help: "How many turns on each file.")
    var turns = 2_000

    func run() throws {
        var desks = [try Desk(of: database)]
        if let against { desks.append(try Desk(of: against)) }
        for _ in 0..<turns {
            for index in desks.indices { try desks[index].take() }
        }
        var result = [
            "median_us": desks[0].median, "ids": Double(desks[0].ids), "peak_mb": Stage.peakMemory,
        ]
        if desks.count > 1 {
            result["against_us"] = desks[1].median
            result["against_ids"] = Double(desks[1].ids)
        }
        try Stage.report(result)
    }

    /// One file, and what the turns on it took.
    private struct Desk {
        private let store: CancelStore
        private let turn: Turn
        private var times: [Double] = []
        /// How many ids a turn claims.
        private(set) var ids = 0

        init(of database: String) throws {
            store = try CancelStore.open(database, statements: .small)
            let settings = Stage.lifted(tokens: 5)
            let (id, accounts) = try Stage.register(in: store, settings: settings)
            turn = Turn(runner: id, accounts: accounts, settings: settings, isGone: { _ in false })
        }

        /// One turn, which must grant five requests.
        mutating func take() throws {
            let now = Stage.now()
            let before = Stage.now().boot
            let result = try store.rehearse { [turn] in
                try turn.run(recording: [], on: $0, now: now)
            }
            times.append(Double((Stage.now().boot - before).nanoseconds) / 1e3)
            precondition(result.sends.count == 5, "a turn granted \(result.sends.count) requests")
            ids = result.sends.map(\.call.orderIDs.count).reduce(0, +)
        }

        var median: Double { times.sorted()[times.count / 2] }
    }
}
