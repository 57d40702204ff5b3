/// A limit as the exchange's headers state it (htx-api 4), kept where it is stricter than ours.
package struct StatedLimit: Hashable, Sendable {
    /// Requests per window.
    package let requests: Int
    /// The window.
    package let window: Duration

    package init(requests: Int, window: Duration) {
        self.requests = requests
        self.window = window
    }

    /// From a row; nil where it holds none.
    package init?(requests: Int?, milliseconds: Int64?) {
        guard let requests, let milliseconds, requests > 0, milliseconds > 0 else { return nil }
        self.init(requests: requests, window: .milliseconds(milliseconds))
    }
}

/// Requests of other tools on the same account, as far as the exchange's headers show them.
package struct ForeignUse: Hashable, Sendable {
    /// How many the last answer showed that showed any.
    package var last: Int
    /// The most that any answer has shown.
    package var most: Int
    /// When the last was seen.
    package var at: WallTime?

    /// How long what was seen last is reckoned with: 10 s.
    package static let memory: Duration = .seconds(10)

    /// How many tokens to leave to others at an instant: what was seen lately, and never all.
    package func reserved(of tokens: Int, at now: WallTime) -> Int {
        reservation(at: now) == nil ? 0 : min(last, tokens - 1)
    }

    /// How long tokens are still left to others at an instant; nil where none are.
    package func reservation(at now: WallTime) -> Duration? {
        guard let at, last > 0 else { return nil }
        let left = Self.memory.milliseconds - (now.milliseconds - at.milliseconds)
        return left > 0 ? .milliseconds(left) : nil
    }

    package init(last: Int = 0, most: Int = 0, at: WallTime? = nil) {
        self.last = last
        self.most = most
        self.at = at
    }
}

extension BucketPolicy {
    /// The limit that a report states, where it is stricter than this one; nil where it is not, or states
    /// none.
    ///
    /// A higher one is never adopted. One of a longer window is stricter only if as many windows of ours as
    /// fit into it could hold more: 72 in three seconds forbids nothing that five in one second allows.
    package func stricter(_ report: LimitReport) -> StatedLimit? {
        guard let requests = report.limit, requests > 0 else { return nil }
        let stated = report.interval.map { Duration.milliseconds($0) } ?? window
        guard stated > .zero, stated <= .seconds(3_600) else { return nil }
        let windows = max(1, Int((stated / window).rounded(.up)))
        guard limit * windows > requests else { return nil }
        return StatedLimit(requests: min(requests, limit), window: max(stated, window))
    }

    /// This policy under a limit that the exchange states.
    package func under(_ stated: StatedLimit?) -> Self {
        guard let stated else { return self }
        var policy = self
        policy.limit = stated.requests
        policy.window = stated.window
        return policy
    }
}

/// How many requests of others an answer shows to be in its window: what the exchange says remains, beside
/// the tokens of ours that were free when the request left.
///
/// Every request of ours that the exchange can still count holds its token, so with `free` tokens it must
/// leave at least that many; what it leaves less, somebody else has used. More than we have free proves
/// nothing, and is never used (reliability 3.7).
package func foreignUse(remaining: Int?, free: Int) -> Int {
    guard let remaining, remaining >= 0 else { return 0 }
    return max(0, free - remaining)
}
