import TestSupport
import Testing

@Suite struct RateCheckerTests {
    @Test func `windows are half open`() {
        #expect(mostInAnyWindow([0, 1, 2, 3, 4, 1_000], window: 1_000) == 5)
        #expect(mostInAnyWindow([0, 1, 2, 3, 4, 999], window: 1_000) == 6)
        #expect(mostInAnyWindow([], window: 1_000) == 0)
        #expect(mostInAnyWindow([5, 5, 5], window: 1) == 3)
    }

    @Test func `order does not matter, and a window may begin anywhere`() {
        #expect(mostInAnyWindow([2_100, 500, 1_300, 1_499, 1_500], window: 1_000) == 4)
        #expect(mostInAnyWindow([900, 1_100, 1_899, 1_900], window: 1_000) == 3)
    }
}
