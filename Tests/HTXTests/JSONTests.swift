import Testing

import HTX

@Suite struct JSONTests {
    private func json(_ text: String) -> JSON? { JSON(Array(text.utf8)) }

    @Test func `every kind of value is read, and numbers keep their text`() {
        let text =
            #" {"a":[1192021437253877761,-0.50e+10,0],"b":{"c":null},"d":true,"e":false,"":"x"} "#
        #expect(
            json(text)
                == .object([
                    "a": .array([
                        .number("1192021437253877761"), .number("-0.50e+10"), .number("0"),
                    ]),
                    "b": .object(["c": .null]), "d": .bool(true), "e": .bool(false),
                    "": .string("x"),
                ])
        )
    }

    @Test(
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9é\uD83D\uDE00""#, "éé😀"),
            (#""\u0000""#, "\u{0}"), (#""校验失败""#, "校验失败"), (#""""#, ""),
        ]
    )
    func `strings are unescaped`(text: String, value: String) {
        #expect(json(text) == .string(value))
    }

    @Test(
        arguments: [
            "", " ", "nul", "truex", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{,}", #"{"a"}"#,
            #"{"a":}"#,
            #"{"a":1,}"#, "{a:1}", "{1:1}", "'a'", "01", "-", "-a", "1.", ".5", "1e", "1e+", "+1",
            "NaN", "Infinity",
            "1 2", #""a"#, #""\x""#, #""\u12""#, #""\u12g4""#, #""\uD83D""#, #""\uD83Dx""#,
            #""\uD83D\u0041""#,
            #""\uDE00""#, "\"\n\"", "\"\u{0}\"", "\u{FEFF}{}", "{}\u{0}", "<html>",
            #"{"a":1,"a":1}"#,
            #"{"a":1,"\u0061":2}"#, "// x\n{}",
        ]
    )
    func `what RFC 8259 does not allow, and a key named twice, is no document`(text: String) {
        #expect(json(text) == nil)
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE6, 0xA0],
        ] as [[UInt8]]
    )
    func `bytes that are no UTF-8 are no document`(bytes: [UInt8]) {
        let quote = [UInt8(ascii: "\"")]
        #expect(JSON(quote + bytes + quote) == nil)
    }

    @Test func `nesting is bounded, however deep the input`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(json(nested(JSON.maximumDepth)) != nil)
        #expect(json(nested(JSON.maximumDepth + 1)) == nil)
        #expect(json(nested(500_000)) == nil)
        #expect(json(String(repeating: #"{"a":"#, count: 100_000)) == nil)
    }
}
