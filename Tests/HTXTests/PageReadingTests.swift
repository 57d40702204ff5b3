import Cancels
import Testing

import HTX

@Suite struct PageReadingTests {
    private func read(_ body: String, page: Int = 1, status: Int = 200) -> Reading {
        ProtocolV1.read(
            .lookup(.history, page: page),
            status: status,
            body: Array(body.utf8),
            truncated: false
        )
    }

    /// The envelope of htx-api 6.3 around some orders.
    private func body(_ orders: String, total: String = "1", current: String = "1") -> String {
        #"{"status":"ok","data":{"orders":[\#(orders)],"total_page":\#(total),"#
            + #""current_page":\#(current),"total_size":9},"ts":1616988232517}"#
    }

    private func finding(_ members: String) throws -> Finding {
        let page = try #require(read(body(#"{"order_id":1,\#(members)}"#)).page)
        return try #require(page.orders.first).finding
    }

    private func id(_ text: String) throws -> OrderID { try #require(OrderID(text)) }

    @Test func `a page of the history is read order by order`() throws {
        let reading = read(
            body(
                #"{"symbol":"BTC","order_id":1192021437253877761,"#
                    + #""order_id_str":"1192021437253877761","status":6},"#
                    + #"{"order_id":34,"order_id_str":"34","status":4,"relation_order_id":"919"}"#,
                total: "7",
                current: "2"
            ),
            page: 2
        )
        #expect(reading.whole == nil && reading.outcomes.isEmpty && reading.strangers.isEmpty)
        #expect(reading.serverTime == 1_616_988_232_517)
        #expect(reading.health == .answering)
        let orders = [
            ListedOrder(id: try id("1192021437253877761"), finding: Finding(.cancelled, code: "6")),
            ListedOrder(
                id: try id("34"),
                finding: Finding(.fired, code: "4", relationOrderID: "919")
            ),
        ]
        #expect(reading.page == OrderPage(orders: orders, number: 2, count: 7, total: 9))
    }

    @Test func `the states are those of trailing orders, as numbers or as text`() throws {
        #expect(try finding(#""status":2"#) == Finding(.live, code: "2"))
        #expect(try finding(#""status":"6""#) == Finding(.cancelled, code: "6"))
        let failed = #""status":5,"fail_code":1048,"fail_reason":"not enough","order_type":1"#
        #expect(try finding(failed) == Finding(.failed, code: "1048", message: "not enough"))
        #expect(try finding(#""status":5,"fail_code":null"#) == Finding(.failed))
    }

    @Test(arguments: [
        "1", "3", "7", "8", "9", "10", "11", "12", "-6", "6.0", "\"\"", "null", "[6]",
    ])
    func `any other state is unclear`(status: String) throws {
        #expect(try finding(#""status":\#(status)"#).kind == .unclear)
    }

    @Test(arguments: ["\"-1\"", "-1", "\"\"", "0", "\"0\"", "null", "\"abc\"", "{}"])
    func `a fired order without a child has none`(text: String) throws {
        let fired = try finding(#""status":4,"relation_order_id":\#(text)"#)
        #expect(fired == Finding(.fired, code: "4"))
    }

    @Test(
        arguments: [
            (
                #""order_id_str":"795714964661583873","order_id":795714964661583872"#,
                "795714964661583873"
            ),
            // HTX's own sample (htx-api 2.4).
            (
                #""order_id":918819679173152800,"order_id_str":"918819679173152768""#,
                "918819679173152768"
            ),
            (#""order_id":918819679173152768"#, "918819679173152768"),
            (#""order_id":"34""#, "34"),
            (#""order_id_str":"34""#, "34"),
            (#""order_id_str":34,"order_id":null"#, "34"),
            (#""order_id_str":"","order_id":34"#, "34"),
            (
                #""order_id":9.188196791731528e17,"order_id_str":"918819679173152768""#,
                "918819679173152768"
            ),
            (#""order_id":"x","order_id_str":"34""#, "34"),
        ]
    )
    func `the text of an id goes before its number`(members: String, expected: String) throws {
        let reading = read(body(#"{\#(members),"status":2}"#))
        #expect(reading.page?.orders.map(\.id) == [try id(expected)])
    }

    @Test(
        arguments: [
            #"{"status":6}"#, #"{"order_id":null,"status":6}"#, #"{"order_id":1.5,"status":6}"#,
            #"{"order_id":-34,"status":6}"#, #"{"order_id_str":"x","order_id":34,"status":6}"#,
            #"{"order_id_str":[34],"order_id":34,"status":6}"#, "34", "null", "[]",
            // Of two orders, not of one whose number lost its last digits.
            #"{"order_id":35,"order_id_str":"34","status":6}"#,
            #"{"order_id":918819679173155000,"order_id_str":"918819679173152768","status":6}"#,
            #"{"order_id":9007199254740991,"order_id_str":"9007199254740992","status":6}"#,
        ]
    )
    func `one order whose id cannot be read spoils the page`(entry: String) {
        let reading = read(body(#"{"order_id":1,"status":2},\#(entry)"#))
        #expect(reading.page == nil)
        #expect(reading.whole?.kind == .unknown)
        #expect(reading.whole?.message == "the page has an order whose id cannot be read")
    }

    @Test func `an order twice on a page is one, and unclear where the two differ`() throws {
        let twice =
            #"{"order_id":1,"status":6},{"order_id":2,"status":2},{"order_id":1,"status":6}"#
        let orders = try #require(read(body(twice)).page).orders
        #expect(orders.map(\.id.text) == ["1", "2"])
        #expect(orders.map(\.finding.kind) == [.cancelled, .live])
        let differ = twice + #",{"order_id":2,"status":6},{"order_id":2,"status":2}"#
        let kinds = try #require(read(body(differ)).page).orders.map(\.finding.kind)
        #expect(kinds == [.cancelled, .unclear])
    }

    @Test(arguments: [("0", "1"), ("0", "0"), ("1", "1"), ("\"0\"", "\"1\"")])
    func `an empty list is a page of one`(total: String, current: String) {
        let page = read(body("", total: total, current: current)).page
        #expect(page == OrderPage(orders: [], number: 1, count: 1, total: 9))
    }

    @Test func `a list that shrank while it was read has an empty page beyond its last`() {
        let page = read(body("", total: "2", current: "3"), page: 3).page
        #expect(page == OrderPage(orders: [], number: 3, count: 2, total: 9))
    }

    @Test(
        arguments: [
            ("1", "2"), ("1", "0"), ("null", "1"), ("1", "null"), ("\"x\"", "1"), ("-1", "1"),
            ("1.0", "1"), ("9999999999", "1"), ("0", "1"), ("1", "[1]"),
        ]
    )
    func `a page that is not the one asked for, or says no count, cannot be read`(
        total: String,
        current: String
    ) {
        let reading = read(body(#"{"order_id":1,"status":2}"#, total: total, current: current))
        #expect(reading.page == nil && reading.whole?.kind == .unknown)
        #expect(reading.whole?.message?.isEmpty == false)
    }

    @Test func `an empty page before the last cannot be read`() {
        let reading = read(body("", total: "2"))
        #expect(reading.page == nil && reading.whole?.message == "page 1 of 2 is empty")
    }

    @Test(
        arguments: [
            (200, #"{"status":"error","err_code":1032,"err_msg":"slow"}"#, .throttled),
            (200, #"{"status":"error","err_code":403}"#, .accountTrouble),
            (200, #"{"status":"error","err_code":1431}"#, .unavailable),
            (200, #"{"status":"error","err_code":1004}"#, .unavailable),
            (200, #"{"status":"maintain"}"#, .unavailable),
            (200, #"{"status":"error","err_code":1003}"#, .unknown),
            (200, #"{"status":"error","err_code":1030}"#, .badRequest),
            (200, #"{"status":"error","err_code":7777}"#, .unlisted),
            (200, #"{"status":"error","err_code":1061}"#, .notFound),
            (200, #"{"status":"error"}"#, .unknown), (429, "", .throttled),
            (403, "<html>", .unavailable), (502, "<html>", .unknown), (200, "", .unknown),
            (200, #"{"status":"ok","data":{}}"#, .unknown),
            (
                200, #"{"status":"ok","data":{"orders":{},"total_page":1,"current_page":1}}"#,
                .unknown
            ),
            (200, #"{"status":"ok","data":{"orders":[],"orders":[],"total_page":1}}"#, .unknown),
        ] as [(Int, String, Outcome.Kind)]
    )
    func `a lookup that brings no page has an outcome for the whole`(
        status: Int,
        body: String,
        kind: Outcome.Kind
    ) {
        let reading = read(body, status: status)
        #expect(reading.page == nil && reading.outcomes.isEmpty)
        #expect(reading.whole?.kind == kind)
    }
}
