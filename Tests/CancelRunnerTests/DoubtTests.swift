import CancelRunner
import CancelStore
import Cancels
import TestSupport
import Testing

/// A page of the lists is no word on a request that was under way when it was asked for, or came after it.
@Suite struct DoubtTests {
    private let desk: Desk
    private let live = (OrderID.sample(0), Finding(.live, code: "2"))

    init() throws { desk = try Desk(looksUp: true) }

    /// Turns until something of an endpoint is sent.
    private func next(_ endpoint: Endpoint) throws -> Request {
        for _ in 0..<400 {
            let result = try desk.turn()
            if let sent = result.sends.first(where: { $0.call.endpoint == endpoint }) {
                return sent
            }
            let wake = try #require(result.wake, "nothing will happen any more")
            desk.fixture.advance(by: max(wake - desk.fixture.now.boot, .milliseconds(1)))
        }
        throw CancellationError()
    }

    /// Answers lookups until one more scan has missed everything.
    private func miss() throws {
        while true {
            let request = try next(.lookup)
            try desk.turn(desk.page(request, []), allowance: 0)
            if request.call == .lookup(.history, page: 1) { return }
        }
    }

    private func lose(_ request: Request) throws {
        try desk.turn(desk.answer(request, kind: .lost) { _ in Outcome(.unknown) }, allowance: 0)
    }

    @Test(arguments: [Outcome.Kind.unknown, .inProgress])
    func `a withdrawal right after an attempt in doubt waits until the exchange is quiet`(
        kind: Outcome.Kind
    ) throws {
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), kind, code: "1062"), allowance: 0)
        let began = desk.fixture.now.boot
        try desk.write("INSERT INTO act (kind, job_id) VALUES ('withdraw', 1)")
        var pages = 0
        while try desk.states() != ["withdrawn"] {
            #expect(try desk.states() == ["unresolved unknown"])
            pages += 1
            try desk.turn(desk.page(next(.lookup), [live]), allowance: 0)
        }
        #expect(pages > 1 && desk.fixture.now.boot - began >= desk.settings.lookups.quietFor)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a deadline right after a lost answer waits as well`() throws {
        let soon = desk.fixture.now.wall.milliseconds + 10
        let columns = ["contract_code": "'BTC-USDT'", "not_after_ms": "\(soon)"]
        try desk.queue(ids(0..<1), columns)
        try lose(next(.cancel))
        desk.fixture.advance(by: .milliseconds(11))
        try desk.turn(desk.page(next(.lookup), [live]), allowance: 0)
        #expect(try desk.states() == ["unresolved unknown"])
    }

    @Test func `nothing is ended by a page while the order is in flight for another job`() throws {
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), .unlisted, code: "9999"), allowance: 0)
        let page = try next(.lookup)
        try desk.queue(ids(0..<1))
        let other = try next(.cancel)
        try desk.write("INSERT INTO act (kind, job_id) VALUES ('withdraw', 1)")
        try desk.turn(desk.page(page, [live]), allowance: 0)
        #expect(try desk.states() == ["unresolved unknown", "sending"])
        try desk.turn(desk.answer(other, .accepted), allowance: 0)
        #expect(try desk.states() == ["cancelled accepted", "cancelled accepted"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `an order is not absent while a request for it is under way`() throws {
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), .unlisted, code: "9999"), allowance: 0)
        for _ in 0..<3 { try miss() }
        desk.fixture.advance(by: .seconds(60))
        let open = try next(.lookup)
        try desk.queue(ids(0..<1))
        let sends = try desk.turn(desk.page(open, [])).sends
        let history = try #require(sends.first { $0.call.endpoint == .lookup })
        #expect(sends.contains { $0.call.endpoint == .cancel })
        try desk.turn(desk.page(history, []), allowance: 0)
        #expect(try desk.states() == ["unresolved unknown", "sending"])
    }

    @Test func `absences from before an attempt, or before it was seen, count no more`() throws {
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), .unlisted, code: "9999"), allowance: 0)
        for _ in 0..<3 { try miss() }
        try desk.turn(desk.page(next(.lookup), [live]), allowance: 0)
        try lose(next(.cancel))
        try desk.turn(desk.answer(next(.cancel), .notFound, code: "1061"), allowance: 0)
        for _ in 0..<3 {
            try miss()
            #expect(try desk.states() == ["unresolved unknown"])
        }
        try miss()
        #expect(try desk.states() == ["rejected absent"])
    }

    @Test func `an open list that shrank while it was read makes nothing absent`() throws {
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), .unlisted, code: "9999"), allowance: 0)
        try desk.turn(desk.page(next(.lookup), [], of: 2, total: 90), allowance: 0)
        try desk.turn(desk.page(next(.lookup), [], of: 2, total: 80), allowance: 0)
        try desk.turn(desk.page(next(.lookup), []), allowance: 0)
        #expect(try desk.texts("SELECT ended FROM scan") == ["given_up"])
        #expect(try desk.texts("SELECT count(*) FROM finding") == ["0"])
    }

    @Test func `a list that is longer than is ever read makes nothing absent`() throws {
        desk.settings.lookups.pageLimit = 2
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), .unlisted, code: "9999"), allowance: 0)
        try desk.turn(desk.page(next(.lookup), []), allowance: 0)
        for _ in 0..<2 { try desk.turn(desk.page(next(.lookup), [], of: 3), allowance: 0) }
        #expect(try desk.texts("SELECT ended FROM scan") == ["given_up"])
        #expect(try desk.texts("SELECT count(*) FROM finding") == ["0"])
    }

    @Test func `an id withdrawn in doubt does not wait for a lookup that others put off`() throws {
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), .unlisted, code: "9999"), allowance: 0)
        for _ in 0..<3 { try miss() }
        // Another job's request settles it, and the next lookup stays where it was put off to.
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), .accepted), allowance: 0)
        try desk.queue(ids(1..<2))
        try lose(next(.cancel))
        try desk.write("INSERT INTO act (kind, job_id) VALUES ('withdraw', 3)")
        #expect(try desk.turn().sends.map(\.call) == [.lookup(.open, page: 1)])
    }

    @Test func `refused alone in doubt, found live and refused again is not asked for ever`() throws
    {
        try desk.queue(ids(0..<1))
        try lose(next(.cancel))
        var cancels = 1
        while try !desk.states()[0].hasPrefix("failed"), cancels < 100 {
            let request = try #require(try desk.nextSends().first)
            desk.fixture.advance(by: .milliseconds(50))
            if request.call.endpoint == .cancel {
                cancels += 1
                try desk.turn(desk.answer(request, .badRequest, code: "1030"), allowance: 0)
            } else {
                try desk.turn(desk.page(request, [live]), allowance: 0)
            }
        }
        #expect(try desk.states() == ["failed transient"])
        #expect(cancels == desk.settings.attempts.lastAttempt)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `in progress for ever is not asked for ever`() throws {
        try desk.queue(ids(0..<1))
        var cancels = 0
        while try !desk.states()[0].hasPrefix("failed"), cancels < 1_000 {
            let request = try #require(try desk.nextSends().first)
            desk.fixture.advance(by: .milliseconds(50))
            if request.call.endpoint == .cancel {
                cancels += 1
                try desk.turn(desk.answer(request, .inProgress, code: "1062"), allowance: 0)
            } else {
                try desk.turn(desk.page(request, [live]), allowance: 0)
            }
        }
        #expect(try desk.states() == ["failed transient"])
        #expect(cancels == desk.settings.attempts.waitLimit * desk.settings.attempts.lastAttempt)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `ids that become unresolved one after another do not put the lookup off`() throws {
        try desk.queue(ids(0..<400))
        let began = desk.fixture.now.boot
        var open: [Request] = []
        var isAsked = false
        while !isAsked, desk.fixture.now.boot - began < .seconds(20) {
            let sends = try desk.turn().sends
            isAsked = sends.contains { $0.call.endpoint == .lookup }
            open += sends.filter { $0.call.endpoint == .cancel }
            desk.fixture.advance(by: .milliseconds(200))
            guard !open.isEmpty else { continue }
            try desk.turn(desk.answer(open.removeFirst(), .unlisted, code: "1051"), allowance: 0)
        }
        #expect(isAsked && desk.fixture.now.boot - began <= .seconds(7))
    }

    @Test func `after a reboot lookups do not wait for the old clock`() throws {
        desk.fixture.advance(by: .seconds(30 * 86_400))
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), .unlisted, code: "9999"), allowance: 0)
        let found = (OrderID.sample(0), Finding(.cancelled, code: "6"))
        try desk.turn(desk.page(next(.lookup), [found]), allowance: 0)
        desk.fixture.reboot()
        try desk.start()
        try desk.queue(ids(1..<2))
        try lose(next(.cancel))
        try desk.write("INSERT INTO act (kind, job_id) VALUES ('withdraw', 2)")
        let result = try desk.turn()
        #expect(result.sends.count == 1 && result.sends[0].call.endpoint == .lookup)
    }

    @Test func `an account that may not read its orders still cancels`() throws {
        try desk.queue(ids(0..<1))
        try desk.turn(desk.answer(next(.cancel), .unlisted, code: "9999"), allowance: 0)
        var refused = try desk.answer(next(.lookup), .accountTrouble)
        refused.whole = Outcome(.accountTrouble, code: "4009", message: "suspended")
        try desk.turn(refused, allowance: 0)
        try desk.queue(ids(10..<20))
        #expect(try desk.turn().sends.map(\.call.endpoint) == [.cancel])
        #expect(try desk.texts("SELECT detail FROM event WHERE kind = 'lookup_failed'").count == 1)
    }
}
