import Cancels
import Foundation
import HTX
import Testing

@Suite struct CancelBodyTests {
    private func body(_ contract: ContractSelector, _ ids: String...) -> String {
        ProtocolV1.body(
            for: Request(
                id: 1,
                target: Target(account: "main", contract: contract),
                call: .cancel(ids.compactMap { OrderID($0) }),
                grantedAt: BootTime(nanoseconds: 0)
            )
        )
    }

    @Test func `a contract code and two ids, as the exchange documents them`() {
        #expect(
            body(.code("BTC-USDT"), "826053970168446976", "826052906719444993")
                == #"{"contract_code":"BTC-USDT","order_id":"826053970168446976,826052906719444993"}"#
        )
    }

    @Test(arguments: ContractType.allCases) func `a pair and a period`(type: ContractType) {
        #expect(
            body(.pair("BTC-USDT", type), "1")
                == #"{"pair":"BTC-USDT","contract_type":"\#(type.rawValue)","order_id":"1"}"#
        )
    }

    @Test(arguments: [
        "\"", "\\", "\",\"order_id\":\"9", "a\n\u{0}\u{1F}\u{7F}\r\t", "é校😀", "\u{2028}/",
    ])
    func `whatever the contract is called, the body is JSON that says it`(name: String) throws {
        for text in [body(.code(name), "1"), body(.pair(name, .swap), "1")] {
            let members = try #require(
                JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String]
            )
            #expect(members["contract_code"] ?? members["pair"] == name)
            #expect(members["order_id"] == "1")
        }
    }

    @Test func `the path is the documented one`() {
        #expect(ProtocolV1.path(of: .cancel([])) == "/linear-swap-api/v1/swap_cross_track_cancel")
    }
}
