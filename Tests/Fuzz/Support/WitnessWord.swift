/// A word of JSON (RFC 8259), as the second reader tells them apart.
enum WitnessWord {
    case open(Unicode.Scalar)
    case close(Unicode.Scalar)
    case comma
    case colon
    case leaf(Witness)

    /// All words of a text in UTF-8; nil where something is none.
    static func words(in text: Bytes) -> [WitnessWord]? {
        guard let whole = String(validating: text, as: UTF8.self) else { return nil }
        var rest = Substring(whole).unicodeScalars
        var words: [WitnessWord] = []
        while let scalar = rest.popFirst() {
            switch scalar {
            case " ", "\t", "\n", "\r": continue
            case "[", "{": words.append(.open(scalar))
            case "]", "}": words.append(.close(scalar))
            case ",": words.append(.comma)
            case ":": words.append(.colon)
            case "\"":
                guard let text = string(&rest) else { return nil }
                words.append(.leaf(.text(text)))
            default:
                guard let leaf = bare(scalar, &rest) else { return nil }
                words.append(.leaf(leaf))
            }
        }
        return words
    }

    /// A string whose opening quote is behind.
    private static func string(_ rest: inout Substring.UnicodeScalarView) -> Bytes? {
        var text: Bytes = []
        var high: UInt32?
        while let scalar = rest.popFirst() {
            var code = scalar.value
            var isHalf = false
            switch scalar {
            case "\"": return high == nil ? text : nil
            case "\\":
                guard let escape = escape(&rest) else { return nil }
                (code, isHalf) = (escape, (0xD800...0xDFFF).contains(escape))
            case "\0"..."\u{1F}": return nil
            default: break
            }
            if let first = high {
                guard isHalf, code >= 0xDC00 else { return nil }
                code = 0x10000 + (first - 0xD800) * 0x400 + (code - 0xDC00)
                (high, isHalf) = (nil, false)
            }
            if isHalf {
                guard code < 0xDC00 else { return nil }
                high = code
            } else if let whole = Unicode.Scalar(code) {
                text.append(contentsOf: UTF8.encode(whole) ?? .init())
            }
        }
        return nil
    }

    private static func escape(_ rest: inout Substring.UnicodeScalarView) -> UInt32? {
        switch rest.popFirst() {
        case "\""?: return 0x22
        case "\\"?: return 0x5C
        case "/"?: return 0x2F
        case "b"?: return 8
        case "f"?: return 12
        case "n"?: return 10
        case "r"?: return 13
        case "t"?: return 9
        case "u"?:
            let digits = rest.prefix(4)
            guard digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else {
                return nil
            }
            rest.removeFirst(4)
            return UInt32(String(digits), radix: 16)
        default: return nil
        }
    }

    /// A number or a word without quotes, of which the first scalar is behind.
    private static func bare(
        _ first: Unicode.Scalar,
        _ rest: inout Substring.UnicodeScalarView
    ) -> Witness? {
        var word = String.UnicodeScalarView([first])
        while let scalar = rest.first, !endsWord(scalar) {
            word.append(scalar)
            rest.removeFirst()
        }
        let text = Bytes(String(word).utf8)
        switch String(word) {
        case "null": return .null
        case "true", "false": return .bool
        default: return isNumber(text) ? .number(text) : nil
        }
    }

    private static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\n", "\r", ",", ":", "[", "]", "{", "}", "\"": true
        default: false
        }
    }

    /// By splitting at the exponent and the point: a whole part, a fraction, a power.
    private static func isNumber(_ text: Bytes) -> Bool {
        func areDigits(_ part: some Collection<UInt8>) -> Bool {
            !part.isEmpty && part.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        }
        let isNegative = text.first == UInt8(ascii: "-")
        let parts = (isNegative ? text.dropFirst() : text[...])
            .split(maxSplits: 1, omittingEmptySubsequences: false) { $0 | 0x20 == 0x65 }
        if parts.count == 2 {
            let isSigned = parts[1].first.map { $0 == 0x2B || $0 == 0x2D } ?? false
            guard areDigits(isSigned ? parts[1].dropFirst() : parts[1]) else { return false }
        }
        let halves = parts[0].split(
            separator: UInt8(ascii: "."),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard halves.allSatisfy(areDigits) else { return false }
        return halves[0].count == 1 || halves[0].first != UInt8(ascii: "0")
    }
}
