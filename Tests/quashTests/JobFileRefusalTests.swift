import Foundation
import Testing

import quash

@Suite struct JobFileRefusalTests {
    @Test(arguments: [
        (
            #"{"contract_code": "A", "order_ids": [1e5]}"#,
            #"1: order id "1e5" is not 1 to 20 digits"#
        ),
        (
            #"{"contract_code": "A", "order_ids": [1.0]}"#,
            #"1: order id "1.0" is not 1 to 20 digits"#
        ),
        (#"{"contract_code": "A", "order_ids": [-1]}"#, #"1: order id "-1" is not 1 to 20 digits"#),
        (
            #"{"contract_code": "A", "order_ids": ["82605X"]}"#,
            #"1: order id "82605X" is not 1 to 20 digits"#
        ),
        (#"{"contract_code": "A", "order_ids": "1,,2"}"#, "1: order id is empty"),
        (#"{"contract_code": "A", "order_ids": [""]}"#, "1: order id is empty"),
        (
            #"{"contract_code": "A", "order_ids": "1 2"}"#,
            #"1: order id "1 2" is not 1 to 20 digits"#
        ),
        (
            #"{"contract_code": "A", "order_ids": ["123456789012345678901234567890"]}"#,
            #"1: order id "123456789012345678901234…" is not 1 to 20 digits"#
        ),
        (
            #"{"contract_code": "A", "order_ids": ["\u001b[2J"]}"#,
            #"1: order id "\u{1B}[2J" is not 1 to 20 digits"#
        ),
        (
            #"{"contract_code": "A", "order_ids": [007]}"#,
            #"1: "007" is no number of JSON: it begins with 0; use quotes"#
        ),
        (#"{"contract_code": "A", "order_ids": []}"#, "1: a job without order ids"),
        (#"{"contract_code": "A"}"#, "1: a job without order ids"),
        (#"{"contract_code": "A", "order_ids": null}"#, "1: a job without order ids"),
        (
            #"{"contract_code": "A", "order_ids": [0.5]}"#,
            #"1: order id "0.5" is not 1 to 20 digits"#
        ),
        (#"{}"#, "1: a job without order ids"),
        (
            #"{"contract_code": "A", "order_ids": [[1]]}"#,
            #"1: expected an order id, a string or an integer, found "[""#
        ),
        (
            #"{"contract_code": "A", "order_ids": [true]}"#,
            #"1: expected an order id, a string or an integer, found "t""#
        ),
        (
            #"{"contract_code": "A", "order_ids": 7}"#,
            #"1: expected an array, or a string with commas, of order ids, found "7""#
        ),
        (
            #"{"contract_code": "A", "order_id": "1,2"}"#,
            #"1: order id "1,2" is not 1 to 20 digits"#
        ),
    ])
    func `a bad id is refused by name`(text: String, message: String) throws {
        #expect(try refusal(of: text.utf8, as: "x.json") == "x.json:\(message)")
    }

    @Test(arguments: [
        ("", "no contract; give contract_code, or pair and contract_type, or --contract"),
        (
            #""pair": "BTC-USDT","#,
            #"pair "BTC-USDT" without contract_type; give both, or neither"#
        ),
        (
            #""contract_type": "swap","#,
            #"contract_type "swap" without pair; give both, or neither"#
        ),
        (
            #""contract_code": "A", "pair": "B","#,
            #"pair "B" without contract_type; give both, or neither"#
        ),
        (
            #""contract_code": "btc-usdt","#,
            #"contract_code "btc-usdt" is in lower case; write "BTC-USDT""#
        ),
        (
            #""contract_code": "BTC_USDT","#,
            #"contract_code "BTC_USDT" may hold A-Z, 0-9 and - only, as in BTC-USDT"#
        ),
        (
            #""contract_code": "ﬁ","#,
            #"contract_code "ﬁ" may hold A-Z, 0-9 and - only, as in BTC-USDT"#
        ),
        (#""contract_code": "","#, "contract_code is empty"),
        (
            #""contract_code": "\#(String(repeating: "A", count: 65))","#,
            "contract_code is longer than 64 bytes"
        ),
        (
            #""pair": "A", "contract_type": "monthly","#,
            #"contract_type "monthly" is not one of"#
                + " swap, this_week, next_week, quarter, next_quarter"
        ),
        (
            #""contract_code": "A", "not_before_ms": 2, "not_after_ms": 1,"#,
            "not_after_ms 1 is before not_before_ms 2: no time is left"
        ),
        (
            #""contract_code": "A", "not_after_ms": -1,"#,
            "not_after_ms -1 is negative; it counts milliseconds since 1970"
        ),
        (
            #""contract_code": "A", "priority": 9223372036854775808,"#,
            #"priority "9223372036854775808" is not a whole number of 64 bits"#
        ),
        (
            #""contract_code": "A", "priority": 1e3,"#,
            #"priority "1e3" is not a whole number of 64 bits"#
        ),
        (
            #""contract_code": "A", "priority": "5","#,
            #"expected a number without quotes as priority, found """#.replacing(
                "found \"\"",
                with: #"found "\"""#
            )
        ),
        (#""contract_code": 5,"#, #"expected a string as contract_code, found "5""#),
        (#""contract_code": {},"#, #"expected a string as contract_code, found "{""#),
        (#""contract_code": nul,"#, #""nul" is not JSON"#),
        (#""contract_code": "A", "account": "","#, "account is empty; leave it out instead"),
        (#""contract_code": "A", "note": "a\u0000","#, "note holds a NUL character"),
        (
            #""contract_code": "A", "note": "\#(String(repeating: "é", count: 2100))","#,
            "note is longer than 4096 bytes"
        ),
        (
            #""contract_code": "A", "not_aftr_ms": 5,"#,
            #"no key is named "not_aftr_ms"; the names are account, contract_code, pair,"#
                + " contract_type, priority, not_before_ms, not_after_ms, dedup_key, queued_by,"
                + " note, order_id, order_ids"
        ),
        (#""note": null, "note": "b","#, "note: a second time in one job"),
        (#""order_id": 1,"#, "order_ids: a second time in one job"),
    ])
    func `a bad field is refused by name, on its line`(fields: String, message: String) throws {
        let text = "[\n{\n\(fields)\n\"order_ids\": [\"1\"]}]"
        // What a field lacks is told of the job, what it holds where it stands.
        let line = fields.isEmpty ? 2 : message.hasPrefix("order_ids") ? 4 : 3
        #expect(try refusal(of: text.utf8, as: "x.json") == "x.json:\(line): \(message)")
    }

    @Test(arguments: [
        ("", "x.json: holds no order ids"),
        (" \n ", "x.json: holds no order ids"),
        ("[]", "x.json: holds no order ids"),
        ("[\n{", #"x.json:2: expected a key in quotes, found the end of the file"#),
        ("{\"note", "x.json:1: a string is not closed"),
        ("{\"note\": \"a\nb\"}", "x.json:1: a string is not closed"),
        (
            "{\"note\": \"a\tb\"}",
            "x.json:1: a control character in a string; write it as an escape"
        ),
        (#"{"note": "\x"}"#, "x.json:1: a string holds a backslash that begins no escape of JSON"),
        (#"{"note": "\u12"}"#, #"x.json:1: \u needs four hexadecimal digits"#),
        (#"{"note": "\ud800"}"#, "x.json:1: a string holds half a surrogate pair"),
        (#"{"note": "\ud800\u0041"}"#, "x.json:1: a string holds half a surrogate pair"),
        (#"{"note": "\udc00"}"#, "x.json:1: a string holds half a surrogate pair"),
        (
            #"{"contract_code": "A", "order_id": 1"#,
            #"x.json:1: expected "}", found the end of the file"#
        ),
        (
            #"{"contract_code": "A", "order_id": 1,}"#,
            #"x.json:1: expected a key in quotes, found "}""#
        ),
        (#"{"contract_code" "A"}"#, #"x.json:1: expected ":", found "\"""#),
        (#"[{"contract_code": "A", "order_id": 1},]"#, #"x.json:1: expected "{", found "]""#),
        (
            #"[{"contract_code": "A", "order_id": 1}"#,
            #"x.json:1: expected "]", found the end of the file"#
        ),
        (
            "[{\"contract_code\": \"A\", \"order_id\": 1}]\n]",
            #"x.json:2: expected the end of the file, found "]""#
        ),
        (
            #"{"contract_code": "A", "order_id": 1}, {}"#,
            #"x.json:1: expected the end of the file, found ",""#
        ),
        (#"[[{"contract_code": "A", "order_id": 1}]]"#, #"x.json:1: expected "{", found "[""#),
        ("\"a\"", #"x.json:1: expected "{", found "\"""#),
        ("é", "x.json:1: expected \"{\", found a character outside ASCII"),
    ])
    func `what is not JSON is refused`(text: String, message: String) throws {
        #expect(try refusal(of: text.utf8, as: "x.json") == message)
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8],
            [0xE2, 0x82],
            [0x80],
        ] as [[UInt8]]
    )
    func `what is not UTF-8 is refused on its line`(bad: [UInt8]) throws {
        let bytes = Array("contract_code,note,order_id\nA,x,1\nA,".utf8) + bad + Array(",2\n".utf8)
        let message = "x.csv:3: not UTF-8 from here on; save the file as UTF-8"
        #expect(try refusal(of: bytes, as: "x.csv") == message)
        #expect(try refusal(of: bytes.dropLast(3), as: "x.csv") == message)
    }

    @Test(arguments: [
        ("order_id\n", "x.csv: holds no order ids"),
        (
            "order_id;contract_code\n1;A\n",
            #"x.csv:1: no column is named "order_id;contract_code"; the names are account, "#
                + "contract_code, pair, contract_type, priority, not_before_ms, not_after_ms, "
                + "dedup_key, queued_by, note, order_id, order_ids"
        ),
        ("contract_code\nA\n", "x.csv:1: no column is named order_id"),
        ("order_id,note,order_id\n", "x.csv:1: column order_id stands there twice"),
        ("contract_code,order_id\nA\n", "x.csv:2: 1 cell in a row of 2 columns"),
        ("contract_code,order_id\nA,1,\n", "x.csv:2: 3 cells in a row of 2 columns"),
        ("contract_code,order_id\nA,\n", "x.csv:2: order id is empty"),
        ("contract_code,order_id\nA,\"1\n\n", "x.csv:2: a quote opens here and is never closed"),
        ("contract_code,order_id\nA,\"1\"2\n", "x.csv:2: text behind the closing quote of a cell"),
        (
            "contract_code,order_id\nA\"B,1\n",
            "x.csv:2: a quote inside a cell; quote the whole cell and double it"
        ),
        ("contract_code,order_id\rA,1\r", "x.csv:1: a carriage return without a line feed"),
        (
            "contract_code,priority,order_id\nA,5.0,1\n",
            #"x.csv:2: priority "5.0" is not a whole number of 64 bits"#
        ),
        (
            "contract_code,priority,order_id\nA,+5,1\n",
            #"x.csv:2: priority "+5" is not a whole number of 64 bits"#
        ),
        (
            "1\n2\n",
            "x.csv:1: no contract; give contract_code, or pair and contract_type, or --contract"
        ),
    ])
    func `what is not a table of ids is refused`(text: String, message: String) throws {
        let first = try refusal(of: text.utf8, as: "x.csv").split(separator: "\n").first
        #expect(first.map(String.init) == message)
    }
}

extension JobFileRefusalTests {
    @Test func `each bad line of JSON lines is told, and the good ones are still read`() throws {
        let text = """
            {"contract_code": "A", "order_id": "1"
            {"contract_code": "A", "order_id": "x"}
            {"contract_code": "A", "order_id": "2"} {}
            [1]
            {"contract_code": "A", "order_id": "3"}
            {"contract_code": "a", "order_id": "4"}
            """
        #expect(
            try refusal(of: text.utf8, as: "x.jsonl") == """
                x.jsonl:1: expected "}", found the end of the line
                x.jsonl:2: order id "x" is not 1 to 20 digits
                x.jsonl:3: expected the end of the line, found "{"
                x.jsonl:4: expected "{", found "["
                x.jsonl:6: contract_code "a" is in lower case; write "A"
                """
        )
    }

    @Test func `ten faults are told and the rest counted`() throws {
        let text = (1...25).map { "x\($0)\n" }.joined()
        let refusal = try refusal(of: text.utf8, as: "x.txt", defaults: .contract("A"))
        let lines = refusal.split(separator: "\n")
        #expect(lines.count == 11)
        #expect(lines.first == #"x.txt:1: order id "x1" is not 1 to 20 digits"#)
        #expect(lines.last == "x.txt: … and 15 more")
    }

    @Test func `a fault of every row is told once`() throws {
        #expect(
            try refusal(of: "contract_code,order_id\nb,1\nb,2\nb,x\n".utf8, as: "x.csv") == """
                x.csv:2: contract_code "b" is in lower case; write "B"
                x.csv:4: order id "x" is not 1 to 20 digits
                x.csv: … and 2 more
                """
        )
    }

    @Test func `one dedup key means one job`() throws {
        let text = """
            contract_code,dedup_key,order_id
            A,k,1
            A,k,2
            B,k,3
            C,k,4
            """
        #expect(
            try refusal(of: text.utf8, as: "x.csv")
                == """
                x.csv:4: dedup_key "k" belongs to the job of line 2 already
                x.csv: … and 1 more
                """
        )
    }

    @Test func `a file holds ten thousand jobs and no more`() throws {
        let header = "contract_code,priority,order_id\n"
        let rows = (1...10_001).map { "A,\($0),1\n" }
        let most = header + rows.dropLast().joined()
        #expect(try reading(most, as: "x.csv").jobs.count == 10_000)
        #expect(
            try refusal(of: (header + rows.joined()).utf8, as: "x.csv")
                == "x.csv:10002: here begins job 10001, and a file may hold 10000; split it"
        )
    }

    @Test func `what is no file is refused`() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let missing = JobFile(path: folder + "/quash-no-such-file", displayName: "x.csv")
        let noFile = #expect(throws: JobFileError.self) { try missing.check() }
        #expect(noFile?.description == "x.csv: cannot be read: No such file or directory")
        let noRegularFile = #expect(throws: JobFileError.self) {
            try JobFile(path: folder, displayName: "x.csv").check()
        }
        #expect(
            noRegularFile?.description
                == "x.csv: is not a regular file; pipe it into `quash enqueue -`"
        )
    }

    @Test func `defaults of the command line are refused before any file is read`() {
        var defaults = JobFields()
        let fault = #expect(throws: JobFieldFault.self) {
            try defaults.set(.contractCode, to: "btc-usdt")
        }
        #expect(fault?.message == #"contract_code "btc-usdt" is in lower case; write "BTC-USDT""#)
        #expect(defaults == JobFields())
    }
}
