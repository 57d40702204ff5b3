import CancelRunner
import CancelStore
import Cancels
import TestSupport
import Testing

/// What answers, late answers and lost ones make of the rows.
@Suite struct RecordingTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func nextSends() throws -> [Request] { try desk.nextSends() }

    @Test func `each id of a mixed answer gets what the answer says of it`() throws {
        try desk.queue(ids(0..<6))
        let request = try #require(try desk.turn().sends.first)
        let said: [OrderID: Outcome.Kind] = [
            .sample(0): .accepted, .sample(1): .alreadyDone, .sample(2): .notFound,
            .sample(3): .executed, .sample(4): .permanent, .sample(5): .unknown,
        ]
        try desk.turn(
            desk.answer(request, kind: .answered) { Outcome(said[$0] ?? .unknown, code: "c") }
        )
        #expect(
            try desk.states() == [
                "cancelled accepted", "cancelled already_done", "rejected not_found",
                "rejected too_late", "rejected permanent", "pending unknown",
            ]
        )
        #expect(try desk.texts("SELECT outcome FROM v_attempt ORDER BY cancel_id").count == 6)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `an id the answer does not speak of is unknown`() throws {
        try desk.queue(ids(0..<2))
        let request = try #require(try desk.turn().sends.first)
        var answer = desk.answer(request, .accepted)
        answer.outcomes[.sample(1)] = nil
        try desk.turn(answer)
        #expect(try desk.states() == ["cancelled accepted", "pending unknown"])
    }

    @Test func `not found after a lost answer is unresolved, never rejected`() throws {
        try desk.queue(ids(0..<1))
        let first = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(first, kind: .lost) { _ in Outcome(.unknown) })
        let second = try #require(try nextSends().first)
        try desk.turn(desk.answer(second, .notFound, code: "1061"))
        #expect(try desk.states() == ["unresolved unknown"])
        #expect(try nextSends().isEmpty)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `another job's lost answer leaves doubt on the order as well`() throws {
        try desk.queue(ids(0..<1))
        let first = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(first, kind: .lost) { _ in Outcome(.unknown) }, allowance: 0)
        try desk.queue(ids(0..<1))
        let second = try #require(try desk.turn().sends.first)
        #expect(try desk.states() == ["pending unknown", "sending"])
        try desk.turn(desk.answer(second, .notFound, code: "1061"))
        #expect(try desk.states() == ["pending unknown", "unresolved unknown"])
    }

    @Test func `not found after our own success cites that success`() throws {
        try desk.queue(ids(0..<1))
        let first = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(first, .accepted))
        try desk.queue(ids(0..<1))
        desk.fixture.advance(by: .seconds(2))
        let second = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(second, .notFound, code: "1061"))
        #expect(try desk.states() == ["cancelled accepted", "cancelled already_done"])
        #expect(try desk.texts("SELECT answer_id FROM cancel ORDER BY id") == ["1", "1"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `unknown is asked again four times and then unresolved`() throws {
        try desk.queue(ids(0..<1))
        var sent = 0
        while let request = try nextSends().first {
            sent += 1
            try desk.turn(desk.answer(request, kind: .lost) { _ in Outcome(.unknown) })
        }
        #expect(sent == 5)
        #expect(try desk.states() == ["unresolved unknown"])
        #expect(try desk.texts("SELECT attempts || ',' || unknowns FROM cancel") == ["5,5"])
    }

    @Test func `transient trouble fails after five attempts`() throws {
        try desk.queue(ids(0..<1))
        var sent = 0
        while let request = try nextSends().first {
            sent += 1
            try desk.turn(desk.answer(request, .transient, code: "1004"))
        }
        #expect(sent == 5)
        #expect(try desk.states() == ["failed transient"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `trouble with the account pauses it with the reason and uses nothing up`() throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        var refused = desk.answer(request, .accountTrouble, code: "403")
        refused.whole = Outcome(.accountTrouble, code: "403", message: "Verification failure")
        let result = try desk.turn(refused)
        #expect(result.sends.isEmpty && result.wake == nil)
        #expect(
            try desk.texts("SELECT paused_reason FROM v_account") == ["403: Verification failure"]
        )
        #expect(try desk.states() == ["pending account_trouble"])
        try desk.write("INSERT INTO act (kind, account) VALUES ('resume', 'main')")
        #expect(try nextSends().count == 1)
        #expect(try desk.texts("SELECT attempts FROM cancel") == ["0"])
    }

    @Test func `ids nobody asked for change nothing and are an event`() throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        try desk.queue(ids(1..<2))
        var answer = desk.answer(request, .accepted)
        answer.strangers = [OrderID.sample(1).text]
        try desk.turn(answer, allowance: 0)
        #expect(try desk.states() == ["cancelled accepted", "pending"])
        #expect(
            try desk.texts("SELECT detail FROM event WHERE kind = 'stranger'")
                == [OrderID.sample(1).text]
        )
    }

    @Test func `a code that is not in the table is shown to the operator`() throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(request, .unlisted, code: "9999"))
        #expect(try desk.texts("SELECT detail FROM event WHERE kind = 'unlisted'") == ["code 9999"])
    }

    @Test func `an answer is recorded once, and a second one is kept as late`() throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        let answer = desk.answer(request, .accepted)
        #expect(try desk.turn(answer).settled == 1)
        // The very same again, as after a COMMIT that failed and was carried out: nothing is kept twice.
        #expect(try desk.turn(answer).settled == 0)
        #expect(try desk.texts("SELECT late FROM answer") == ["0"])
        desk.fixture.advance(by: .milliseconds(1))
        for _ in 0..<2 {
            #expect(try desk.turn(desk.answer(request, .notFound)).settled == 0)
        }
        #expect(try desk.states() == ["cancelled accepted"])
        #expect(try desk.texts("SELECT late FROM answer ORDER BY id") == ["0", "1"])
    }

    // MARK: - Leases

    @Test func `a living runner's requests are its own`() throws {
        try desk.queue(ids(0..<1))
        _ = try desk.turn()
        let first = desk.runner
        try desk.start()
        let result = try desk.turn()
        #expect(result.sends.isEmpty && desk.runner != first)
        #expect(try desk.states() == ["sending"])
        let lease = desk.settings.leaseTime
        #expect(result.wake == desk.fixture.now.boot + lease + .milliseconds(1))
    }

    @Test func `a silent runner loses its lease, and its late answer changes nothing`() throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        try desk.start()
        desk.fixture.advance(by: desk.settings.leaseTime + .milliseconds(1))
        try desk.turn(allowance: 0)
        #expect(try desk.states() == ["pending unknown"])
        #expect(try desk.texts("SELECT kind FROM event WHERE kind = 'recovery'") == ["recovery"])
        #expect(try desk.turn(desk.answer(request, .accepted), allowance: 0).settled == 0)
        #expect(try desk.states() == ["pending unknown"])
        #expect(try desk.texts("SELECT late_answer_id FROM v_request") == ["2"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a runner that is provably gone loses its lease at once`() throws {
        try desk.queue(ids(0..<1))
        _ = try desk.turn()
        try desk.start()
        desk.gone = [1]
        try desk.turn(allowance: 0)
        #expect(try desk.states() == ["pending unknown"])
    }
}
