import Cancels
import Testing

/// What an answer means for its bucket, row by row.
@Suite struct NoticeTests {
    private let policy = HoldPolicy()
    private let id: OrderID

    init() throws { id = try #require(OrderID("826053970168446976")) }

    private func answer(
        _ kind: Answer.Kind,
        whole: Outcome? = nil,
        ids: Outcome.Kind = .accepted
    ) -> Answer {
        Answer(
            requestID: 1,
            kind: kind,
            whole: whole,
            outcomes: [id: Outcome(ids)],
            receivedAt: BootTime(nanoseconds: 0),
            receivedWall: WallTime(milliseconds: 0)
        )
    }

    @Test func `an answer clears, silence says nothing`() {
        #expect(notice(of: answer(.answered), troubles: 3, policy: policy) == .clear)
        #expect(
            notice(of: answer(.lost, ids: .unknown), troubles: 3, policy: policy) == .silent
        )
    }

    @Test func `throttling waits for a window, doubling, or for the reset that is named`() {
        var throttled = answer(.answered, whole: Outcome(.throttled), ids: .throttled)
        #expect(
            notice(of: throttled, troubles: 0, policy: policy) == .throttled(.milliseconds(1100))
        )
        #expect(
            notice(of: throttled, troubles: 2, policy: policy) == .throttled(.milliseconds(4400))
        )
        #expect(notice(of: throttled, troubles: 500, policy: policy) == .throttled(.seconds(30)))
        throttled.serverTime = 1_686_923_123_780
        throttled.limit = LimitReport(
            limit: 5,
            interval: 1000,
            remaining: 0,
            reset: 1_686_923_127_780
        )
        #expect(notice(of: throttled, troubles: 0, policy: policy) == .throttled(.seconds(4)))
        throttled.limit?.reset = 3000
        #expect(notice(of: throttled, troubles: 0, policy: policy) == .throttled(.seconds(3)))
    }

    @Test(arguments: [.max, -1, 0] as [Int64])
    func `no reset is believed beyond its bounds`(reset: Int64) {
        var throttled = answer(.answered, ids: .throttled)
        throttled.serverTime = 1
        throttled.limit = LimitReport(limit: nil, interval: nil, remaining: nil, reset: reset)
        guard case .throttled(let wait) = notice(of: throttled, troubles: 0, policy: policy) else {
            Issue.record("it is throttled")
            return
        }
        #expect(wait >= .milliseconds(1100) && wait <= .seconds(60))
    }

    @Test func `an outage waits a little at first`() {
        let refused = answer(.unsent, whole: Outcome(.notSent), ids: .notSent)
        #expect(
            notice(of: refused, troubles: 0, policy: policy) == .unavailable(.milliseconds(250))
        )
        let maintenance = answer(.answered, whole: Outcome(.unavailable), ids: .unavailable)
        #expect(notice(of: maintenance, troubles: 3, policy: policy) == .unavailable(.seconds(2)))
    }

    @Test func `a grant that lapsed here says nothing of the exchange`() {
        #expect(notice(of: answer(.unsent, ids: .notSent), troubles: 0, policy: policy) == .silent)
    }

    @Test func `trouble with the account gives the exchange's own reason`() {
        let refused = Outcome(.accountTrouble, code: "403", message: "Verification failure")
        #expect(
            notice(
                of: answer(.answered, whole: refused, ids: .accountTrouble),
                troubles: 0,
                policy: policy
            ) == .accountTrouble(reason: "403: Verification failure")
        )
    }
}
