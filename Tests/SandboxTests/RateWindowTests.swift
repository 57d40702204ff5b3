import Testing

import Sandbox

@Suite struct RateWindowTests {
    private let second: Int64 = 1_000_000_000

    private func refusals(_ instants: [Int64]) -> [Bool] {
        var window = RateWindow(limit: 5, spanNs: second)
        return instants.map { window.arrive(at: $0).refused }
    }

    @Test func `the sixth arrival in a second is refused`() {
        #expect(refusals([0, 1, 2, 3, 4, 5]) == [false, false, false, false, false, true])
    }

    @Test func `a window is half open: one span later is outside, a nanosecond less is inside`() {
        #expect(refusals([0, 0, 0, 0, 0, second - 1]).last == true)
        #expect(refusals([0, 0, 0, 0, 0, second]).last == false)
    }

    @Test func `windows slide: five late in one second and one early in the next are too many`() {
        let late = (0..<5).map { second - 5 + $0 }
        #expect(refusals(late + [second + 1]).last == true)
        #expect(refusals(late + [2 * second - 5]).last == false)
    }

    @Test func `refused arrivals count, so hammering never recovers`() {
        let hammering = (0..<100).map { Int64($0) * second / 10 }
        #expect(refusals(hammering).dropFirst(5).allSatisfy { $0 })
    }

    @Test func `after a refusal the window opens when the fifth last arrival leaves it`() {
        #expect(refusals([0, 1, 2, 3, 4, 10, second + 1]).last == false)
        #expect(refusals([0, 1, 2, 3, 4, 10, second]).last == true)
    }

    @Test func `what remains and when it resets follow the arrivals that count`() {
        var window = RateWindow(limit: 2, spanNs: second)
        #expect(window.reading(at: 50) == .init(refused: false, remaining: 2, resetInNs: second))
        #expect(window.arrive(at: 100) == .init(refused: false, remaining: 1, resetInNs: second))
        #expect(
            window.arrive(at: 300) == .init(refused: false, remaining: 0, resetInNs: second - 200)
        )
        #expect(
            window.arrive(at: 700) == .init(refused: true, remaining: 0, resetInNs: second - 400)
        )
        #expect(
            window.reading(at: second + 300)
                == .init(refused: false, remaining: 1, resetInNs: 400)
        )
    }

    @Test func `whoever comes exactly at the reset is admitted, and a nanosecond earlier is not`() {
        var random = Dice(seed: 11, for: .travel, turn: 0)
        for _ in 0..<200 {
            var window = RateWindow(limit: 5, spanNs: second)
            var now: Int64 = 0
            var reading = window.reading(at: now)
            repeat {
                now += Int64.random(in: 0...second / 3, using: &random)
                reading = window.arrive(at: now)
            } while reading.remaining > 0
            var early = window
            #expect(early.arrive(at: now + reading.resetInNs - 1).refused)
            #expect(!window.arrive(at: now + reading.resetInNs).refused)
        }
    }

    @Test func `limiter and scan agree: a refusal is exactly an arrival that overfills a window`() {
        var random = Dice(seed: 3, for: .travel, turn: 0)
        var window = RateWindow(limit: 5, spanNs: second)
        var instants: [Int64] = []
        for _ in 0..<500 {
            let pause = Int64.random(in: 0...second / 3, using: &random)
            instants.append((instants.last ?? 0) + pause)
            let now = instants[instants.count - 1]
            let inWindow = instants.filter { now - $0 < second }
            #expect(window.arrive(at: now).refused == (inWindow.count > 5))
            #expect(busiestWindow(of: inWindow, spanNs: second) == inWindow.count)
        }
    }
}

@Suite struct BusiestWindowTests {
    @Test func `nothing has no window`() {
        #expect(busiestWindow(of: [], spanNs: 10) == 0)
    }

    @Test func `the window is half open`() {
        #expect(busiestWindow(of: [0, 10, 20], spanNs: 10) == 1)
        #expect(busiestWindow(of: [0, 9, 18], spanNs: 10) == 2)
    }

    @Test func `the order of the instants does not matter`() {
        #expect(busiestWindow(of: [30, 5, 31, 0, 32, 9], spanNs: 10) == 3)
    }

    @Test func `it finds what trying every window finds`() {
        var random = Dice(seed: 5, for: .travel, turn: 0)
        let instants = (0..<300).map { _ in Int64.random(in: 0..<5000, using: &random) }
        let tried = (0..<5000).map { start in instants.count { start..<start + 100 ~= $0 } }
        #expect(busiestWindow(of: instants, spanNs: 100) == tried.max())
    }
}
