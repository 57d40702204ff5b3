import HTX
import Testing

@Suite struct AccountHintTests {
    @Test func `every code of an account has advice, and no other`() {
        for row in CodeTable.rows {
            let hint = AccountHint.hint(for: row.code, message: nil)
            #expect((hint != nil) == (row.meaningClass == .account), "\(row.code)")
            #expect(hint?.isEmpty != true, "\(row.code)")
        }
        #expect(AccountHint.hint(for: nil, message: "signature") == nil)
        #expect(AccountHint.hint(for: "9999", message: "signature") == nil)
    }

    @Test(
        arguments: [
            ("403", "Verification failure [校验失败]", "secret key"),
            ("403", "Incorrect Access key [Access key错误]", "check the access key"),
            ("403", "Incorrect IP address [IP地址错误]:203.0.113.9", "public address"),
            ("403", "API key has no permission", "right to trade"),
            ("403", "Invalid Timestamp", "timedatectl"),
            ("12001", "Invalid timestamp", "timedatectl"),
            ("12005", "Incorrect IP address", "public address"),
            ("1510", "unified account", "migration"), ("4002", "", "migration"),
            ("6002", "", "migration"), ("6023", "", "migration"),
            ("1100", "no right", "right to trade"), ("1350", "kyc", "KYC"), ("50001", "kyc", "KYC"),
        ]
    )
    func `the advice fits the trouble`(code: String, message: String, words: String) throws {
        let hint = try #require(AccountHint.hint(for: code, message: message))
        #expect(hint.contains(words), "\(hint)")
    }

    @Test func `what our own words already say of the clock is not said twice`() {
        let said = "Invalid timestamp; this machine's clock is 361 s behind the exchange's; set it"
        #expect(AccountHint.hint(for: "12001", message: said) == nil)
    }
}
