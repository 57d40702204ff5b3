import Crypto

/// What ties a row of history to the rows before it: a SHA-256, 32 bytes.
package struct Seal: Hashable, Sendable {
    /// Its bytes; of a file that was tampered with, any number of them.
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What stands before the first row.
    package static let start = Seal([UInt8](repeating: 0, count: 32))

    /// Reads 64 hexadecimal digits; nil for anything else.
    package init?(hex: some StringProtocol) {
        let digits = hex.utf8.compactMap(Self.value)
        guard digits.count == 64, hex.utf8.count == 64 else { return nil }
        bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The seal of the row that comes after this one: over these 64 hexadecimal digits, a line feed,
    /// and the row's record.
    package func following(_ record: [UInt8]) -> Seal {
        var hash = SHA256()
        hash.update(data: digits + [0x0A])
        hash.update(data: record)
        return Seal(Array(hash.finalize()))
    }

    /// Its hexadecimal digits, lower case.
    package var hex: String { String(decoding: digits, as: UTF8.self) }

    private var digits: [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2 + 1)
        for byte in bytes {
            digits.append(Self.alphabet[Int(byte >> 4)])
            digits.append(Self.alphabet[Int(byte & 15)])
        }
        return digits
    }

    private static let alphabet = Array("0123456789abcdef".utf8)

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }
}

/// The tables whose rows are sealed, each in a chain of its own.
package enum Chain: String, Sendable, CaseIterable {
    case answer, event
}

/// The last sealed row of a chain: kept elsewhere, it shows a chain that was cut or made anew.
package struct Head: Hashable, Sendable {
    package let chain: Chain
    /// The row; 0 before the first.
    package let id: Int64
    package let seal: Seal

    package init(_ chain: Chain, id: Int64, seal: Seal) {
        (self.chain, self.id, self.seal) = (chain, id, seal)
    }

    /// Reads what `text` writes; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let chain = Chain(rawValue: String(parts[0])),
            let id = Int64(parts[1]), id >= 0, let seal = Seal(hex: parts[2])
        else { return nil }
        self.init(chain, id: id, seal: seal)
    }

    /// The form in which it is kept: `answer:4711:HEX`.
    package var text: String { "\(chain.rawValue):\(id):\(seal.hex)" }
}
