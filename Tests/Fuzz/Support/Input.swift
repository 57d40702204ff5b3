/// Text as bytes: compared byte for byte, where `String` would take canonical equivalents as equal.
typealias Bytes = [UInt8]

/// Ends the run as a crash unless `condition` holds; the sentence is what was broken.
func require(_ condition: Bool, _ sentence: @autoclosure () -> String) {
    if !condition { fatalError(sentence()) }
}

/// One input of the fuzzer: a few bytes that choose, then the text.
struct Input {
    private var choices: UnsafeBufferPointer<UInt8>
    /// What follows the choices.
    let text: Bytes

    /// Takes an input apart, or nothing where it is too short to choose.
    init?(_ start: UnsafePointer<UInt8>?, _ count: Int, choices: Int) {
        guard let start, count >= choices else { return nil }
        let all = UnsafeBufferPointer(start: start, count: count)
        self.choices = UnsafeBufferPointer(rebasing: all[..<choices])
        text = Bytes(all[choices...])
    }

    /// The next choice; `0` is the first of the table, so that seeds can be read and written.
    mutating func choose<Element>(from table: [Element]) -> Element {
        table[Int(chooseNumber()) % table.count]
    }

    /// The next choice as a number, 0 for the character `0`.
    mutating func chooseNumber() -> UInt8 {
        let number = (choices.first ?? 0) &- UInt8(ascii: "0")
        choices = UnsafeBufferPointer(rebasing: choices.dropFirst())
        return number
    }
}

/// Whether this is an order id as the contract has it: 1 to 20 ASCII digits.
func isID(_ text: Bytes) -> Bool {
    (1...20).contains(text.count) && text.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
}

/// Without the blanks at both ends: space, tab, line feed, carriage return; and form feed and vertical
/// tab where `widely`.
func trimmed(_ text: Bytes, widely: Bool = false) -> Bytes {
    func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: true
        case 0x0B, 0x0C: widely
        default: false
        }
    }
    guard let first = text.firstIndex(where: { !isBlank($0) }),
        let last = text.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return Bytes(text[first...last])
}

/// For messages.
func shown(_ text: Bytes) -> String { String(decoding: text, as: UTF8.self).debugDescription }
