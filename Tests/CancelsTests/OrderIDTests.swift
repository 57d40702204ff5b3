import Cancels
import Testing

@Suite struct OrderIDTests {
    @Test(
        arguments: [
            "0", "007", "826053970168446976", "1192021437253877761", "99999999999999999999",
        ]
    )
    func `digits stay as they came`(text: String) throws {
        #expect(try #require(OrderID(text)).text == text)
    }

    @Test(
        arguments: [
            "", " 1", "1 ", "-1", "+1", "1.0", "1e5", "82605X", "١٢٣", "123456789012345678901",
            "1\u{0}2", "１",
        ]
    )
    func `anything else is no order id`(text: String) {
        #expect(OrderID(text) == nil)
    }

    @Test func `two ids that are one Double are two ids`() {
        #expect(OrderID("795714964661583872") != OrderID("795714964661583873"))
    }

    @Test func `the five final states are final`() {
        #expect(
            CancelState.allCases.filter(\.isFinal)
                == [.cancelled, .rejected, .failed, .expired, .withdrawn]
        )
    }
}
