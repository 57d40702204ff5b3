/// The windows of all accounts: one for cancels and one for both lists together (htx-api 4).
struct Limiters: Sendable {
    /// What one request was told.
    struct Verdict: Sendable {
        /// Whether it went over the limit.
        let refused: Bool
        /// What the headers say.
        let headers: RateHeaders
    }

    private struct Key: Hashable {
        let account: String
        let isRead: Bool
    }

    private var windows: [Key: RateWindow] = [:]
    /// How many cancels of other tools have been counted since the faults were injected.
    private var foreign: [String: Int64] = [:]

    /// Begins the traffic of other tools anew, as new faults do.
    mutating func forgetForeign() {
        foreign = [:]
    }

    /// Counts a request, or only looks where nobody signed it; nil without a limit.
    ///
    /// An account gets its window with its first request.
    mutating func meter(
        _ account: String?,
        at endpoint: Exchange.Endpoint,
        counting: Bool,
        settings: Exchange.Settings,
        plan: FaultPlan,
        moment: Moment
    ) -> Verdict? {
        let (limit, spanNs) = Self.rule(at: endpoint, settings, plan.faults.world)
        guard limit > 0 else { return nil }
        let key = Key(account: account ?? "", isRead: endpoint.isRead)
        var window = windows[key] ?? RateWindow(limit: limit, spanNs: spanNs)
        window.adjust(limit: limit, spanNs: spanNs)
        if let account, !endpoint.isRead {
            admitForeign(on: account, to: &window, plan: plan, moment: moment)
        }
        let reading =
            counting ? window.arrive(at: moment.bootNs) : window.reading(at: moment.bootNs)
        if account != nil { windows[key] = window }
        return Verdict(
            refused: reading.refused,
            headers: RateHeaders(reading, of: window, at: plan.shown(moment))
        )
    }

    private static func rule(
        at endpoint: Exchange.Endpoint,
        _ settings: Exchange.Settings,
        _ world: Faults.World
    ) -> (limit: Int, spanNs: Int64) {
        if endpoint.isRead { return (settings.readLimit, settings.readSpanNs) }
        return (
            world.announcedLimit ?? settings.limit,
            world.announcedIntervalMs.map { $0 * 1_000_000 } ?? settings.spanNs
        )
    }

    /// Counts what other tools have sent since the last look, in the order in which they did.
    ///
    /// The k-th of `rate` per second comes k / rate seconds after the faults were injected.
    private mutating func admitForeign(
        on account: String,
        to window: inout RateWindow,
        plan: FaultPlan,
        moment: Moment
    ) {
        let rate = Int64(plan.faults.world.foreignPerSecond[account] ?? 0)
        guard rate > 0 else { return }
        let second: Int64 = 1_000_000_000
        let (seconds, rest) = (moment.bootNs - plan.since.bootNs)
            .quotientAndRemainder(dividingBy: second)
        let due = seconds * rate + rest * rate / second
        let counted = foreign[account] ?? 0
        guard due > counted else { return }
        // More than the limit of them fill the window no further.
        for turn in max(counted + 1, due - Int64(window.limit) + 1)...due {
            let (whole, part) = turn.quotientAndRemainder(dividingBy: rate)
            _ = window.arrive(at: plan.since.bootNs + whole * second + part * second / rate)
        }
        foreign[account] = due
    }
}
