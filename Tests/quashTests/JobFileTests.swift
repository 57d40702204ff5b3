import Cancels
import Testing

import quash

@Suite struct JobFileTests {
    // MARK: - The samples

    @Test(arguments: [
        (JobFileSample.btc, 1, 206), (.desk2, 3, 252), (.mixed, 7, 200), (.export, 6, 300),
        (.list, 1, 50),
    ])
    func `the sample files are good`(sample: JobFileSample, jobs: Int, ids: Int) throws {
        let reading = try JobFileReading(sample.file())
        #expect(reading.jobs.count == jobs)
        #expect(reading.ids.count == ids)
    }

    @Test func `sample ids lie beyond doubles and stand once but for six`() throws {
        let ids = try JobFileSample.allCases.flatMap { try JobFileReading($0.file()).ids }
        #expect(ids.allSatisfy { Int64($0.digits).map { $0 > 1 << 53 && $0 % 4096 != 0 } ?? false })
        #expect(ids.count - Set(ids.map(\.digits)).count == 6)
    }

    @Test(arguments: JobFileSample.allCases)
    func `the size of the chunks changes nothing`(sample: JobFileSample) throws {
        let whole = try JobFileReading(sample.file())
        for size in [1, 2, 3, 7, 64] {
            #expect(try JobFileReading(sample.file(chunkSize: size)) == whole, "chunks of \(size)")
        }
    }

    // MARK: - JSON

    @Test func `every key of a job is read`() throws {
        let reading = try reading(
            """
            {"account": "desk2", "pair": "BTC-USDT", "contract_type": "next_quarter",
             "priority": -7, "not_before_ms": 1000, "not_after_ms": 2000, "dedup_key": "k-1",
             "queued_by": "tool",
             "note": "say \\"stop\\" \\u00e9\\ud83d\\ude00\\n", "order_ids": ["1"]}
            """,
            as: "x.json"
        )
        let header = try #require(reading.jobs.first?.header)
        #expect(header.account == "desk2")
        #expect(header.contract == .pair("BTC-USDT", .nextQuarter))
        #expect(header.priority == -7)
        #expect(header.notBeforeMs == 1000)
        #expect(header.notAfterMs == 2000)
        #expect(header.dedupKey == "k-1")
        #expect(header.queuedBy == "tool")
        #expect(header.note == "say \"stop\" é😀\n")
    }

    @Test func `an id keeps every digit, as a string and as an integer`() throws {
        let reading = try reading(
            """
            {"contract_code": "A", "order_ids": [795714964661583873, "795714964661583872",
             99999999999999999999, "00000000000000000007", 0, " 5 ", "\\u0031\\u0032"]}
            """,
            as: "x.json"
        )
        #expect(
            reading.digits(of: 0) == [
                "795714964661583873", "795714964661583872", "99999999999999999999",
                "00000000000000000007", "0", "5", "12",
            ]
        )
        #expect(reading.ids.map(\.line) == [1, 1, 2, 2, 2, 2, 2])
    }

    @Test func `ids may be one string with commas`() throws {
        let text = #"{"contract_code": "A", "order_ids": "1, 2,3 ,795714964661583873"}"#
        let reading = try reading(text, as: "x.json")
        #expect(reading.digits(of: 0) == ["1", "2", "3", "795714964661583873"])
    }

    @Test func `ids may stand before the fields of their job`() throws {
        let ids = (1...5000).map(String.init)
        let late = #"{"order_ids": "\#(ids.joined(separator: ","))", "contract_code": "LATE"}"#
        let early = #"{"contract_code": "EARLY", "order_id": 7}"#
        let reading = try reading("[\(early),\(late),\(early)]", as: "x.json")
        #expect(reading.jobs.map(\.header.contract.description) == ["EARLY", "LATE"])
        #expect(reading.digits(of: 0) == ["7", "7"])
        #expect(reading.digits(of: 1) == ids)
        #expect(reading.ids.map(\.job) == [0] + ids.map { _ in 1 } + [0])
    }

    @Test func `null says nothing`() throws {
        let reading = try reading(
            #"{"contract_code": "A", "note": null, "priority": null, "order_id": 1}"#,
            as: "x.json"
        )
        #expect(reading.jobs.map(\.header.account) == ["main"])
    }

    @Test func `equal jobs are one, however they are spelled`() throws {
        let reading = try reading(
            """
            {"contract_code": "A", "order_id": "1"}
            {"order_ids": [2, 3], "account": "main", "contract_code": "\\u0041"}
            {"contract_code": "A", "priority": 1, "order_id": "4"}

            {"priority":0,"contract_code":"A","pair":"B","contract_type":"swap","order_id":5}
            """,
            as: "x.jsonl"
        )
        #expect(reading.jobs.map(\.idCount) == [4, 1])
        #expect(reading.jobs.map(\.line) == [1, 3])
        #expect(reading.digits(of: 0) == ["1", "2", "3", "5"])
        #expect(reading.ids.map(\.line) == [1, 2, 2, 3, 5])
    }

    // MARK: - CSV and lists

    @Test func `a table has quotes, a byte order mark and both ends of line`() throws {
        let reading = try reading(
            "\u{FEFF}note,order_id,\"contract_code\"\r\n\"a, \"\"b\"\"\nc\",1,A\r\n\r\n,2,A\n"
                + "\"a, \"\"b\"\"\nc\",\" 3 \",\"A\"",
            as: "x.csv"
        )
        #expect(reading.jobs.map(\.header.note) == ["a, \"b\"\nc", nil])
        #expect(reading.digits(of: 0) == ["1", "3"])
        #expect(reading.digits(of: 1) == ["2"])
        #expect(reading.ids.map(\.line) == [3, 5, 7])
    }

    @Test(arguments: ["x.txt", "x.csv", "<standard input>"])
    func `a plain list takes its job from the command line`(name: String) throws {
        var defaults = try JobFields.contract("SOL-USDT")
        try defaults.set(.priority, to: "9")
        let reading = try reading("1\r\n\n\"2\"\n 3 \n", as: name, defaults: defaults)
        #expect(reading.jobs.map(\.header.contract) == [.code("SOL-USDT")])
        #expect(reading.jobs.map(\.header.priority) == [9])
        #expect(reading.digits(of: 0) == ["1", "2", "3"])
    }

    @Test func `a default never completes half a contract`() throws {
        var defaults = try JobFields.contract("SOL-USDT")
        try defaults.set(.note, to: "from the command line")
        let table = "pair,contract_type,order_id\nBTC-USDT,quarter,1\n,,2\n"
        let reading = try reading(table, as: "x.csv", defaults: defaults)
        #expect(
            reading.jobs.map(\.header.contract) == [.pair("BTC-USDT", .quarter), .code("SOL-USDT")]
        )
        #expect(reading.jobs.allSatisfy { $0.header.note == "from the command line" })
        #expect(
            try refusal(of: "pair,order_id\nBTC-USDT,1\n".utf8, as: "x.csv", defaults: defaults)
                == #"x.csv:2: pair "BTC-USDT" without contract_type; give both, or neither"#
        )
    }

    // MARK: - Formats

    @Test(arguments: [
        (" \n{\"contract_code\": \"A\",\n\"order_id\": 1}", [3]),
        ("[{\"contract_code\": \"A\", \"order_id\": 1}]", [1]),
        (
            "{\"contract_code\":\"A\",\"order_id\":1}\n{\"contract_code\":\"A\",\"order_id\":2}",
            [1, 2]
        ),
        ("contract_code,order_id\nA,1", [2]),
    ])
    func `a format nobody named is told by its first byte`(text: String, lines: [Int]) throws {
        #expect(try reading(text, as: "<standard input>").ids.map(\.line) == lines)
    }

    @Test func `a format is told by the extension`() {
        let names = ["a.json", "b.JSON", "c.jsonl", "d.ndjson", "e.csv", "f.v2.txt", "g", "h.xml"]
        #expect(
            names.map { JobFileFormat(fileName: $0) }
                == [.json, .json, .jsonLines, .jsonLines, .csv, .list, nil, nil]
        )
    }

    @Test(arguments: [
        "", "1", "12345678901234567890", "123456789012345678901", "1a", "/", ":", " 1", "-1", "١",
    ])
    func `the readers and the domain agree on what an id is`(text: String) {
        #expect(isOrderID(Array(text.utf8).span) == OrderID.isValid(text.utf8))
    }
}
