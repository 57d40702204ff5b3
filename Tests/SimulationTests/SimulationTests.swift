import Foundation
import TestSupport
import Testing

/// The whole system in virtual time, from seeds: every promise holds whatever goes wrong, in whatever order.
@Suite(.serialized) struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment

    /// Seeds that have seen everything there is to see, and those that once found something.
    private static let fixed: [UInt64] =
        Array(1...60) + [2_141_025_408_631_232_450, 16_636_592_116_133_647_737]

    @Test func `every promise holds in fixed and in fresh seeds`() async throws {
        let wanted = Self.environment["QUASH_SIMULATE_SEEDS"].flatMap { Int($0) }
        // To hunt is to stop at the first breach, whatever was not seen until then.
        let hunts = Self.environment["QUASH_SIMULATE_HUNT"] != nil
        let fresh = (0..<(wanted ?? 100)).map { _ in UInt64.random(in: 1_000...(.max)) }
        let campaign = try await Campaign.run(
            Self.fixed,
            and: fresh,
            within: wanted == nil ? .seconds(100) : .seconds(86_400),
            stops: hunts
        )
        print(campaign.summary)
        for report in campaign.breaches { Issue.record("\(Campaign.words(for: report))") }
        #expect(hunts || campaign.unseen.isEmpty, "never happened: \(campaign.unseen)")
    }

    @Test func `the same seed is the same run`() throws {
        let (first, second) = (try Simulation.run(seed: 7), try Simulation.run(seed: 7))
        #expect(first.digest == second.digest && first.turns == second.turns)
        #expect(try Simulation.run(seed: 8).digest != first.digest)
    }

    @Test(.enabled(if: environment["QUASH_SIMULATE_SEED"] != nil, "give one: make simulate SEED=n"))
    func `one seed, told line by line`() throws {
        let seed = try #require(Self.environment["QUASH_SIMULATE_SEED"].flatMap { UInt64($0) })
        let report = try Simulation.run(seed: seed, tells: true)
        print("simulation: seed \(seed) has digest \(report.digest)")
        #expect(report.breach == nil)
    }
}
