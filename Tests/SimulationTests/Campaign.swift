import Foundation
import TestSupport

/// Many seeds, and what they did together.
struct Campaign: Sendable {
    private(set) var reports = 0
    private(set) var breaches: [RunReport] = []
    /// Nanoseconds of virtual time, up to the end of each run.
    private(set) var span: Int64 = 0
    private(set) var turns = 0
    private(set) var tally: [Happening: Int] = [:]
    private(set) var harvest: [String: Int] = [:]
    private(set) var wall: Duration = .zero

    /// Runs seeds, as many at once as there are processors, and tells of each that broke a promise at once.
    ///
    /// Of the `fresh` ones none is begun after `limit`, so that a slow machine tests less instead of for ever;
    /// `stops` ends it at the first breach.
    static func run(
        _ fixed: [UInt64],
        and fresh: [UInt64],
        within limit: Duration,
        stops: Bool = false
    ) async throws -> Campaign {
        let clock = ContinuousClock()
        let began = clock.now
        let width = ProcessInfo.processInfo.activeProcessorCount
        var campaign = Campaign()
        try await withThrowingTaskGroup(of: RunReport.self) { group in
            var rest = (fixed + fresh)[...]
            for _ in 0..<width {
                guard let seed = rest.popFirst() else { break }
                group.addTask { try Simulation.run(seed: seed) }
            }
            while let report = try await group.next() {
                campaign.take(report)
                guard clock.now - began < limit || rest.count > fresh.count,
                    !stops || campaign.breaches.isEmpty,
                    let seed = rest.popFirst()
                else { continue }
                group.addTask { try Simulation.run(seed: seed) }
            }
        }
        campaign.wall = clock.now - began
        return campaign
    }

    private mutating func take(_ report: RunReport) {
        reports += 1
        span += report.span
        turns += report.turns
        tally.merge(report.tally) { $0 + $1 }
        harvest.merge(report.harvest) { $0 + $1 }
        guard report.breach != nil else { return }
        breaches.append(report)
        print(Self.words(for: report))
    }

    /// A breach and the command that replays it.
    static func words(for report: RunReport) -> String {
        "simulation: seed \(report.seed) broke a promise: \(report.breach ?? "none")\n"
            + "simulation: replay it with: make simulate SEED=\(report.seed)"
    }

    /// What never happened though it should have, in runs that are meant to have seen everything.
    var unseen: [String] {
        let happenings = Happening.allCases.filter { tally[$0] == nil }.map(\.rawValue)
        return happenings + Reached.everything.filter { harvest[$0] == nil }
    }

    /// The table for a person.
    var summary: String {
        let hours = Double(span / 1_000_000_000) / 3_600
        let seconds = Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18
        let crashes = [.crashInTurn, .crashAfterCommit, .crashInFlight, .reboot]
            .reduce(0) { $0 + (tally[$1] ?? 0) }
        let head = [
            ("seeds", "\(reports)"), ("breaches", "\(breaches.count)"),
            ("virtual hours", String(format: "%.1f", hours)),
            ("wall seconds", String(format: "%.1f", seconds)),
            ("times real time", String(format: "%.0f", hours * 3_600 / max(seconds, 0.001))),
            ("turns", "\(turns)"), ("crashes and reboots", "\(crashes)"),
        ]
        let faults = Happening.allCases.map { ($0.rawValue, "\(tally[$0] ?? 0)") }
        let reached = harvest.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        return (head + faults + reached).map { "simulation: \($0.0): \($0.1)" }
            .joined(separator: "\n")
    }
}
