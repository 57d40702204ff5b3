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

    @Option(help: "How many turns.")
    var turns = 2_000

    func run() throws {
        let store = try CancelStore.open(database, statements: .small)
        let settings = Stage.lifted(tokens: 5)
        let (id, accounts) = try Stage.register(in: store, settings: settings)
        let turn = Turn(runner: id, accounts: accounts, settings: settings, isGone: { _ in false })
        var times: [Double] = []
        var sends = 0
        for _ in 0..<turns {
            let now = Stage.now()
            let before = Stage.now().boot
            let result = try store.rehearse { try turn.run(recording: [], on: $0, now: now) }
            times.append(Double((Stage.now().boot - before).nanoseconds) / 1e3)
            sends += result.sends.count
        }
        times.sort()
        try Stage.report([
            "median_us": times[turns / 2], "p99_us": times[turns * 99 / 100],
            "sends_per_turn": Double(sends) / Double(turns), "peak_mb": Stage.peakMemory,
        ])
    }
}
