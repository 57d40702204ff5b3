import Cancels
import HTX
import Testing

private func at(_ milliseconds: Int64) -> BootTime {
    BootTime(nanoseconds: milliseconds * 1_000_000)
}

@Suite struct RouteTests {
    private static let urls = ["https://a.example", "https://b.example"].compactMap {
        try? ExchangeURL($0)
    }
    private let first = urls[0]
    private let second = urls[1]

    @Test func `the preferred way needs no wait, however often it is gone and answered`() {
        var route = Route(first, window: .seconds(1))
        for time in [0, 1, 5_000] as [Int64] {
            #expect(route.wait(for: first, at: at(time)) == .zero)
            route.note(answerFrom: first, at: at(time))
        }
    }

    @Test func `each request waits within one window of a change, and no longer`() {
        var route = Route(first, window: .seconds(1))
        #expect(route.wait(for: second, at: at(100)) == RoundTripFloor.most)
        #expect(route.wait(for: second, at: at(700)) == RoundTripFloor.most)
        #expect(route.wait(for: second, at: at(900)) == .milliseconds(200))
        #expect(route.wait(for: second, at: at(1_100)) == .zero)
        // And on the way back.
        #expect(route.wait(for: first, at: at(1_200)) == RoundTripFloor.most)
    }

    @Test func `a late answer by the way before begins the window anew`() {
        var route = Route(first, window: .seconds(1))
        _ = route.wait(for: second, at: at(0))
        route.note(answerFrom: second, at: at(800))
        #expect(route.wait(for: second, at: at(1_000)) == .zero)
        route.note(answerFrom: first, at: at(900))
        #expect(route.wait(for: second, at: at(1_000)) == RoundTripFloor.most)
        #expect(route.wait(for: second, at: at(1_900)) == .zero)
    }

    @Test func `with a first way unknown even the first request waits`() {
        var route = Route(nil, window: .seconds(1))
        #expect(route.wait(for: first, at: at(0)) == RoundTripFloor.most)
    }
}
