import Cancels
import HTX
import Testing

@Suite struct RateLimitTests {
    private typealias Headers = [(name: String, value: String)]

    @Test func `the headers of a live answer are read in any letter case`() {
        let headers: Headers = [
            ("RateLimit-Limit", "5"), ("ratelimit-interval", "1000"),
            ("RATELIMIT-REMAINING", " 4 "),
            ("Ratelimit-Reset", "1686923124755"), ("Server", "cloudflare"),
        ]
        #expect(
            RateLimit.report(from: headers)
                == LimitReport(limit: 5, interval: 1_000, remaining: 4, reset: 1_686_923_124_755)
        )
    }

    @Test func `Retry-After stands in for a missing reset, in milliseconds`() {
        #expect(RateLimit.report(from: [("Retry-After", "2")] as Headers)?.reset == 2_000)
        let both: Headers = [("retry-after", "2"), ("ratelimit-reset", "300")]
        #expect(RateLimit.report(from: both)?.reset == 300)
    }

    @Test(arguments: [
        "", " ", "x", "-1", "+1", "5.0", "5, 5", "5 5", "0x5", "٥", "9999999999999999999999",
    ])
    func `nonsense says nothing`(value: String) {
        for name in ["limit", "interval", "remaining", "reset"] {
            #expect(RateLimit.report(from: [("ratelimit-\(name)", value)] as Headers) == nil)
        }
    }

    @Test func `nothing left is a fact, a limit of nothing is not`() {
        #expect(RateLimit.report(from: [("ratelimit-remaining", "0")] as Headers)?.remaining == 0)
        #expect(RateLimit.report(from: [("ratelimit-limit", "0")] as Headers) == nil)
        #expect(RateLimit.report(from: [] as Headers) == nil)
    }

    @Test func `of two headers of one name the first that can be read counts`() {
        let headers: Headers = [
            ("ratelimit-limit", "?"), ("ratelimit-limit", "5"), ("ratelimit-limit", "9"),
        ]
        #expect(RateLimit.report(from: headers)?.limit == 5)
    }

    @Test func `the end of a ban is read in any letter case`() {
        let headers: Headers = [("Recovery-Time", "1686923124755")]
        #expect(RateLimit.recovery(from: headers) == 1_686_923_124_755)
        #expect(RateLimit.recovery(from: [("recovery-time", "0")] as Headers) == nil)
        #expect(RateLimit.recovery(from: [("recovery-time", "soon")] as Headers) == nil)
    }

    @Test(
        arguments: [
            // Reset, end of the ban, clock of the exchange, and the reset that holds.
            (nil, 2_000_000_000_500, 2_000_000_000_000, 2_000_000_000_500),
            (nil, 2_000_000_000_500, nil, 2_000_000_000_500),
            (2_000_000_000_400, 2_000_000_000_500, nil, 2_000_000_000_500),
            (2_000_000_000_600, 2_000_000_000_500, nil, 2_000_000_000_600),
            (400, 2_000_000_000_500, 2_000_000_000_000, 2_000_000_000_500),
            (600, 2_000_000_000_500, 2_000_000_000_000, 600),
            (400, 2_000_000_000_500, nil, 400), (400, nil, 2_000_000_000_000, 400),
        ] as [(Int64?, Int64?, Int64?, Int64)]
    )
    func `the end of a ban stands in for an earlier reset`(
        reset: Int64?,
        recovery: Int64?,
        serverTime: Int64?,
        expected: Int64
    ) {
        let report = reset.map {
            LimitReport(limit: 5, interval: nil, remaining: nil, reset: $0)
        }
        let extended = RateLimit.report(report, recoveringAt: recovery, serverTime: serverTime)
        #expect(extended?.reset == expected)
        #expect(extended?.limit == report?.limit)
    }

    @Test func `without a ban a report stays what it is`() {
        #expect(RateLimit.report(nil, recoveringAt: nil, serverTime: 1) == nil)
    }
}
