import HTX
import Testing

@Suite struct ExchangeURLTests {
    @Test(
        arguments: [
            ("https://api.hbdm.com", "api.hbdm.com", "https://api.hbdm.com"),
            ("HTTPS://API.HBDM.com/", "api.hbdm.com", "https://api.hbdm.com"),
            ("https://api.hbdm.com:443", "api.hbdm.com", "https://api.hbdm.com"),
            ("https://api.hbdm.com:0443", "api.hbdm.com", "https://api.hbdm.com"),
            ("https://api.hbdm.com:8443/", "api.hbdm.com:8443", "https://api.hbdm.com:8443"),
            ("https://10.0.0.1:80", "10.0.0.1:80", "https://10.0.0.1:80"),
            ("https://[2001:DB8::1]:8443", "[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
            ("https://exchange_1", "exchange_1", "https://exchange_1"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.8.9.10", "127.8.9.10", "http://127.8.9.10"),
            ("http://localhost:80/", "localhost", "http://localhost"),
            ("http://localhost:443/", "localhost:443", "http://localhost:443"),
            ("http://LocalHost:65535", "localhost:65535", "http://localhost:65535"),
            ("http://[::1]:9000", "[::1]:9000", "http://[::1]:9000"),
            ("http://[0:0:0:0:0:0:0:1]", "[0:0:0:0:0:0:0:1]", "http://[0:0:0:0:0:0:0:1]"),
        ]
    )
    func `a good URL gives the host as it is signed and one spelling of itself`(
        text: String,
        signedHost: String,
        spelling: String
    ) throws {
        let url = try ExchangeURL(text)
        #expect(url.signedHost == signedHost)
        #expect(url.description == spelling)
    }

    @Test(
        arguments: [
            ("", .scheme), ("api.hbdm.com", .scheme), ("ftp://api.hbdm.com", .scheme),
            ("https:/api.hbdm.com", .scheme), ("https:api.hbdm.com", .scheme),
            (" https://api.hbdm.com", .characters), ("https://api.hbdm.com\n", .characters),
            ("https://bücher.example", .characters), ("https://api.hbdm.com\u{0}", .characters),
            ("https://user:pw@api.hbdm.com", .userInfo), ("https://@api.hbdm.com", .userInfo),
            ("http://127.0.0.1@evil.example", .userInfo),
            ("https://api.hbdm.com?", .query), ("https://api.hbdm.com/?a=1", .query),
            ("https://api.hbdm.com#", .query), ("https://api.hbdm.com/#/", .query),
            ("https://api.hbdm.com/v5", .path), ("https://api.hbdm.com//", .path),
            ("https://", .host), ("https:///", .host), ("https://:443", .host),
            ("https://api..com", .host), ("https://api.hbdm.com.", .host), ("https://.com", .host),
            ("https://-a.com", .host), ("https://a-.com", .host), ("https://a%2Fb.com", .host),
            ("https://a\\b.com", .host), ("https://[::1", .host), ("https://[::1%25lo]", .host),
            ("https://[api.hbdm.com]", .host), ("https://[127.0.0.1]", .host),
            ("https://[]", .host),
            ("https://1.2.3", .host), ("https://127.1", .host), ("https://2130706433", .host),
            ("https://1.2.3.256", .host), ("https://1.2.3.4.5", .host),
            ("https://0x7f.0.0.0x1", .host),
            ("https://\(String(repeating: "a", count: 64)).com", .host),
            ("https://api.hbdm.com:", .port), ("https://api.hbdm.com:0", .port),
            ("https://api.hbdm.com:65536", .port), ("https://api.hbdm.com:-1", .port),
            ("https://api.hbdm.com:+1", .port),
            ("https://api.hbdm.com:99999999999999999999", .port),
            ("https://api.hbdm.com:443:443", .port), ("https://[::1]443", .port),
            ("http://api.hbdm.com", .plainText), ("http://10.0.0.1", .plainText),
            ("http://128.0.0.1", .plainText), ("http://localhost.evil.example", .plainText),
            ("http://127.0.0.1.evil.example", .plainText), ("http://[::2]", .plainText),
            ("http://[::ffff:127.0.0.1]", .plainText), ("http://0.0.0.0", .plainText),
        ] as [(String, ExchangeURL.Refusal)]
    )
    func `a bad URL is refused for what is wrong with it`(
        text: String,
        refusal: ExchangeURL.Refusal
    ) {
        #expect(throws: refusal) { try ExchangeURL(text) }
    }

    @Test(arguments: ExchangeURL.Refusal.allCases)
    func `each refusal is one sentence`(refusal: ExchangeURL.Refusal) {
        #expect(refusal.description.hasSuffix("."))
        #expect(refusal.description.first?.isUppercase == true)
    }
}
