import Cancels
import Testing

import HTX

/// The vectors of htx-api 1.2, made with another implementation.
@Suite struct SigningTests {
    private static let keys = Credentials(
        accessKey: "mockkey0-11112222-33334444-55556",
        secretKey: "mocksecret-aaaabbbb-ccccdddd-eeeef"
    )
    private static let path = ProtocolV1.path(of: .cancel([]))
    /// 2026-01-02T03:04:05 UTC.
    private static let second = 1_767_323_045_000 as Int64

    private static func post(
        _ path: String = path,
        host: String = "api.hbdm.com",
        at milliseconds: Int64 = second
    ) -> Signing {
        Signing(method: "POST", host: host, path: path, time: WallTime(milliseconds: milliseconds))
    }

    @Test func `vector A: the whole canonical text and the whole query`() {
        let signing = Self.post()
        let query =
            "AccessKeyId=mockkey0-11112222-33334444-55556&SignatureMethod=HmacSHA256"
            + "&SignatureVersion=2&Timestamp=2026-01-02T03%3A04%3A05"
        #expect(
            signing.canonicalText(accessKey: Self.keys.accessKey)
                == "POST\napi.hbdm.com\n/linear-swap-api/v1/swap_cross_track_cancel\n\(query)"
        )
        #expect(
            signing.signature(with: Self.keys) == "5H8skMVToe/NN2LwMMcbmdJkwxjY/ztoCvgbzae8v0Y="
        )
        #expect(
            signing.signedQuery(with: Self.keys)
                == "\(query)&Signature=5H8skMVToe%2FNN2LwMMcbmdJkwxjY%2FztoCvgbzae8v0Y%3D"
        )
    }

    @Test func `vector B: another host gives another signature`() {
        let signature = Self.post(host: "api.hbdm.vn").signature(with: Self.keys)
        #expect(signature == "0NjfvT2eLJNbm12gaHvXJCnUZonPzlXkKEI4KQzhYQs=")
    }

    @Test func `vector C: plus and slash of a signature are escaped`() {
        let signing = Self.post(at: Self.second + 5_000)
        #expect(
            signing.signature(with: Self.keys) == "ik4Wf3JA+Emhv5k6v/U/Vfpkyall6Re5yaeYfSlUUmI="
        )
        #expect(
            signing.signedQuery(with: Self.keys)
                .hasSuffix("&Signature=ik4Wf3JA%2BEmhv5k6v%2FU%2FVfpkyall6Re5yaeYfSlUUmI%3D")
        )
    }

    @Test func `vector D: the last second of a year`() {
        let signing = Self.post(
            "/linear-swap-api/v1/swap_cross_track_openorders",
            at: 1_798_761_599_000
        )
        #expect(
            signing.signature(with: Self.keys) == "ALPBIQU2Q5wcGjxLscK9ShkM8zEb4LYjnAVVMAKhhBU="
        )
    }

    @Test func `vector E: a GET signs its business parameters too`() {
        let signing = Signing(
            method: "GET",
            host: "api.hbdm.com",
            path: "/v5/algo/order/history",
            parameters: [
                "type": "trailing_stop", "states": "canceled,rejected", "contract_code": "BTC-USDT",
            ],
            time: WallTime(milliseconds: 1_772_236_800_000)
        )
        #expect(
            signing.canonicalText(accessKey: Self.keys.accessKey).hasSuffix(
                "&Timestamp=2026-02-28T00%3A00%3A00&contract_code=BTC-USDT"
                    + "&states=canceled%2Crejected&type=trailing_stop"
            )
        )
        #expect(
            signing.signature(with: Self.keys) == "khoaI8Q33JBZx4dhFCZ0craB7VAiz8jNZaad+RPHI1s="
        )
    }

    @Test func `vector F: the V5 path`() {
        let signature = Self.post("/v5/algo/cancel_orders").signature(with: Self.keys)
        #expect(signature == "lVyo4gu0VnqwDjs7xaaUZ15fiHM3z4OlAmR6NuPusYo=")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00"), (999, "1970-01-01T00:00:00"),
            (1_000, "1970-01-01T00:00:01"),
            (-1, "1969-12-31T23:59:59"), (-1_000, "1969-12-31T23:59:59"),
            (-1_001, "1969-12-31T23:59:58"),
            (951_782_400_000, "2000-02-29T00:00:00"), (1_835_395_199_999, "2028-02-28T23:59:59"),
            (1_835_395_200_000, "2028-02-29T00:00:00"), (4_107_542_400_000, "2100-03-01T00:00:00"),
            (253_402_300_799_999, "9999-12-31T23:59:59"),
        ]
    )
    func `a timestamp is cut to the second, in UTC, without a zone`(
        milliseconds: Int64,
        text: String
    ) {
        #expect(Signing.timestamp(WallTime(milliseconds: milliseconds)) == text)
    }

    @Test func `only unreserved characters stay bare`() {
        #expect(Signing.percentEncoded("AZaz09-._~") == "AZaz09-._~")
        #expect(
            Signing.percentEncoded(" +/=:,&%*!'()\n")
                == "%20%2B%2F%3D%3A%2C%26%25%2A%21%27%28%29%0A"
        )
        #expect(Signing.percentEncoded("é") == "%C3%A9")
    }
}

@Suite struct CredentialsTests {
    private let keys = Credentials(accessKey: "access-abc", secretKey: "secret-xyz")

    @Test func `no way of printing shows a key`() {
        var dumped = ""
        dump([keys], to: &dumped)
        let shown = [
            "\(keys)", String(describing: keys), String(reflecting: keys), "\([keys])",
            "\(["main": keys])",
            "\(Optional(keys) as Any)", "\(Mirror(reflecting: keys).children.map(\.value))", dumped,
        ]
        for text in shown {
            #expect(!text.contains("abc") && !text.contains("xyz"), "\(text)")
        }
    }

    @Test(
        arguments: [
            ("main", "QUASH_ACCESS_KEY", "QUASH_SECRET_KEY"),
            ("desk", "QUASH_DESK_ACCESS_KEY", "QUASH_DESK_SECRET_KEY"),
            ("desk-2", "QUASH_DESK_2_ACCESS_KEY", "QUASH_DESK_2_SECRET_KEY"),
        ]
    )
    func `an account's keys have their names in the environment`(
        account: String,
        access: String,
        secret: String
    ) {
        #expect(Credentials.variables(for: account) == (access, secret))
    }
}
