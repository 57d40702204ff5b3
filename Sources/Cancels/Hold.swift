/// What an answer means for the whole bucket of its account and endpoint, beside its ids.
package enum BucketNotice: Hashable, Sendable {
    /// It was answered; whatever held the bucket is over.
    case clear
    /// Over the limit: all tokens wait, and no round trip is proven any more.
    case throttled(Duration)
    /// Maintenance, outage, or no way there: wait a while before the next try.
    case unavailable(Duration)
    /// The account itself is refused: pause it and say why.
    case accountTrouble(reason: String)
    /// It says nothing of the bucket.
    case silent
}

/// Reads from an answer what it means for its bucket.
///
/// `troubles` counts the notices in a row that held the bucket; the wait doubles with it. A reset the
/// exchange names is believed up to `longestReset`, and only ever to wait longer.
package func notice(of answer: Answer, troubles: Int, policy: HoldPolicy) -> BucketNotice {
    let kinds = answer.outcomes.values.map(\.kind) + [answer.whole?.kind].compactMap(\.self)
    if kinds.contains(.throttled) {
        let named = answer.limit?.wait(serverTime: answer.serverTime) ?? .zero
        let reset = min(max(named, .zero), policy.longestReset)
        return .throttled(max(reset, policy.throttle(troubles)))
    }
    if kinds.contains(.accountTrouble) {
        // The least id's, so that the same answer gives the same words in every process.
        let least = answer.outcomes.filter { $0.value.kind == .accountTrouble }
            .min { $0.key.text < $1.key.text }
        let outcome = answer.whole ?? least?.value
        let words = outcome?.reason ?? Outcome(.accountTrouble).reason
        return .accountTrouble(
            reason: [words, answer.hint].compactMap(\.self).joined(separator: "; ")
        )
    }
    // Not sent because our own grant lapsed speaks of this machine alone: nothing of it is `whole`.
    if kinds.contains(.unavailable) || answer.whole?.kind == .notSent {
        return .unavailable(policy.outage(troubles))
    }
    return answer.kind == .answered ? .clear : .silent
}

/// How long a bucket waits after a refusal that speaks of all its requests.
package struct HoldPolicy: Hashable, Sendable {
    /// The least wait when throttled: one window and a bit, 1.1 s; it doubles while it repeats.
    package var leastThrottle: Duration = .milliseconds(1100)
    /// The least wait in an outage: 250 ms; it doubles while it repeats.
    package var leastOutage: Duration = .milliseconds(250)
    /// No wait of a throttled bucket doubles beyond 30 s.
    package var longestThrottle: Duration = .seconds(30)
    /// No wait in an outage doubles beyond 10 s: the circuit of the base URL, not the bucket, keeps requests
    /// away from an exchange that is out, and hears when it is back.
    package var longestOutage: Duration = .seconds(10)
    /// No reset that the exchange names is believed beyond 60 s.
    package var longestReset: Duration = .seconds(60)

    package init() {}

    func throttle(_ troubles: Int) -> Duration {
        doubled(leastThrottle, troubles, to: longestThrottle)
    }

    func outage(_ troubles: Int) -> Duration {
        doubled(leastOutage, troubles, to: longestOutage)
    }

    private func doubled(_ least: Duration, _ times: Int, to longest: Duration) -> Duration {
        min(least * (1 << min(max(times, 0), 20)), longest)
    }
}

extension LimitReport {
    /// How long until the reset it names; nil where it names none.
    ///
    /// Small numbers are spans, large ones instants of the exchange's own clock, which `serverTime`
    /// reads.
    package func wait(serverTime: Int64?) -> Duration? {
        guard let reset, reset >= 0 else { return nil }
        if reset < 1_000_000_000 { return .milliseconds(reset) }
        guard let serverTime, serverTime > 0 else { return nil }
        let (left, overflow) = reset.subtractingReportingOverflow(serverTime)
        return overflow ? nil : .milliseconds(left)
    }
}

extension Outcome {
    /// Code and message in one line, for a person.
    package var reason: String {
        switch (code, message) {
        case (let code?, let message?): "\(code): \(message)"
        case (let code?, nil): "code \(code)"
        case (nil, let message?): message
        case (nil, nil): "no reason was given"
        }
    }
}
