import Cancels
import Testing

@Suite struct BucketTests {
    private let policy = BucketPolicy()

    @Test func `a token comes back a window after its answer, less what is proven`() {
        let answered = BootTime(nanoseconds: 5_000_000_000)
        #expect(
            policy.release(answeredAt: answered, floor: .zero)
                == BootTime(nanoseconds: 6_002_000_000)
        )
        #expect(
            policy.release(answeredAt: answered, floor: .milliseconds(20))
                == BootTime(nanoseconds: 5_982_000_000)
        )
    }

    @Test func `without an answer a token is busy for all that may still arrive`() {
        // 2 s commit + 50 ms send deadline + 5 s request + 1 s late arrival + 1 s window.
        #expect(policy.hold == .milliseconds(9050))
    }

    @Test func `a grant lapses by a slow COMMIT or a late hand-over`() {
        let granted = BootTime(nanoseconds: 5_000_000_000)
        func isFresh(_ commit: Duration, _ way: Duration) -> Bool {
            policy.isFresh(granted, committedAt: granted + commit, now: granted + commit + way)
        }
        #expect(isFresh(.seconds(2), .milliseconds(50)))
        // Granted ahead, by 20 ms: what leaves after a COMMIT leaves within the deadline all the same.
        #expect(isFresh(.milliseconds(-20), .milliseconds(50)))
        #expect(!isFresh(.milliseconds(-20), .milliseconds(50) + .nanoseconds(1)))
        #expect(!isFresh(.seconds(2) + .nanoseconds(1), .zero))
        #expect(!isFresh(.zero, .milliseconds(50) + .nanoseconds(1)))
    }

    @Test func `smooth mode is one token at a fifth of the window`() {
        var smooth = policy
        smooth.mode = .smooth
        #expect(smooth.tokens == 1 && smooth.spacing == .milliseconds(200))
        #expect(policy.tokens == 5 && policy.spacing == .seconds(1))
    }

    /// The proof of the head of BucketPolicy.swift, tried: five tokens, greedy, with jitter that the floor
    /// does not exceed, never let six arrive in a half-open window.
    @Test(arguments: [BucketPolicy.Mode.window, .smooth], 0..<8 as Range<UInt64>)
    func `no jitter puts a sixth arrival into a window`(mode: BucketPolicy.Mode, seed: UInt64) {
        var policy = policy
        policy.mode = mode
        var dice = SplitMix(state: seed)
        var free = Array(repeating: BootTime(nanoseconds: 0), count: policy.tokens)
        var arrivals: [Int64] = []
        for _ in 0..<4_000 {
            let slot = free.indices.min { free[$0] < free[$1] } ?? 0
            let out = Duration.microseconds(Int64.random(in: 5_000...60_000, using: &dice))
            let back = Duration.microseconds(Int64.random(in: 5_000...60_000, using: &dice))
            let arrival = free[slot] + out
            arrivals.append(arrival.nanoseconds)
            // The true least round trip is 10 ms; 8 ms of it is credited.
            free[slot] = policy.release(answeredAt: arrival + back, floor: .milliseconds(8))
        }
        arrivals.sort()
        for (first, sixth) in zip(arrivals, arrivals.dropFirst(5)) {
            #expect(sixth - first >= 1_000_000_000)
        }
    }

    @Test func `crediting more than the least round trip does break the limit`() {
        // The check above can fail: credit 60 ms where 10 ms is the least.
        var dice = SplitMix(state: 1)
        var free = Array(repeating: BootTime(nanoseconds: 0), count: 5)
        var arrivals: [Int64] = []
        for _ in 0..<4_000 {
            let slot = free.indices.min { free[$0] < free[$1] } ?? 0
            let out = Duration.microseconds(Int64.random(in: 5_000...60_000, using: &dice))
            let back = Duration.microseconds(Int64.random(in: 5_000...60_000, using: &dice))
            arrivals.append((free[slot] + out).nanoseconds)
            free[slot] = policy.release(
                answeredAt: free[slot] + out + back,
                floor: .milliseconds(60)
            )
        }
        arrivals.sort()
        #expect(zip(arrivals, arrivals.dropFirst(5)).contains { $1 - $0 < 1_000_000_000 })
    }

    @Test func `a round trip is proven by five hundred, and worth four fifths of the least`() {
        var floor = RoundTripFloor(since: BootTime(nanoseconds: 0))
        for sample in 1...499 {
            floor.note(.milliseconds(10 + sample % 7), at: BootTime(nanoseconds: Int64(sample)))
        }
        #expect(floor.proven == .zero)
        floor.note(.milliseconds(30), at: BootTime(nanoseconds: 500))
        #expect(floor.proven == .milliseconds(8))
    }

    @Test func `samples that are forgotten prove nothing`() {
        let start = BootTime(nanoseconds: 0)
        var floor = RoundTripFloor(since: start)
        for _ in 1...500 { floor.note(.milliseconds(30), at: start) }
        floor.note(.milliseconds(300), at: start + RoundTripFloor.period)
        #expect(floor.proven == .milliseconds(24))
        floor.note(.milliseconds(300), at: start + RoundTripFloor.period * 2)
        #expect(floor.proven == .zero, "two samples are left")
    }

    @Test func `no more is credited than a failover waits`() {
        var floor = RoundTripFloor(since: BootTime(nanoseconds: 0))
        for _ in 1...500 { floor.note(.seconds(2), at: BootTime(nanoseconds: 1)) }
        #expect(floor.proven == RoundTripFloor.most)
    }

    @Test func `a floor forgets what is older than two periods`() {
        var floor = RoundTripFloor(since: BootTime(nanoseconds: 0))
        for sample in 1...500 {
            floor.note(.milliseconds(5), at: BootTime(nanoseconds: Int64(sample)))
        }
        let period = RoundTripFloor.period
        let start = BootTime(nanoseconds: 0)
        floor.note(.milliseconds(50), at: start + period)
        #expect(floor.proven == .milliseconds(4), "the period before still counts")
        floor.note(.milliseconds(50), at: start + period * 2)
        #expect(floor.smallest == .milliseconds(50) && floor.earlier == .milliseconds(50))
        floor.note(.milliseconds(60), at: start + period * 9)
        #expect(floor.proven == .zero && floor.seen == 1)
    }
}

/// Randomness from a seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
