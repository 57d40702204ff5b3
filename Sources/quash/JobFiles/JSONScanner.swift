/// The words of JSON (RFC 8259): blanks, marks, strings, numbers.
///
/// What they mean is `JSONReader`'s business.
struct JSONScanner {
    /// The last string or number; in a string the escapes are resolved.
    private(set) var text = Text()
    private var bytes: ByteReader
    /// Whether a line feed ends what is read, as in JSON lines.
    private let lines: Bool

    /// Scans these bytes, which are a file from its start.
    init(_ bytes: ByteReader, lines: Bool) {
        self.bytes = bytes
        self.lines = lines
    }

    /// The line of the next byte.
    var line: Int { bytes.line }

    /// The next byte that is not blank, which stays; nil at the end of the file, or of the line.
    mutating func next() throws -> UInt8? {
        while let byte = try bytes.peek() {
            switch byte {
            case UInt8(ascii: "\n") where lines: return nil
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                bytes.skip()
            default: return byte
            }
        }
        return nil
    }

    /// Steps over what is left of this line.
    mutating func skipLine() throws {
        while let byte = try bytes.peek(), byte != UInt8(ascii: "\n") { bytes.skip() }
    }

    /// Steps over line feeds to a line that has something on it; false at the end of the file.
    mutating func skipsToLine() throws -> Bool {
        while try next() == nil {
            guard try bytes.peek() != nil else { return false }
            bytes.skip()
        }
        return true
    }

    /// Steps over this mark if it comes next.
    mutating func takes(_ mark: Unicode.Scalar) throws -> Bool {
        guard try next() == UInt8(ascii: mark) else { return false }
        bytes.skip()
        return true
    }

    /// Steps over this mark, which must come next.
    mutating func expect(_ mark: Unicode.Scalar) throws {
        guard try takes(mark) else { throw try unexpected(quoted(String(mark).utf8)) }
    }

    /// The fault of finding something else than was expected.
    mutating func unexpected(_ wanted: String) throws -> JobFileError.Fault {
        let found =
            switch try next() {
            case nil: try bytes.peek() == nil ? "the end of the file" : "the end of the line"
            case let byte? where byte < 0x80: quoted([byte])
            default: "a character outside ASCII"
            }
        return fault("expected \(wanted), found \(found)")
    }

    /// A fault on this line.
    func fault(_ message: String) -> JobFileError.Fault {
        JobFileError.Fault(line: line, message: message)
    }

    /// Reads a number, or a bare word such as `null`, as it stands.
    mutating func readWord() throws {
        text.clear()
        while let byte = try bytes.peek() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                text.append(byte)
                bytes.skip()
            default: return
            }
        }
    }

    /// Reads on in a string whose opening quote is behind us, to its end and over it.
    ///
    /// With `part` it stops behind the next comma in the string as well, and tells whether it did.
    mutating func readString(part: Bool = false) throws -> Bool {
        text.clear()
        while true {
            let stop = try bytes.move(into: &text) { byte in
                byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20
                    || (part && byte == UInt8(ascii: ","))
            }
            guard let stop, stop != UInt8(ascii: "\n") else {
                throw fault("a string is not closed")
            }
            guard stop >= 0x20 else {
                throw fault("a control character in a string; write it as an escape")
            }
            bytes.skip()
            guard stop == UInt8(ascii: "\\") else { return stop == UInt8(ascii: ",") }
            try readEscape()
        }
    }
}

// MARK: - Escapes

extension JSONScanner {
    private mutating func readEscape() throws {
        let byte = try bytes.peek()
        if byte != nil { bytes.skip() }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte ?? 0)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): try readCodePoint()
        default: throw fault("a string holds a backslash that begins no escape of JSON")
        }
    }

    /// Reads what follows `\u`: four digits, and a second four where the first are half a pair.
    private mutating func readCodePoint() throws {
        var code = try readFourDigits()
        if (0xD800...0xDBFF).contains(code), try skips("\\"), try skips("u") {
            let low = try readFourDigits()
            guard (0xDC00...0xDFFF).contains(low) else {
                throw fault("a string holds half a surrogate pair")
            }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw fault("a string holds half a surrogate pair")
        }
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { text.append(byte) }
    }

    private mutating func readFourDigits() throws -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = try bytes.peek(),
                let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw fault("\\u needs four hexadecimal digits") }
            bytes.skip()
            code = code << 4 + UInt32(digit)
        }
        return code
    }

    private mutating func skips(_ mark: Unicode.Scalar) throws -> Bool {
        guard try bytes.peek() == UInt8(ascii: mark) else { return false }
        bytes.skip()
        return true
    }
}
