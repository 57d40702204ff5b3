import Testing

import Sandbox

@Suite struct SignedCallTests {
    private let body = Stage.body(["1"])

    /// What a request with this query is told, an ordinary answer being nil.
    private func code(
        _ query: String,
        host: String = Vector.host,
        laterMs: Int64 = 0
    ) throws -> (code: Int, message: String)? {
        let stage = try Stage()
        stage.clock.stepWall(ms: laterMs)
        let answer = try Answer(stage.send(query: query, host: host, body: body))
        #expect((answer.status == "error") == (answer.err_code != nil))
        return answer.err_code.map { ($0, answer.err_msg ?? "") }
    }

    private func isVerificationFailure(_ refusal: (code: Int, message: String)?) -> Bool {
        refusal?.code == 403 && refusal?.message == "Verification failure [校验失败]"
    }

    @Test func `vector A is accepted, its body being free`() throws {
        #expect(try code(Vector.a) == nil)
    }

    @Test func `vector B is accepted for its own host only`() throws {
        #expect(try code(Vector.b, host: "api.hbdm.vn") == nil)
        #expect(isVerificationFailure(try code(Vector.b)))
        #expect(isVerificationFailure(try code(Vector.a, host: "api.hbdm.vn")))
    }

    @Test func `the host counts with its port and without its case`() throws {
        #expect(try code(Vector.a, host: "API.hbdm.COM") == nil)
        #expect(isVerificationFailure(try code(Vector.a, host: "api.hbdm.com:443")))
        let signed = "&Signature=SszQaeRUaW7AxUAdV6oHAOoS6E4we9%2FXLJXyfNdOWmA%3D"
        #expect(try code(Vector.query + signed, host: "127.0.0.1:8080") == nil)
    }

    @Test(arguments: [
        "ik4Wf3JA%2BEmhv5k6v%2FU%2FVfpkyall6Re5yaeYfSlUUmI%3D",
        "ik4Wf3JA%2BEmhv5k6v/U/Vfpkyall6Re5yaeYfSlUUmI%3D",
    ])
    func `vector C is accepted with its slashes encoded or bare`(signature: String) throws {
        #expect(try code(Vector.cUnsigned + signature) == nil)
    }

    @Test(arguments: [
        "ik4Wf3JA+Emhv5k6v%2FU%2FVfpkyall6Re5yaeYfSlUUmI%3D",
        "ik4Wf3JA%2bEmhv5k6v%2fU%2fVfpkyall6Re5yaeYfSlUUmI%3d",
        "ik4Wf3JA%2BEmhv5k6v%2FU%2FVfpkyall6Re5yaeYfSlUUmI=",
        "ik4Wf3JA%2BEmhv5k6v%2FU%2FVfpkyall6Re5yaeYfSlUUmJ%3D",
        "ik4Wf3JA%2BEmhv5k6v%2FU%2FVfpkyall6Re5yaeYfSlUUm",
        "%zz",
        "",
    ])
    func `a signature with a bare plus, lower-case hex, bare padding or other bytes fails`(
        signature: String
    ) throws {
        #expect(isVerificationFailure(try code(Vector.cUnsigned + signature)))
    }

    @Test func `lower-case hex fails even where it was signed that way`() throws {
        let query = Vector.query.replacing("%3A", with: "%3a")
        let signedLower = "&Signature=p2am5bSt922X00MmMACOjGolhGnOibVishx5f1qzJs4%3D"
        let signedUpper = "&Signature=5H8skMVToe%2FNN2LwMMcbmdJkwxjY%2FztoCvgbzae8v0Y%3D"
        #expect(isVerificationFailure(try code(query + signedLower)))
        #expect(isVerificationFailure(try code(query + signedUpper)))
    }

    @Test func `a bare plus in a signed value fails even where it was signed that way`() throws {
        let signed = "&note=a+b&Signature=BDXVm%2FM32Q0D6RyPKOs5T2vI1wzrZMbKhUMt0gX45Dk%3D"
        #expect(isVerificationFailure(try code(Vector.query + signed)))
    }

    @Test func `escaping what need not be escaped fails`() throws {
        #expect(isVerificationFailure(try code(Vector.a.replacing("=mock", with: "=%6Dock"))))
        #expect(isVerificationFailure(try code(Vector.a.replacing("-01-", with: "%2D01-"))))
    }

    @Test func `bare colons fail`() throws {
        #expect(isVerificationFailure(try code(Vector.a.replacing("%3A", with: ":"))))
    }

    @Test func `the order of the fields is free, for the exchange sorts them`() throws {
        let shuffled = Vector.a.split(separator: "&").reversed().joined(separator: "&")
        #expect(try code(shuffled) == nil)
    }

    @Test func `fields beyond the four are signed as well`() throws {
        let signature = "&Signature=%2BQQJPf3bn%2BWwRC56RsagZBi3N6xoUMFQt9j8JZsp5bo%3D"
        #expect(try code(Vector.query + "&contract_code=BTC-USDT" + signature) == nil)
        #expect(isVerificationFailure(try code(Vector.query + signature)))
    }

    @Test func `a field given twice fails`() throws {
        #expect(isVerificationFailure(try code(Vector.a + "&Timestamp=2026-01-02T03%3A04%3A05")))
    }

    @Test func `a key nobody has is told so`() throws {
        let refusal = try code(Vector.a.replacing("mockkey0", with: "mockkey9"))
        #expect(refusal?.code == 403)
        #expect(refusal?.message == "Incorrect Access key [Access key错误]")
        #expect(try code("")?.message == "Incorrect Access key [Access key错误]")
    }

    @Test func `another account's signature fails`() throws {
        #expect(
            isVerificationFailure(
                try code(
                    Vector.ofOther.replacing(
                        Vector.other.accessKey,
                        with: Vector.main.accessKey
                    )
                )
            )
        )
    }

    @Test func `five minutes of skew pass either way and a second more does not`() throws {
        #expect(try code(Vector.a, laterMs: 300_000) == nil)
        #expect(try code(Vector.a, laterMs: -300_000) == nil)
        #expect(try code(Vector.a, laterMs: 300_001)?.code == 12001)
        #expect(try code(Vector.a, laterMs: -300_001)?.code == 12001)
    }

    @Test func `a timestamp in another form is refused although it is signed`() throws {
        let query = Vector.query(
            key: Vector.main.accessKey,
            timestamp: "2026-01-02T03%3A04%3A05Z"
        )
        let signature = "&Signature=o4MS%2Be75fqPXir6f3IPnJmwO6W5vh813R4f%2Bt%2F5wglQ%3D"
        #expect(try code(query + signature)?.code == 12001)
    }

    @Test func `another version or method has a code of its own`() throws {
        let query = Vector.query(key: Vector.main.accessKey, version: "1")
        let signature = "&Signature=tkx5jstJfipsPYoNplXfOzJ0KK30Yu%2Bd8ycejuPA3y8%3D"
        #expect(try code(query + signature)?.code == 12002)
        #expect(try code(Vector.a.replacing("HmacSHA256", with: "HmacSHA1"))?.code == 12003)
    }
}
