import CancelRunner
import CancelStore
import Cancels
import TestSupport
import Testing

/// What is not known is looked up in the exchange's own lists, and settled by what they say.
@Suite struct LookupTests {
    private let desk: Desk

    init() throws { desk = try Desk(looksUp: true) }

    /// Makes ids unresolved: a lost answer, then "not found" where the first may have worked.
    private func unresolve(_ orders: Range<Int>) throws {
        try desk.queue(ids(orders))
        let first = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(first, kind: .lost) { _ in Outcome(.unknown) })
        while try desk.texts("SELECT count(*) FROM cancel WHERE state = 'pending'") != ["0"] {
            for second in try desk.nextSends() where second.call.endpoint == .cancel {
                try desk.turn(desk.answer(second, .notFound, code: "1061"), allowance: 0)
            }
        }
        #expect(try Set(desk.states()) == ["unresolved unknown"])
    }

    private func nextLookup() throws -> Request { try #require(try desk.nextSends().first) }

    @Test func `one scan of a contract serves all its ids, page after page, open orders first`()
        throws
    {
        try unresolve(0..<4)
        var request = try nextLookup()
        #expect(request.call == .lookup(.open, page: 1))
        let live = (OrderID.sample(0), Finding(.live, code: "2"))
        request = try #require(try desk.turn(desk.page(request, [live], of: 2)).sends.first)
        #expect(request.call == .lookup(.open, page: 2))
        request = try #require(try desk.turn(desk.page(request, [], of: 2)).sends.first)
        #expect(request.call == .lookup(.history, page: 1))
        let over = [
            (OrderID.sample(1), Finding(.cancelled, code: "6")),
            (OrderID.sample(2), Finding(.fired, code: "4", relationOrderID: "99")),
            (OrderID.sample(3), Finding(.failed, code: "1094", message: "no margin")),
        ]
        try desk.turn(desk.page(request, over, of: 9))
        #expect(
            try desk.states() == [
                "pending unknown", "cancelled confirmed", "rejected too_late",
                "rejected permanent",
            ]
        )
        #expect(
            try desk.texts("SELECT relation_order_id FROM v_cancel WHERE class = 'too_late'") == [
                "99"
            ]
        )
        #expect(
            try desk.texts("SELECT err_code || err_msg FROM v_cancel WHERE class = 'permanent'")
                == ["1094no margin"]
        )
        #expect(try desk.texts("SELECT count(*) FROM v_lookup") == ["4"])
        #expect(try desk.texts("SELECT ended FROM scan") == ["complete"])
        #expect(try desk.texts("SELECT count(*) FROM request WHERE endpoint = 'lookup'") == ["3"])
        #expect(try desk.violations().isEmpty)
        // The one that is still live is sent again.
        #expect(try desk.nextSends().first?.orderIDs == [.sample(0)])
    }

    @Test func `an order in neither list is absent only after several lookups over half a minute`()
        throws
    {
        try unresolve(0..<1)
        var scans = 0
        let began = desk.fixture.now.boot
        while try desk.states() == ["unresolved unknown"], scans < 9 {
            let request = try nextLookup()
            if request.call == .lookup(.history, page: 1) { scans += 1 }
            try desk.turn(desk.page(request, []), allowance: 0)
        }
        #expect(try desk.states() == ["rejected absent"])
        #expect(scans >= 4 && desk.fixture.now.boot - began >= .seconds(30))
        #expect(try desk.violations().isEmpty)
    }

    @Test
    func
        `an id that becomes unresolved late does not wait as long as lookups of others have grown to`()
        throws
    {
        try unresolve(0..<1)
        for _ in 0..<3 { try missOnce() }
        try unresolve(1..<2)
        let began = desk.fixture.now.boot
        var scans = 0
        while try desk.states().last == "unresolved unknown", scans < 9 {
            try missOnce()
            scans += 1
        }
        #expect(try desk.states() == ["rejected absent", "rejected absent"])
        // Waits of 5, 5, 10 and 20 s, each up to a quarter longer; where they go on from those before it
        // takes 70 s.
        #expect(desk.fixture.now.boot - began <= .seconds(60))
        #expect(try desk.violations().isEmpty)
    }

    /// Both lists are read, and nothing is in them.
    private func missOnce() throws {
        for list in [OrderList.open, .history] {
            let request = try nextLookup()
            #expect(request.call == .lookup(list, page: 1))
            try desk.turn(desk.page(request, []), allowance: 0)
        }
    }

    @Test func `a scan whose ids were all settled meanwhile asks for no more pages`() throws {
        try unresolve(0..<1)
        let page = try nextLookup()
        // Reading is refused for a while, so the scan stays between two pages.
        try desk.turn(desk.answer(page, .accountTrouble, code: "1502"), allowance: 0)
        try desk.queue(ids(0..<1))
        let cancel = try #require(try desk.nextSends().first)
        #expect(cancel.call.endpoint == .cancel)
        try desk.turn(desk.answer(cancel, .accepted))
        #expect(try desk.texts("SELECT DISTINCT state FROM cancel") == ["cancelled"])
        #expect(try desk.nextSends().isEmpty)
        #expect(try desk.texts("SELECT ended FROM scan") == ["given_up"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a runner that is killed between two pages is followed by another`() throws {
        try unresolve(0..<1)
        let request = try nextLookup()
        desk.gone = [1]
        try desk.start()
        let again = try nextLookup()
        #expect(again.call == request.call && again.id != request.id)
        try desk.turn(
            desk.page(again, [(OrderID.sample(0), Finding(.cancelled, code: "6"))])
        )
        #expect(try desk.states() == ["cancelled confirmed"])
        #expect(try desk.violations().isEmpty)
    }

    @Test(
        arguments: [.throttled, .unavailable, .unknown, .accountTrouble] as [Outcome.Kind]
    )
    func `trouble with a page settles nothing, and the page is asked for again`(
        kind: Outcome.Kind
    ) throws {
        try unresolve(0..<1)
        let request = try nextLookup()
        var answer = desk.answer(request, kind)
        answer.whole = Outcome(kind, code: "c")
        try desk.turn(answer, allowance: 0)
        #expect(try desk.states() == ["unresolved unknown"])
        #expect(try nextLookup().call == request.call)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a scan that cannot read a page is given up and begun anew later`() throws {
        try unresolve(0..<1)
        for _ in 0..<desk.settings.lookups.troubleLimit {
            var answer = desk.answer(try nextLookup(), .unknown)
            answer.whole = Outcome(.unknown)
            try desk.turn(answer, allowance: 0)
        }
        #expect(try desk.texts("SELECT ended FROM scan") == ["given_up"])
        #expect(try desk.texts("SELECT count(*) FROM event WHERE kind = 'lookup_failed'") == ["1"])
        #expect(try nextLookup().call == .lookup(.open, page: 1))
        #expect(try desk.texts("SELECT count(*) FROM scan") == ["2"])
    }

    @Test func `a withdrawal of an unresolved id waits for the lookup`() throws {
        try unresolve(0..<2)
        try desk.write("INSERT INTO act (kind, job_id, by) VALUES ('withdraw', 1, 'ann')")
        #expect(try Set(desk.states()) == ["unresolved unknown"])
        let found = [
            (OrderID.sample(0), Finding(.live, code: "2")),
            (OrderID.sample(1), Finding(.cancelled, code: "6")),
        ]
        while try desk.states()[0] != "withdrawn" {
            try desk.turn(desk.page(try nextLookup(), found), allowance: 0)
        }
        #expect(try desk.states() == ["withdrawn", "cancelled confirmed"])
        #expect(
            try desk.texts("SELECT by FROM event JOIN cancel ON cancel.event_id = event.id") == [
                "ann"
            ]
        )
        #expect(try desk.violations().isEmpty)
    }

    @Test func `an id that lookups find live again and again is given up at last`() throws {
        try desk.queue(ids(0..<1))
        var cancels = 0
        for _ in 0..<60 {
            guard let request = try desk.nextSends().first else { break }
            switch request.call {
            case .cancel:
                cancels += 1
                try desk.turn(
                    desk.answer(request, kind: .lost) { _ in Outcome(.unknown) },
                    allowance: 0
                )
            case .lookup:
                try desk.turn(
                    desk.page(request, [(OrderID.sample(0), Finding(.live, code: "2"))]),
                    allowance: 0
                )
            }
        }
        #expect(cancels == desk.settings.attempts.lastAttempt)
        #expect(try desk.states() == ["failed transient"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a code nobody knows is looked up before anything is sent again`() throws {
        try desk.queue(ids(0..<1))
        let first = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(first, .unlisted, code: "31337"), allowance: 0)
        #expect(try desk.states() == ["unresolved unknown"])
        #expect(try nextLookup().call == .lookup(.open, page: 1))
        #expect(try desk.texts("SELECT kind FROM event WHERE kind = 'unlisted'") == ["unlisted"])
    }

    @Test func `a reconciliation finds what is recorded wrongly and changes nothing final`() throws
    {
        try desk.queue(ids(0..<3))
        let request = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(request, .accepted))
        let span = WallTime(milliseconds: 0)...WallTime(milliseconds: 9_000_000_000_000)
        let scan = try desk.fixture.store.write {
            try $0.beginReconciliation(
                job: 1,
                settledIn: span,
                runner: desk.runner,
                now: desk.fixture.now
            )
        }
        #expect(scan == 1)
        let open = try #require(try desk.nextSends(work: .reconciliation).first)
        try desk.turn(
            desk.page(open, [(OrderID.sample(1), Finding(.live, code: "2"))]),
            allowance: 0
        )
        let history = try #require(try desk.nextSends(work: .reconciliation).first)
        try desk.turn(
            desk.page(history, [(OrderID.sample(0), Finding(.cancelled, code: "6"))]),
            work: .reconciliation
        )
        #expect(
            try desk.texts("SELECT found FROM v_lookup ORDER BY order_id") == [
                "cancelled", "live", "absent",
            ]
        )
        #expect(try Set(desk.states()) == ["cancelled accepted"])
        #expect(try desk.violations().isEmpty)
    }
}
