import Cancels
import Testing

/// The table of design section 3, row by row, and proof that it has no gaps.
@Suite struct VerdictTests {
    private let policy = AttemptPolicy()

    private func past(
        attempts: Int = 0,
        waits: Int = 0,
        size: Int = 10,
        place: Int = 0,
        hasUnknown: Bool = false,
        accepted: Int64? = nil
    ) -> Past {
        Past(
            cancelID: 7,
            attempts: attempts,
            waits: waits,
            requestSize: size,
            place: place,
            hasUnknown: hasUnknown,
            accepted: accepted
        )
    }

    private func judged(_ kind: Outcome.Kind, _ past: Past) -> Verdict {
        verdict(on: Outcome(kind), past: past, policy: policy)
    }

    @Test(
        arguments: [
            (.accepted, .cancelled, .accepted),
            (.alreadyDone, .cancelled, .alreadyDone),
            (.executed, .rejected, .tooLate),
            (.notFound, .rejected, .notFound),
            (.permanent, .rejected, .permanent),
            (.badTarget, .rejected, .badRequest),
        ] as [(Outcome.Kind, CancelState, CancelClass)]
    )
    func `an answer that settles an id settles it at the first attempt`(
        kind: Outcome.Kind,
        state: CancelState,
        reason: CancelClass
    ) {
        #expect(judged(kind, past()) == .settle(state, reason, .thisAnswer))
    }

    @Test(arguments: [.notFound, .executed, .permanent, .badTarget] as [Outcome.Kind])
    func `after an unknown attempt nothing is rejected without a lookup`(kind: Outcome.Kind) {
        #expect(judged(kind, past(hasUnknown: true)) == .unresolved(.unknown))
    }

    @Test(arguments: [.accepted, .alreadyDone] as [Outcome.Kind])
    func `after an unknown attempt an id may still be cancelled by name`(kind: Outcome.Kind) {
        guard case .settle(.cancelled, _, .thisAnswer) = judged(kind, past(hasUnknown: true)) else {
            Issue.record("\(kind) must settle")
            return
        }
    }

    @Test func `not found after our own success is that success`() {
        #expect(
            judged(.notFound, past(accepted: 42))
                == .settle(.cancelled, .alreadyDone, .answer(42))
        )
        #expect(
            judged(.notFound, past(hasUnknown: true, accepted: 42))
                == .settle(.cancelled, .alreadyDone, .answer(42))
        )
    }

    @Test func `fired after our own success is for a lookup to decide`() {
        #expect(judged(.executed, past(accepted: 42)) == .unresolved(.unknown))
    }

    @Test(
        arguments: [(10, 5), (5, 2), (3, 1), (2, 1)]
    )
    func `of a request refused for its input the first half is sent alone, and the rest waits`(
        size: Int,
        half: Int
    ) {
        for place in 0..<size {
            guard case .again(let again) = judged(.badRequest, past(size: size, place: place))
            else {
                Issue.record("each id is sent again")
                return
            }
            #expect(again.isSplit)
            #expect(again.packLimit == (place < half ? half : nil))
            #expect(again.delay == (place < half ? .zero : policy.splitWait))
        }
    }

    @Test func `a contract that is not trading is asked slowly, and for hours`() {
        guard case .again(let again) = judged(.suspended, past(attempts: 4, waits: 238)) else {
            Issue.record("four hours are not over")
            return
        }
        #expect(again.reason == .unavailable && again.delay >= .seconds(60))
        #expect(!Outcome.Kind.suspended.countsAttempt && !Outcome.Kind.suspended.leavesDoubt)
        #expect(judged(.suspended, past(waits: 239)) == .settle(.failed, .transient, .thisAnswer))
        #expect(judged(.suspended, past(waits: 239, hasUnknown: true)) == .unresolved(.unknown))
    }

    @Test func `a code nobody knows is looked up, not repeated`() {
        #expect(judged(.unlisted, past()) == .unresolved(.unknown))
        #expect(Outcome.Kind.unlisted.countsAttempt && Outcome.Kind.unlisted.leavesDoubt)
    }

    @Test func `an id refused for its input alone is rejected`() {
        #expect(judged(.badRequest, past(size: 1)) == .settle(.rejected, .badRequest, .thisAnswer))
        #expect(judged(.badRequest, past(size: 1, hasUnknown: true)) == .unresolved(.unknown))
    }

    @Test func `transient trouble fails at the last attempt`() {
        guard case .again(let again) = judged(.transient, past(attempts: 3)) else {
            Issue.record("the fourth attempt is not the last")
            return
        }
        #expect(again.reason == .transient && again.delay >= .seconds(8))
        #expect(judged(.transient, past(attempts: 4)) == .settle(.failed, .transient, .thisAnswer))
        #expect(judged(.transient, past(attempts: 4, hasUnknown: true)) == .unresolved(.unknown))
    }

    @Test func `unknown is never final`() {
        guard case .again(let again) = judged(.unknown, past()) else {
            Issue.record("an unknown id is asked again")
            return
        }
        #expect(again.reason == .unknown && again.delay >= .seconds(1))
        #expect(judged(.unknown, past(attempts: 4)) == .unresolved(.unknown))
    }

    @Test func `an id in progress is asked again, but not for ever`() {
        guard case .again(let again) = judged(.inProgress, past(waits: 18)) else {
            Issue.record("it is asked again")
            return
        }
        #expect(again.reason == .inProgress)
        #expect(judged(.inProgress, past(waits: 19)) == .unresolved(.inProgress))
    }

    @Test(
        arguments: [
            (.throttled, .throttled), (.unavailable, .unavailable), (.notSent, .unavailable),
            (.accountTrouble, .accountTrouble),
        ] as [(Outcome.Kind, CancelClass)]
    )
    func `being told to wait uses nothing up`(kind: Outcome.Kind, reason: CancelClass) {
        let worst = past(attempts: 4, waits: 1_000, hasUnknown: true)
        #expect(judged(kind, worst) == .again(.init(reason)))
        #expect(!kind.countsAttempt)
    }

    @Test func `every outcome with every past has one verdict, and each is lawful`() {
        for kind in Outcome.Kind.allCases {
            for attempts in 0...6 {
                for size in 1...10 {
                    for hasUnknown in [false, true] {
                        for accepted in [nil, 9] as [Int64?] {
                            let past = past(
                                attempts: attempts,
                                size: size,
                                hasUnknown: hasUnknown,
                                accepted: accepted
                            )
                            check(judged(kind, past), kind, past)
                        }
                    }
                }
            }
        }
    }

    private func check(_ verdict: Verdict, _ kind: Outcome.Kind, _ past: Past) {
        switch verdict {
        case .settle(.cancelled, _, _):
            #expect(
                [.accepted, .alreadyDone].contains(kind)
                    || kind == .notFound && past.accepted != nil
            )
        case .settle(let state, _, let evidence):
            #expect(state.isFinal && !past.hasUnknown && evidence == .thisAnswer)
        case .unresolved:
            #expect(
                past.hasUnknown || past.accepted != nil || past.attempts >= 4 || kind == .unlisted
            )
        case .again(let again):
            #expect(again.delay >= .zero && (again.packLimit ?? 1) >= 1)
            // What counts no attempt must not spin: it waits, shrinks, or is held elsewhere.
            if again.delay == .zero && again.packLimit == nil {
                #expect([.throttled, .unavailable, .notSent, .accountTrouble].contains(kind))
            }
        }
    }

    @Test func `the back-off doubles to its longest, spread by at most a quarter`() {
        for (setbacks, seconds) in [(0, 1), (1, 2), (2, 4), (3, 8), (5, 30), (90, 30)] {
            for cancel in 0..<50 as Range<Int64> {
                let delay = policy.again.delay(after: setbacks, of: cancel)
                #expect(delay >= .seconds(seconds) && delay <= .seconds(seconds) * 5 / 4)
            }
        }
        let delays = Set((0..<50).map { policy.again.delay(after: 0, of: $0) })
        #expect(delays.count > 30, "ids that failed together do not come back together")
    }
}
