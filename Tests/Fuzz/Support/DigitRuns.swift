/// A longest stretch of ASCII digits in a text.
struct DigitRun {
    /// The digits.
    let digits: Bytes
    /// The line its first digit stands on, from 1.
    let line: Int
}

/// All longest stretches of digits, in order; knows nothing of JSON but its escapes.
///
/// An id that a text names is one of these, whatever the text is otherwise: the plainest proof there
/// is that nobody made the id up.
func digitRuns(in text: Bytes, resolvingEscapes: Bool) -> [DigitRun] {
    var runs: [DigitRun] = []
    var digits: Bytes = []
    var (line, firstLine) = (1, 1)
    var index = 0
    while index < text.count {
        var byte = text[index]
        index += 1
        if resolvingEscapes, byte == UInt8(ascii: "\\") {
            byte = escaped(text, &index)
        } else if byte == UInt8(ascii: "\n") {
            line += 1
        }
        if byte >= 0x30, byte <= 0x39 {
            if digits.isEmpty { firstLine = line }
            digits.append(byte)
        } else if !digits.isEmpty {
            runs.append(DigitRun(digits: digits, line: firstLine))
            digits = []
        }
    }
    if !digits.isEmpty { runs.append(DigitRun(digits: digits, line: firstLine)) }
    return runs
}

/// What stands for an escape whose backslash is behind: its digit, or a byte that is none.
private func escaped(_ text: Bytes, _ index: inout Int) -> UInt8 {
    guard index < text.count else { return 0 }
    let kind = text[index]
    index += 1
    guard kind == UInt8(ascii: "u"), index + 4 <= text.count else { return 0 }
    let code = UInt16(String(decoding: text[index..<index + 4], as: UTF8.self), radix: 16)
    guard let code else { return 0 }
    index += 4
    return (0x30...0x39).contains(code) ? UInt8(code) : 0
}
