import CancelStore
import Cancels
import ServiceLifecycle

/// Shows how far the work is: a bar that is redrawn on a terminal, a line now and then elsewhere.
struct ProgressView: Service {
    let store: CancelStore
    let settings: Settings
    let accounts: [String]

    /// How often the bar is drawn: every 200 ms; a line elsewhere every 5 s.
    private var interval: Duration {
        Terminal.isInteractive ? .milliseconds(200) : .seconds(5)
    }

    func run() async throws {
        do {
            try await show()
        } catch {
            // What only looks must never end what sends.
            Terminal.say("quash: the progress is not shown any more: \(error)")
            try await gracefulShutdown()
        }
    }

    private func show() async throws {
        let clock = ContinuousClock()
        let began = clock.now
        let before = try read().settled
        var last: Tally?
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            let tally = try read()
            if Terminal.isInteractive || (tally != last && tally.total > 0) {
                let seconds = (clock.now - began) / .seconds(1)
                let rate = seconds > 1 ? Double(tally.settled - before) / seconds : nil
                show(Self.line(tally, rate: rate, ceiling: ceiling, width: 30))
            }
            last = tally
            // `try?`: a graceful stop interrupts the wait, and the loop ends.
            try? await cancelWhenGracefulShutdown { try await clock.sleep(for: interval) }
        }
        if Terminal.isInteractive { Terminal.redraw("") }
    }

    /// Ids a second at the limit: 10 ids × 5 requests for each account.
    private var ceiling: Double {
        let perSecond = Duration.seconds(1) / settings.bucket.window
        return Double(settings.idsPerRequest * settings.bucket.limit * accounts.count) * perSecond
    }

    private func read() throws -> Tally { try store.read { try Report($0).tally() } }

    private func show(_ line: String) {
        Terminal.isInteractive ? Terminal.redraw(line) : Terminal.say(line)
    }

    /// One line: a bar, what became of the ids, the rate, and the time the limit leaves.
    static func line(_ tally: Tally, rate: Double?, ceiling: Double, width: Int) -> String {
        let share =
            tally.total > 0 ? min(max(Double(tally.settled) / Double(tally.total), 0), 1) : 0
        let filled = Int((share * Double(width)).rounded(.down))
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        var parts = [
            "\(bar) \(Int(share * 100)) %", "\(tally[.cancelled]) cancelled",
            "\(tally[.rejected]) rejected", "\(tally[.failed] + tally[.expired]) failed",
        ]
        if tally[.unresolved] > 0 { parts.append("\(tally[.unresolved]) unresolved") }
        if let rate { parts.append("\(Int(rate.rounded())) ids/s") }
        if tally.open > 0 {
            parts.append("\(tally.open) to go, \(span(Double(tally.open) / ceiling)) at the limit")
        }
        return parts.joined(separator: "  ")
    }

    /// What became of all ids, in one line.
    static func summary(_ tally: Tally) -> String {
        let parts = CancelState.allCases.compactMap { state in
            tally[state] > 0 ? "\(tally[state]) \(state.rawValue)" : nil
        }
        return
            "\(tally.total) ids: \(parts.isEmpty ? "nothing queued" : parts.joined(separator: ", "))"
    }

    /// A span as people say it: `40 s`, `3 min 20 s`, `5 h 33 min`.
    static func span(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        }
    }
}
