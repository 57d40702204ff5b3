import Cancels
import Testing

import HTX

private func ids(_ texts: String...) -> [OrderID] { texts.compactMap { OrderID($0) } }

private func read(
    _ body: String,
    asked: [OrderID],
    status: Int = 200,
    truncated: Bool = false
) -> Reading {
    ProtocolV1.read(.cancel(asked), status: status, body: Array(body.utf8), truncated: truncated)
}

/// The answer of htx-api 2.2 around some `data`.
private func ok(_ data: String) -> String { #"{"status":"ok","data":\#(data),"ts":1616988232517}"# }

/// One row of a table: what an answer says of ids "1" and "2", asked together.
struct PairRow: Sendable, CustomTestStringConvertible {
    let name: String
    let body: String
    let one: Outcome.Kind
    let two: Outcome.Kind
    var strangers: [String] = []
    var testDescription: String { name }

    init(
        _ name: String,
        _ body: String,
        _ one: Outcome.Kind,
        _ two: Outcome.Kind,
        strangers: [String] = []
    ) {
        (self.name, self.body, self.one, self.two) = (name, body, one, two)
        self.strangers = strangers
    }

    static func ok(
        _ name: String,
        errors: String? = "[]",
        successes: String?,
        _ one: Outcome.Kind,
        _ two: Outcome.Kind,
        strangers: [String] = []
    ) -> Self {
        let members = [
            errors.map { #""errors":\#($0)"# }, successes.map { #""successes":\#($0)"# },
        ]
        let data = "{\(members.compactMap { $0 }.joined(separator: ","))}"
        return Self(name, HTXTests.ok(data), one, two, strangers: strangers)
    }
}

@Suite struct ReadingTests {
    private static let pair = ids("1", "2")

    @Test func `the documented partial answer names one id done and one not found`() {
        let (found, gone) = (ids("826053970168446976"), ids("826052906719444993"))
        let body = ok(
            #"{"errors":[{"order_id":"826052906719444993","err_code":1061,"err_msg":"This order doesnt exist."}],"#
                + #""successes":"826053970168446976"}"#
        )
        let reading = read(body, asked: found + gone)
        #expect(reading.whole == nil)
        #expect(
            reading.outcomes == [
                found[0]: Outcome(.accepted),
                gone[0]: Outcome(.notFound, code: "1061", message: "This order doesnt exist."),
            ]
        )
        #expect(reading.strangers.isEmpty)
        #expect(reading.serverTime == 1_616_988_232_517)
    }

    static let lists: [PairRow] = [
        .ok(
            "an entry that names two ids in two spellings is about either",
            errors: #"[{"order_id":"1","order-id":"2","err_code":1061,"err_msg":"x"}]"#,
            successes: #""""#,
            .unknown,
            .unknown
        ),
        .ok("all cancelled", successes: #""1,2""#, .accepted, .accepted),
        .ok("spaces around an id", successes: #"" 1 ,\t2\n""#, .accepted, .accepted),
        .ok("an array of strings", successes: #"["1","2"]"#, .accepted, .accepted),
        .ok("an array of numbers", successes: "[1,2]", .accepted, .accepted),
        .ok("an array with nulls and blanks", successes: #"[null,"",1]"#, .accepted, .unknown),
        .ok("one number", successes: "1", .accepted, .unknown),
        .ok("repeated in successes", successes: #""1,1,2,1""#, .accepted, .accepted),
        .ok("errors missing", errors: nil, successes: #""1,2""#, .accepted, .accepted),
        .ok("errors null", errors: "null", successes: #""1,2""#, .accepted, .accepted),
        .ok("an empty successes is no id", successes: #""""#, .unknown, .unknown),
        .ok("commas alone are no id", successes: #"",, ,""#, .unknown, .unknown),
        .ok("successes null", successes: "null", .unknown, .unknown),
        .ok("successes missing", successes: nil, .unknown, .unknown),
        .ok("both missing", errors: nil, successes: nil, .unknown, .unknown),
        .ok("successes an object", successes: #"{"1":true}"#, .unknown, .unknown),
        .ok("successes a boolean", successes: "true", .unknown, .unknown),
        .ok("successes an array in an array", successes: #"[["1"]]"#, .unknown, .unknown),
        .ok(
            "garbage is a stranger",
            successes: #""1,abc,2x""#,
            .accepted,
            .unknown,
            strangers: ["abc", "2x"]
        ),
        .ok(
            "a space inside is no id",
            successes: #""1 2""#,
            .unknown,
            .unknown,
            strangers: ["1 2"]
        ),
        .ok(
            "another way to write a number",
            successes: "[1.0,2e0]",
            .unknown,
            .unknown,
            strangers: ["1.0", "2e0"]
        ),
        .ok(
            "a leading zero is another id",
            successes: #""01,2""#,
            .unknown,
            .accepted,
            strangers: ["01"]
        ),
        .ok(
            "another alphabet's digits",
            successes: #""１,٢""#,
            .unknown,
            .unknown,
            strangers: ["１", "٢"]
        ),
        .ok("an id never asked", successes: #""1,2,3""#, .accepted, .accepted, strangers: ["3"]),
        .ok(
            "all failed",
            errors: #"[{"order_id":"1","err_code":1061},{"order_id":"2","err_code":1071}]"#,
            successes: #""""#,
            .notFound,
            .alreadyDone
        ),
        .ok(
            "ids as numbers, codes as strings",
            errors: #"[{"order_id":1,"err_code":"1063"},{"order_id":2,"err-code":"1062"}]"#,
            successes: nil,
            .executed,
            .inProgress
        ),
        .ok(
            "code as code",
            errors: #"[{"order_id":"1","code":1056}]"#,
            successes: #""2""#,
            .suspended,
            .accepted
        ),
        .ok(
            "a lone entry",
            errors: #"{"order_id":"1","err_code":1061}"#,
            successes: #""2""#,
            .notFound,
            .accepted
        ),
        .ok(
            "an entry with two ids",
            errors: #"[{"order_id":"1,2","err_code":1061}]"#,
            successes: #""""#,
            .notFound,
            .notFound
        ),
        .ok(
            "in both lists",
            errors: #"[{"order_id":"1","err_code":1062}]"#,
            successes: #""1,2""#,
            .unknown,
            .accepted
        ),
        .ok(
            "in both lists, already cancelled",
            errors: #"[{"order_id":"1","err_code":1071}]"#,
            successes: #""1,2""#,
            .unknown,
            .accepted
        ),
        .ok(
            "repeated in errors, one code",
            errors: #"[{"order_id":"1","err_code":1061},{"order_id":1,"err_code":"1061"}]"#,
            successes: #""2""#,
            .notFound,
            .accepted
        ),
        .ok(
            "repeated in errors, two codes",
            errors: #"[{"order_id":"1","err_code":1061},{"order_id":"1","err_code":1071}]"#,
            successes: #""2""#,
            .unknown,
            .accepted
        ),
        .ok(
            "an entry without a code",
            errors: #"[{"order_id":"1"}]"#,
            successes: #""2""#,
            .unknown,
            .accepted
        ),
        .ok(
            "an entry with two codes",
            errors: #"[{"order_id":"1","err_code":1061,"code":1071}]"#,
            successes: #""2""#,
            .unknown,
            .accepted
        ),
        .ok(
            "an unlisted code",
            errors: #"[{"order_id":"1","err_code":7777}]"#,
            successes: #""2""#,
            .unlisted,
            .accepted
        ),
        .ok(
            "a bad code for one id",
            errors: #"[{"order_id":"1","err_code":1030}]"#,
            successes: #""2""#,
            .permanent,
            .accepted
        ),
        .ok(
            "a key error for one id",
            errors: #"[{"order_id":"1","err_code":403}]"#,
            successes: #""2""#,
            .accountTrouble,
            .accepted
        ),
        .ok(
            "an entry of an id never asked",
            errors: #"[{"order_id":"9","err_code":1061}]"#,
            successes: #""1,2""#,
            .accepted,
            .accepted,
            strangers: ["9"]
        ),
        .ok(
            "an entry without an id may be about any",
            errors: #"[{"err_code":1061}]"#,
            successes: #""1,2""#,
            .unknown,
            .unknown
        ),
        .ok(
            "an entry with a blank id",
            errors: #"[{"order_id":" ","err_code":1061}]"#,
            successes: #""1,2""#,
            .unknown,
            .unknown
        ),
        .ok(
            "an entry that is no object",
            errors: #"["1"]"#,
            successes: #""1,2""#,
            .unknown,
            .unknown
        ),
        .ok("errors a string", errors: #""1""#, successes: #""1,2""#, .unknown, .unknown),
        PairRow("data missing", #"{"status":"ok"}"#, .unknown, .unknown),
        PairRow("data null", ok("null"), .unknown, .unknown),
        PairRow("data a string", ok(#""1,2""#), .unknown, .unknown),
        PairRow(
            "data an array of objects",
            ok(#"[{"successes":"1"},{"successes":"2"}]"#),
            .accepted,
            .accepted
        ),
        PairRow("data an array of ids", ok(#"["1","2"]"#), .unknown, .unknown),
        PairRow(
            "data twice",
            #"{"status":"ok","data":{"successes":"1"},"data":{"successes":"2"}}"#,
            .unknown,
            .unknown
        ),
        PairRow("successes twice", ok(#"{"successes":"1","successes":"2"}"#), .unknown, .unknown),
        PairRow(
            "ok with a code that says the same",
            #"{"status":"ok","code":200,"data":{"successes":"1,2"}}"#,
            .accepted,
            .accepted
        ),
        PairRow(
            "ok with an error code",
            #"{"status":"ok","err_code":1032,"data":{"successes":"1"}}"#,
            .unknown,
            .unknown
        ),
        PairRow("another status", #"{"status":"OK","data":{"successes":"1"}}"#, .unknown, .unknown),
        PairRow(
            "a status that is no text",
            #"{"status":200,"data":{"successes":"1"}}"#,
            .unknown,
            .unknown
        ),
        PairRow("no status", #"{"data":{"successes":"1"}}"#, .unknown, .unknown),
        PairRow(
            "the V5 spelling of success",
            #"{"code":200,"data":{"successes":"1"}}"#,
            .unknown,
            .unknown
        ),
        PairRow(
            "an error that names a success",
            #"{"status":"error","err_code":1030,"data":{"successes":"1"}}"#,
            .unknown,
            .unknown,
            strangers: []
        ),
        PairRow(
            "maintenance that names a success",
            #"{"status":"maintain","data":{"successes":"1,3"}}"#,
            .unknown,
            .unknown,
            strangers: ["3"]
        ),
        PairRow(
            "an error with data in no known shape",
            #"{"status":"error","err_code":1032,"data":"1"}"#,
            .unknown,
            .unknown
        ),
        PairRow(
            "an error with empty lists",
            #"{"status":"error","err_code":1032,"data":{"errors":[],"successes":""}}"#,
            .throttled,
            .throttled
        ),
    ]

    @Test(arguments: lists) func `each id gets the outcome that the lists leave no doubt about`(
        row: PairRow
    ) {
        let reading = read(row.body, asked: Self.pair)
        #expect(
            reading.outcomes.mapValues(\.kind) == [Self.pair[0]: row.one, Self.pair[1]: row.two]
        )
        #expect(reading.strangers == row.strangers)
    }

    @Test func `what is not acceptance keeps the exchange's code and words`() {
        let body = ok(
            #"{"errors":[{"order_id":"1","err-code":"7777","err-msg":"new"},"#
                + #"{"order_id":"2","err_code":1062,"message":"cancelling"}],"successes":"2"}"#
        )
        let outcomes = read(body, asked: Self.pair).outcomes
        #expect(outcomes[Self.pair[0]] == Outcome(.unlisted, code: "7777", message: "new"))
        #expect(
            outcomes[Self.pair[1]]
                == Outcome(
                    .unknown,
                    code: "1062",
                    message: "the answer names this id in both lists"
                )
        )
    }

    @Test(arguments: [
        "1192021437253877761", "9007199254740993", "18446744073709551616", "99999999999999999999",
    ])
    func `an id of up to twenty digits is told from its neighbours, as text or as a number`(
        text: String
    ) throws {
        let id = try #require(OrderID(text))
        let neighbour = try #require(OrderID(text.dropLast() + (text.hasSuffix("1") ? "2" : "1")))
        for body in ["\"\(text)\"", text, "[\(text)]", "[\"\(text)\"]"].map({
            ok(#"{"successes":\#($0)}"#)
        }) {
            let outcomes = read(body, asked: [neighbour, id]).outcomes
            #expect(outcomes[id] == Outcome(.accepted))
            #expect(outcomes[neighbour]?.kind == .unknown)
        }
        let body = ok(#"{"errors":[{"order_id":\#(text),"err_code":1061}],"successes":""}"#)
        #expect(read(body, asked: [id]).outcomes[id]?.kind == .notFound)
    }

    @Test(
        arguments: [
            (
                #"{"status":"error","err_code":403,"err_msg":"Verification failure [校验失败]","ts":1}"#,
                Outcome(.accountTrouble, code: "403", message: "Verification failure [校验失败]")
            ),
            (
                #"{"status":"error","err-code":"1032","err-msg":"slow down"}"#,
                Outcome(.throttled, code: "1032", message: "slow down")
            ),
            (
                #"{"code":"4007","message":"unified","ts":"1616988232517"}"#,
                Outcome(.accountTrouble, code: "4007", message: "unified")
            ),
            (
                #"{"code":1030,"msg":"bad","data":null}"#,
                Outcome(.badRequest, code: "1030", message: "bad")
            ),
            (#"{"status":"error","err_code":1014,"data":{}}"#, Outcome(.badTarget, code: "1014")),
            (#"{"status":"error","err_code":1056}"#, Outcome(.suspended, code: "1056")),
            (
                #"{"status":"error","err_code":1003,"err_msg":"redis"}"#,
                Outcome(.unknown, code: "1003", message: "redis")
            ),
            (
                #"{"status":"error","err_code":1061,"err_msg":"gone"}"#,
                Outcome(.unknown, code: "1061", message: "gone")
            ),
            (
                #"{"status":"error","err_code":7777,"err_msg":"?"}"#,
                Outcome(.unlisted, code: "7777", message: "?")
            ),
            (#"{"status":"error","err_code":1030,"code":1032}"#, Outcome(.unknown)),
            (#"{"status":"error"}"#, Outcome(.unknown)),
            (#"{"status":"maintain"}"#, Outcome(.unavailable, message: "maintenance")),
            (
                #"{"status":"maintain","err_msg":"until noon"}"#,
                Outcome(.unavailable, message: "until noon")
            ),
        ] as [(String, Outcome)]
    )
    func `a refused request is one outcome for the whole and for each id`(
        body: String,
        whole: Outcome
    ) {
        // The body is authoritative for errors under any of these.
        for status in [200, 400, 401, 403, 404, 500, 503] {
            let reading = read(body, asked: Self.pair, status: status)
            #expect(reading.whole == whole)
            #expect(reading.outcomes == [Self.pair[0]: whole, Self.pair[1]: whole])
        }
    }

    @Test func `a refused request of one id is about that id`() {
        let body = #"{"status":"error","err_code":1061,"err_msg":"gone"}"#
        #expect(
            read(body, asked: ids("1")).whole == Outcome(.notFound, code: "1061", message: "gone")
        )
    }

    @Test(
        arguments: [
            (200, "", .unknown), (200, " ", .unknown), (200, "<html>", .unknown),
            (200, "[]", .unknown),
            (200, "\"ok\"", .unknown), (200, #"{"status":"ok""#, .unknown), (204, "", .unknown),
            (301, "", .unknown), (302, "<html>", .unknown),
            (307, #"{"status":"error","err_code":1030}"#, .unknown),
            (400, "bad request", .unknown), (404, "<html>", .unknown),
            (404, #"{"timestamp":1,"status":404,"error":"Not Found"}"#, .unknown),
            (403, "<!DOCTYPE html>", .unavailable), (403, " \r\n\t<html>", .unavailable),
            (403, "", .unknown),
            (403, "Forbidden", .unknown), (403, #"{"message":"Forbidden"}"#, .unknown),
            (429, "", .throttled), (429, "<html>", .throttled), (429, "{}", .throttled),
            (429, #"{"status":"error","err_code":7777}"#, .throttled),
            (500, "", .unknown), (502, "<html>", .unknown), (503, "<html>", .unknown),
            (520, "", .unknown),
            (500, ok(#"{"successes":"1,2"}"#), .unknown),
            (400, ok(#"{"successes":"1,2"}"#), .unknown),
            (429, ok(#"{"successes":"1,2"}"#), .unknown),
            (302, ok(#"{"successes":"1,2"}"#), .unknown),
            (0, ok(#"{"successes":"1,2"}"#), .unknown), (100, "", .unknown), (600, "", .unknown),
            (-1, "", .unknown), (.max, "", .unknown), (.min, ok(#"{"successes":"1,2"}"#), .unknown),
        ] as [(Int, String, Outcome.Kind)]
    )
    func `an HTTP status with no readable refusal is one outcome in our words`(
        status: Int,
        body: String,
        kind: Outcome.Kind
    ) throws {
        let reading = read(body, asked: Self.pair, status: status)
        let whole = try #require(reading.whole)
        #expect(whole.kind == kind)
        #expect(reading.outcomes == [Self.pair[0]: whole, Self.pair[1]: whole])
        if kind != .throttled { #expect(whole.message?.isEmpty == false) }
    }

    @Test func `a body cut at the limit is unknown, whatever it begins with`() {
        for status in [200, 403, 429, 500] {
            let reading = read(
                ok(#"{"successes":"1,2"}"#),
                asked: Self.pair,
                status: status,
                truncated: true
            )
            #expect(reading.whole?.kind == .unknown)
            #expect(reading.outcomes.values.allSatisfy { $0.kind == .unknown })
        }
    }

    @Test(
        arguments: [
            ("1616988232517", 1_616_988_232_517), ("\"1616988232517\"", 1_616_988_232_517),
            ("null", nil),
            ("1.5", nil), ("true", nil), ("99999999999999999999", nil), ("\"soon\"", nil),
        ] as [(String, Int64?)]
    )
    func `the exchange's clock is read from a number or a string`(ts: String, time: Int64?) {
        #expect(
            read(#"{"status":"error","err_code":1,"ts":\#(ts)}"#, asked: Self.pair).serverTime
                == time
        )
    }

    @Test func `strangers, codes and messages are bounded`() {
        let names = (100..<50_000).map(String.init).joined(separator: ",")
        let long = String(repeating: "x\u{301}", count: 100_000)
        let reading = read(
            ok(
                #"{"errors":[{"order_id":"1","err_code":"\#(long)","err_msg":"\#(long)"}],"successes":"\#(long),\#(names)"}"#
            ),
            asked: Self.pair
        )
        #expect(reading.strangers.count == Reading.strangerLimit)
        #expect(reading.strangers.allSatisfy { $0.unicodeScalars.count <= Reading.strangerLength })
        let outcome = reading.outcomes[Self.pair[0]]
        #expect(outcome?.message?.unicodeScalars.count == Reading.messageLength)
        #expect(outcome?.code?.unicodeScalars.count == Reading.strangerLength)
    }

    @Test func `an id asked twice has one outcome, and none asked has none`() {
        #expect(read(ok(#"{"successes":"1"}"#), asked: ids("1", "1")).outcomes.count == 1)
        let nothing = read(ok(#"{"successes":"1"}"#), asked: [])
        #expect(nothing.outcomes.isEmpty && nothing.strangers == ["1"])
    }
}
