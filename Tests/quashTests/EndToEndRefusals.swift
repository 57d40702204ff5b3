/// The refusals of the SQL surface, each with its sentence (design 4).
enum Refused {
    private static let contract = "job: no contract; give contract_code, or pair and contract_type"
    private static let half = "job: half a contract; pair and contract_type go together"
    private static let lower =
        "job: contract in lower case; write it as the exchange does, such as BTC-USDT"
    private static let capitals =
        "job: a contract is 1 to 64 capital letters, digits and hyphens, such as BTC-USDT"
    private static let account = "job: unknown account; declare it with: quash account add NAME"
    private static let form =
        "job: order_ids is neither digits separated by commas nor a JSON array of strings or integers"
    private static let gap =
        "job: order_ids has an empty element; look for two commas in a row or one at an end"
    private static let blank = "job: order_ids has a blank inside an id; separate ids by commas"
    private static let empty = "job: order_ids is empty"
    private static let digits = "cancel: an order id is 1 to 20 digits, as the exchange writes it"

    /// Jobs: what is inserted, and the sentence.
    static let jobs: [(into: String, sentence: String)] =
        [
            ("job (order_ids) VALUES ('1')", contract),
            ("job (pair, order_ids) VALUES ('BTC-USDT', '1')", half),
            ("job (contract_type, order_ids) VALUES ('swap', '1')", half),
            ("job (contract_code, pair, order_ids) VALUES ('BTC-USDT', 'BTC-USDT', '1')", half),
            ("job (account, contract_code, order_ids) VALUES ('nobody', 'BTC-USDT', '1')", account),
            ("job (account, contract_code, order_ids) VALUES (NULL, 'BTC-USDT', '1')", account),
            ("job (contract_code, order_ids) VALUES ('Btc-USDT', '1')", lower),
            ("job (pair, contract_type, order_ids) VALUES ('btc-usdt', 'swap', '1')", lower),
            ("job (contract_code, order_ids) VALUES ('BTC/USDT', '1')", capitals),
            ("job (contract_code, order_ids) VALUES ('', '1')", capitals),
            (
                "job (pair, contract_type, order_ids) VALUES ('BTC-USDT', 'next_year', '1')",
                "job: contract_type is one of swap, this_week, next_week, quarter, next_quarter"
            ),
            (
                "job (contract_code, order_ids, not_after_ms) VALUES ('BTC-USDT', '1', 1)",
                "job: not_after_ms lies before queued_at_ms; such a job could never be sent"
            ),
            (
                "job (contract_code, order_ids, not_before_ms, not_after_ms) "
                    + "VALUES ('BTC-USDT', '1', 9000000000001, 9000000000000)",
                "job: not_after_ms lies before not_before_ms; such a job could never be sent"
            ),
            (
                "job (contract_code, order_ids, dedup_key) VALUES ('BTC-USDT', '1', 'taken')",
                "job: that dedup_key was queued before; nothing was queued twice"
            ),
            (
                "job (id, contract_code, order_ids) VALUES (1, 'BTC-USDT', '1')",
                "job: leave id out; the database assigns it"
            ),
            (
                "job (contract_code, order_ids, standing) VALUES ('BTC-USDT', '1', 'closed')",
                "job: target_id and standing are the database's own; leave them out"
            ),
            (
                "job (contract_code) VALUES ('BTC-USDT')",
                "job: order_ids is missing; give ids separated by commas, or a JSON array"
            ),
        ]
        + lists.map { ("job (contract_code, order_ids) VALUES ('BTC-USDT', \($0.0))", $0.1) }

    /// Lists of ids, as SQL, and the sentence.
    private static let lists: [(String, String)] =
        ["''", "' '", "char(10)", "'[]'", "' [ ] '"].map { ($0, empty) }
        + ["'1,,2'", "',1'", "'1,'", "','", "'[1,]'", "'[\"\"]'", "'[1,\"\",2]'"].map { ($0, gap) }
        + ["'1 2'", "'1' || char(10) || '2'", "'[1 2]'", "'[\"1 2\"]'"].map { ($0, blank) }
        + [
            "'x'", "'1;2'", "'-1'", "'+1'", "'1.0'", "'[1e3]'", "'0x10'", "'[1'", "'1]'", "'[[1]]'",
            "'{\"order_id\":1}'", "'\"1\"'", "'[null]'", "'[true]'", "'1' || char(0)", "'１'",
        ].map { ($0, form) }
        + ["'123456789012345678901'", "'[\"1,2\"]'", "'[\"1\"\"2\"]'", "'[\"1]'"].map {
            ($0, digits)
        }

    /// Rows of other tables: what is inserted, and the sentence.
    static let others: [(into: String, sentence: String)] = [
        ("cancel (job_id, order_id) VALUES (99, '1')", "cancel: unknown job; insert the job first"),
        ("cancel (job_id, order_id) VALUES (1, '')", digits),
        ("cancel (job_id, order_id) VALUES (1, NULL)", digits),
        ("cancel (job_id, order_id) VALUES (1, '12a')", digits),
        ("cancel (job_id, order_id) VALUES (1, '123456789012345678901')", digits),
        (
            "cancel (id, job_id, order_id) VALUES (1, 1, '1')",
            "cancel: leave id out; the database assigns it"
        ),
        (
            "cancel (job_id, order_id, state) VALUES (1, '1', 'cancelled')",
            "cancel: only job_id and order_id are given; the rest is the database's own"
        ),
        (
            "account (name) VALUES ('main')",
            "account: that name exists already"
        ),
        (
            "account (name) VALUES ('Desk 2')",
            "account: a name is 1 to 32 lower-case letters, digits and underscores, and starts "
                + "with a letter"
        ),
        (
            "act (kind, account) VALUES ('stop', 'main')",
            "act: kind is one of pause, resume, retry, withdraw"
        ),
        ("act (kind, account) VALUES ('pause', 'nobody')", "act: unknown account"),
    ]

    /// Tables, and the sentence for a row that is there already.
    static let rows: [(table: String, again: String)] = [
        ("account", "account: that name exists already"),
        ("target", "target: that row exists already"),
        ("runner", "runner: that row exists already"),
        ("job", "job: leave id out; the database assigns it"),
        ("cancel", "cancel: leave id out; the database assigns it"),
        ("tally", "tally: rows are kept by the database itself"),
        ("bucket", "bucket: that row exists already"),
        ("token", "token: that row exists already"),
        ("request", "request: leave id out; the database assigns it"),
        ("answer", "answer: that id exists already, or that request has its answer"),
        ("attempt", "attempt: that row exists already"),
        ("event", "event: leave id out; the database assigns it"),
        ("act", "act: leave id out; the database assigns it"),
    ]

    /// Changes, and the sentence.
    static let changes: [(change: String, sentence: String)] = [
        ("account SET name = 'x'", "account: a name and the time it was added never change"),
        ("target SET selector = 'x'", "target: rows never change"),
        ("runner SET pid = 1", "runner: only the heartbeat and the time of its stop change"),
        ("job SET priority = 9", "job: what was queued never changes; queue another job"),
        ("job SET id = 9", "job: what was queued never changes; queue another job"),
        (
            "cancel SET state = 'pending'",
            "cancel: a final state never changes; a retry opens the next round"
        ),
        (
            "cancel SET order_id = '1'",
            "cancel: a final state never changes; a retry opens the next round"
        ),
        ("bucket SET account = 'x'", "bucket: account and endpoint never change"),
        ("token SET slot = 9", "token: account, endpoint and slot never change"),
        ("request SET granted_ns = 0", "request: history never changes"),
        ("answer SET body = NULL", "answer: history never changes"),
        ("attempt SET outcome = 'accepted'", "attempt: history never changes"),
        ("event SET reason = 'x'", "event: history never changes"),
        ("act SET reason = 'x'", "act: history never changes"),
    ]

    /// Tables, and the sentence for a deletion.
    static let deletions: [(table: String, sentence: String)] = [
        ("account", "account: accounts are kept, since jobs and requests name them"),
        ("target", "target: rows are kept, since jobs and requests name them"),
        ("runner", "runner: rows are kept, since requests name them"),
        ("job", "job: jobs are kept for the audit"),
        ("cancel", "cancel: rows are kept for the audit"),
        ("tally", "tally: rows are kept by the database itself"),
        ("bucket", "bucket: rows are kept, since the limit rests on them"),
        ("token", "token: rows are kept, since the limit rests on them"),
        ("request", "request: history is never deleted"),
        ("answer", "answer: history is never deleted"),
        ("attempt", "attempt: history is never deleted"),
        ("event", "event: history is never deleted"),
        ("act", "act: history is never deleted"),
    ]
}
