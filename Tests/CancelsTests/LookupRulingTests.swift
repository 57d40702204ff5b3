import Cancels
import Testing

/// What a lookup makes of an unresolved id, and of what was recorded; both without gaps.
@Suite struct LookupRulingTests {
    private let attempts = AttemptPolicy()
    private let lookups = LookupPolicy()

    private func ruled(
        _ found: Finding.Kind,
        attempts used: Int = 5,
        quiet: Duration? = .seconds(10),
        isWished: Bool = false,
        absences: Int = 0,
        absentFor: Duration = .zero
    ) -> Ruling {
        ruling(
            on: found,
            past: LookupPast(
                cancelID: 7,
                attempts: used,
                quiet: quiet,
                isWished: isWished,
                absences: absences,
                absentFor: absentFor
            ),
            attempts: attempts,
            lookups: lookups
        )
    }

    @Test func `the lists settle what no answer could`() {
        #expect(ruled(.cancelled) == .settle(.cancelled, .confirmed))
        #expect(ruled(.fired) == .settle(.rejected, .tooLate))
        #expect(ruled(.failed) == .settle(.rejected, .permanent))
        #expect(ruled(.unclear) == .wait)
    }

    @Test func `an order that is still live is sent again, but not for ever`() {
        guard case .again(let delay) = ruled(.live, attempts: 9) else {
            Issue.record("nine attempts are not the last")
            return
        }
        #expect(delay >= .seconds(1))
        #expect(ruled(.live, attempts: 10) == .settle(.failed, .transient))
    }

    @Test func `live ends a cancel only where nothing was under way for a while`() {
        for quiet in [nil, .zero, .seconds(9)] as [Duration?] {
            #expect(ruled(.live, attempts: 10, quiet: quiet) == .wait)
            #expect(ruled(.live, quiet: quiet, isWished: true) == .wait)
        }
        #expect(ruled(.live, isWished: true) == .grant)
        #expect(ruled(.live, attempts: 1, quiet: nil) == .wait)
        let absent = ruled(.absent, quiet: nil, absences: 40, absentFor: .seconds(300))
        #expect(absent == .wait)
    }

    @Test func `an order is absent only after enough lookups and enough time`() {
        #expect(ruled(.absent, absences: 3, absentFor: .seconds(300)) == .wait)
        #expect(ruled(.absent, absences: 40, absentFor: .seconds(29)) == .wait)
        #expect(
            ruled(.absent, absences: 4, absentFor: .seconds(30)) == .settle(.rejected, .absent)
        )
    }

    @Test func `accepted is not cancelled: what is live or fired differs`() {
        for found in [Finding.Kind.live, .fired, .failed] {
            #expect(agreement(of: .cancelled, .accepted, with: found) == .differs)
        }
        #expect(agreement(of: .cancelled, .accepted, with: .cancelled) == .agrees)
        #expect(agreement(of: .cancelled, .accepted, with: .absent) == .unproven)
    }

    @Test func `a rejection agrees with what it said and with nothing else`() {
        #expect(agreement(of: .rejected, .tooLate, with: .fired) == .agrees)
        #expect(agreement(of: .rejected, .tooLate, with: .live) == .differs)
        #expect(agreement(of: .rejected, .notFound, with: .absent) == .agrees)
        #expect(agreement(of: .rejected, .notFound, with: .live) == .differs)
        #expect(agreement(of: .rejected, .permanent, with: .live) == .agrees)
        #expect(agreement(of: .rejected, .permanent, with: .cancelled) == .differs)
    }

    @Test func `no final state agrees with an order that is found cancelled, but one that says so`()
    {
        for state in CancelState.allCases where state.isFinal {
            for reason in CancelClass.allCases {
                let said = agreement(of: state, reason, with: .cancelled)
                #expect((said == .agrees) == (state == .cancelled), "\(state) \(reason)")
                #expect(agreement(of: state, reason, with: .unclear) == .unproven)
            }
        }
    }
}
