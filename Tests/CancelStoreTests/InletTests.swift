import CancelStore
import TestSupport
import Testing

/// The SQL inlet, from a connection with SQLite's defaults: what is accepted and what is refused.
@Suite struct InletTests {
    private let fixture: Fixture
    private let shell: Shell

    init() throws {
        fixture = try Fixture()
        shell = try Shell(fixture.path)
        try shell.run(
            """
            INSERT INTO job (contract_code, order_ids, dedup_key) VALUES ('BTC-USDT', '5', 'k')
            """
        )
    }

    private static let mixed =
        "job: order_ids is neither digits separated by commas "
        + "nor a JSON array of strings or integers"
    private static let blank = "job: order_ids has a blank inside an id; separate ids by commas"
    private static let gap =
        "job: order_ids has an empty element; look for two commas in a row or one at an end"
    private static let digits = "cancel: an order id is 1 to 20 digits, as the exchange writes it"
    private static let capitals =
        "job: a contract is 1 to 64 capital letters, digits and hyphens, such as BTC-USDT"

    /// Columns, values, sentence.
    static let refusals: [(String, String, String)] = [
        ("contract_code, order_ids", "'BTC-USDT', '1 ['", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '1['", mixed),
        ("contract_code, order_ids", "'BTC-USDT', ']1'", mixed),
        ("order_ids", "'1'", "job: no contract; give contract_code, or pair and contract_type"),
        (
            "pair, order_ids", "'BTC-USDT', '1'",
            "job: half a contract; pair and contract_type go together"
        ),
        (
            "contract_type, order_ids", "'swap', '1'",
            "job: half a contract; pair and contract_type go together"
        ),
        (
            "contract_code, pair, order_ids", "'BTC-USDT', 'BTC-USDT', '1'",
            "job: half a contract; pair and contract_type go together"
        ),
        (
            "account, contract_code, order_ids", "'nobody', 'BTC-USDT', '1'",
            "job: unknown account; declare it with: quash account add NAME"
        ),
        (
            "account, contract_code, order_ids", "NULL, 'BTC-USDT', '1'",
            "job: unknown account; declare it with: quash account add NAME"
        ),
        (
            "contract_code, order_ids", "'btc-USDT', '1'",
            "job: contract in lower case; write it as the exchange does, such as BTC-USDT"
        ),
        (
            "pair, contract_type, order_ids", "'btc-usdt', 'swap', '1'",
            "job: contract in lower case; write it as the exchange does, such as BTC-USDT"
        ),
        ("contract_code, order_ids", "'', '1'", capitals),
        ("contract_code, order_ids", "'BTC_USDT', '1'", capitals),
        ("contract_code, order_ids", "'BTC-USDT' || char(0) || 'X', '1'", capitals),
        (
            "pair, contract_type, order_ids", "'BTC-USDT', 'monthly', '1'",
            "job: contract_type is one of swap, this_week, next_week, quarter, next_quarter"
        ),
        (
            "contract_code, order_ids, not_after_ms", "'BTC-USDT', '1', 5",
            "job: not_after_ms lies before queued_at_ms; such a job could never be sent"
        ),
        (
            "contract_code, order_ids, not_before_ms, not_after_ms",
            "'BTC-USDT', '1', 99999999999999, 99999999999998",
            "job: not_after_ms lies before not_before_ms; such a job could never be sent"
        ),
        (
            "contract_code, order_ids, dedup_key", "'BTC-USDT', '1', 'k'",
            "job: that dedup_key was queued before; nothing was queued twice"
        ),
        (
            "id, contract_code, order_ids", "1, 'BTC-USDT', '1'",
            "job: leave id out; the database assigns it"
        ),
        (
            "contract_code, order_ids, standing", "'BTC-USDT', '1', 'ready'",
            "job: target_id and standing are the database's own; leave them out"
        ),
        (
            "contract_code", "'BTC-USDT'",
            "job: order_ids is missing; give ids separated by commas, or a JSON array"
        ),
        ("contract_code, order_ids", "'BTC-USDT', ''", "job: order_ids is empty"),
        ("contract_code, order_ids", "'BTC-USDT', '  '", "job: order_ids is empty"),
        ("contract_code, order_ids", "'BTC-USDT', '[]'", "job: order_ids is empty"),
        ("contract_code, order_ids", "'BTC-USDT', '1,,2'", gap),
        ("contract_code, order_ids", "'BTC-USDT', ',1'", gap),
        ("contract_code, order_ids", "'BTC-USDT', '1, '", gap),
        ("contract_code, order_ids", "'BTC-USDT', '[1,]'", gap),
        ("contract_code, order_ids", "'BTC-USDT', '[\"1\",\"\"]'", gap),
        ("contract_code, order_ids", "'BTC-USDT', '1 2'", blank),
        ("contract_code, order_ids", "'BTC-USDT', '[\"1 2\"]'", blank),
        ("contract_code, order_ids", "'BTC-USDT', '82605X'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '1;2'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '-1'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '[1.5]'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '[1e5]'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '[1'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '1]'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '['", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '[[1]]'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '{\"a\":1}'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '\"1\"'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '<1>'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '1' || char(0) || '2'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '١٢'", mixed),
        ("contract_code, order_ids", "'BTC-USDT', '123456789012345678901'", digits),
        ("contract_code, order_ids", "'BTC-USDT', '[\"1,2\"]'", digits),
        ("contract_code, order_ids", "'BTC-USDT', '[\"1\"\"2\"]'", digits),
        ("contract_code, order_ids", "'BTC-USDT', '[1 \"2\"]'", digits),
        ("contract_code, order_ids", "'BTC-USDT', '[\"1]'", digits),
    ]

    @Test(arguments: refusals, ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"])
    func `a bad job is refused with its sentence, and nothing of it is stored`(
        refusal: (String, String, String),
        verb: String
    ) throws {
        let (columns, values, sentence) = refusal
        let before = try contents()
        #expect(shell.refusal(of: "\(verb) INTO job (\(columns)) VALUES (\(values))") == sentence)
        #expect(try contents() == before)
    }

    /// What a tool may write as an order id, and the text that is then stored; nil where it is refused.
    static let orderIDs: [(String, String?)] = [
        ("'1192021437253877761'", "1192021437253877761"), ("'0'", "0"), ("'007'", "007"),
        ("'9223372036854775807'", "9223372036854775807"),
        ("'9223372036854775808'", "9223372036854775808"),
        ("'99999999999999999999'", "99999999999999999999"), ("6", "6"),
        ("9223372036854775807", "9223372036854775807"),
        ("'123456789012345678901'", nil), ("''", nil), ("NULL", nil), ("'+6'", nil), ("'-6'", nil),
        ("-6", nil), ("' 6'", nil), ("'6 '", nil), ("'6' || char(10)", nil), ("'6.0'", nil),
        ("6.5", nil), ("'1e3'", nil), ("'0x10'", nil), ("'６'", nil), ("'6a'", nil),
        ("'6' || char(0)", nil), ("'6' || char(0) || '7'", nil),
    ]

    @Test(arguments: orderIDs)
    func `an order id that a tool inserts by itself is digits, whatever number they make`(
        given: String,
        stored: String?
    ) throws {
        let before = try contents()
        let refusal = shell.refusal(
            of: "INSERT INTO cancel (job_id, order_id) VALUES (1, \(given))"
        )
        if let stored {
            #expect(refusal == nil)
            let found = try shell.texts("SELECT order_id FROM cancel WHERE id = 2")
            #expect(found == [stored])
        } else {
            #expect(refusal == Self.digits)
            #expect(try contents() == before)
        }
    }

    @Test func `digits in a blob are no order id`() throws {
        let before = try contents()
        #expect(
            shell.refusal(of: "INSERT INTO cancel (job_id, order_id) VALUES (1, x'36')")
                == "cannot store BLOB value in TEXT column cancel.order_id"
        )
        #expect(try contents() == before)
    }

    /// All that a refused insert could have changed.
    private func contents() throws -> [String] {
        try shell.texts(
            """
            SELECT id || order_ids || account || coalesce(contract_code, '') || standing FROM job
            UNION ALL SELECT id || order_id || state FROM cancel
            UNION ALL SELECT id || selector FROM target
            """
        )
    }

    @Test(
        arguments: [
            (
                "'826053970168446976,826052906719444993'",
                ["826053970168446976", "826052906719444993"]
            ),
            ("' 1 , 2,3 '", ["1", "2", "3"]),
            ("'1,' || char(10) || '2,' || char(9, 13, 10) || '3'", ["1", "2", "3"]),
            (
                "'[\"1192021437253877761\", 1192021437253877762]'",
                ["1192021437253877761", "1192021437253877762"]
            ),
            ("'[ 99999999999999999999 ]'", ["99999999999999999999"]),
            ("'2,1,2,1'", ["2", "1"]),
            ("'007,7'", ["007", "7"]),
            ("1192021437253877761", ["1192021437253877761"]),
        ]
    )
    func `good ids come through digit for digit, each once`(values: String, ids: [String]) throws {
        try shell.run("INSERT INTO job (contract_code, order_ids) VALUES ('ETH-USDT', \(values))")
        #expect(
            try shell.texts("SELECT order_id FROM cancel WHERE job_id = 2 ORDER BY id") == ids
        )
    }

    @Test func `contract_code wins over a pair`() throws {
        try shell.run(
            """
            INSERT INTO job (contract_code, pair, contract_type, order_ids)
            VALUES ('BTC-USDT-261225', 'BTC-USDT', 'quarter', '9')
            """
        )
        #expect(
            try shell.texts("SELECT contract FROM v_job WHERE job_id = 2") == ["BTC-USDT-261225"]
        )
    }

    @Test func `ids may be added row by row, and the same id twice is folded`() throws {
        for verb in ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"] {
            try shell.run(
                "\(verb) INTO cancel (job_id, order_id) VALUES (1, '5'), (1, '6'), (1, '6')"
            )
        }
        #expect(try shell.texts("SELECT order_id FROM cancel ORDER BY id") == ["5", "6"])
    }

    @Test(
        arguments: [
            ("(job_id, order_id) VALUES (99, '1')", "cancel: unknown job; insert the job first"),
            ("(job_id, order_id) VALUES (1, 'x')", digits),
            ("(job_id, order_id) VALUES (1, '')", digits),
            ("(job_id, order_id) VALUES (1, '1' || char(0))", digits),
            ("(job_id, order_id) VALUES (1, NULL)", digits),
            (
                "(id, job_id, order_id) VALUES (1, 1, '7')",
                "cancel: leave id out; the database assigns it"
            ),
            (
                "(job_id, order_id, state) VALUES (1, '7', 'cancelled')",
                "cancel: only job_id and order_id are given; the rest is the database's own"
            ),
            (
                "(job_id, order_id, round) VALUES (1, '7', 2)",
                "cancel: only job_id and order_id are given; the rest is the database's own"
            ),
        ],
        ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"]
    )
    func `a bad row of cancel is refused`(refusal: (String, String), verb: String) throws {
        let before = try contents()
        #expect(shell.refusal(of: "\(verb) INTO cancel \(refusal.0)") == refusal.1)
        #expect(try contents() == before)
    }

    @Test func `what is refused in the middle of an insert takes the rest with it`() throws {
        #expect(
            shell.refusal(
                of: """
                    INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', '1'), ('BTC-USDT', 'x')
                    """
            ) == Self.mixed
        )
        #expect(try shell.number("SELECT count(*) FROM job") == 1)
    }

    @Test func `an insert rolls back with its own transaction`() throws {
        try shell.run(
            "BEGIN; INSERT INTO job (contract_code, order_ids) VALUES ('X', '1'); ROLLBACK"
        )
        #expect(try shell.number("SELECT count(*) FROM job") == 1)
    }

    @Test func `adding an id to a job that was idle makes it ready`() throws {
        try shell.run("UPDATE job SET standing = 'idle' WHERE id = 1")
        try shell.run("INSERT INTO cancel (job_id, order_id) VALUES (1, '6')")
        #expect(try shell.texts("SELECT standing FROM job") == ["ready"])
    }

    @Test func `accounts are named so that an environment variable can be`() {
        let sentence =
            "account: a name is 1 to 32 lower-case letters, digits and underscores, "
            + "and starts with a letter"
        for name in ["''", "'Main'", "'1a'", "'a-b'", "'a b'", "'a' || char(0)", "NULL"] {
            for verb in ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"] {
                #expect(
                    shell.refusal(of: "\(verb) INTO account (name) VALUES (\(name))") == sentence
                )
            }
        }
        #expect(
            shell.refusal(of: "INSERT OR REPLACE INTO account (name) VALUES ('main')")
                == "account: that name exists already"
        )
        #expect(shell.refusal(of: "INSERT INTO account (name) VALUES ('desk_2')") == nil)
    }
}
