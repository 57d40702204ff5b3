import Cancels
import HTX
import Testing

@Suite struct LookupBodyTests {
    private func request(_ contract: ContractSelector, _ list: OrderList, page: Int) -> Request {
        Request(
            id: 1,
            target: Target(account: "main", contract: contract),
            call: .lookup(list, page: page),
            grantedAt: BootTime(nanoseconds: 0)
        )
    }

    @Test func `open orders of a contract, fifty at a time and of every kind`() {
        #expect(
            ProtocolV1.body(for: request(.code("BTC-USDT"), .open, page: 3))
                == #"{"contract_code":"BTC-USDT","trade_type":0,"page_index":3,"page_size":50}"#
        )
    }

    @Test func `past orders of a contract, every end and the longest time, last changed first`() {
        #expect(
            ProtocolV1.body(for: request(.code("BTC-USDT"), .history, page: 1))
                == #"{"contract_code":"BTC-USDT","trade_type":0,"status":"0","create_date":90,"#
                + #""sort_by":"update_time","page_index":1,"page_size":50}"#
        )
    }

    @Test(arguments: ContractType.allCases)
    func `a pair goes without its period, which is no parameter there`(type: ContractType) {
        #expect(
            ProtocolV1.body(for: request(.pair("BTC-USDT", type), .open, page: 1))
                == #"{"pair":"BTC-USDT","trade_type":0,"page_index":1,"page_size":50}"#
        )
        #expect(
            ProtocolV1.body(for: request(.pair("BTC-USDT", type), .history, page: 1))
                .hasPrefix(#"{"pair":"BTC-USDT","trade_type":0,"status""#)
        )
    }

    @Test func `the paths are the documented ones`() {
        let paths = [Call.lookup(.open, page: 1), .lookup(.history, page: 1)].map {
            ProtocolV1.path(of: $0)
        }
        #expect(
            paths == [
                "/linear-swap-api/v1/swap_cross_track_openorders",
                "/linear-swap-api/v1/swap_cross_track_hisorders",
            ]
        )
    }
}
