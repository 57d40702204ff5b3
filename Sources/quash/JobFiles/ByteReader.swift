import SystemPackage

/// The bytes of a file, one after another, in constant memory.
///
/// It reads fixed chunks, counts lines, and lets nothing through that is not UTF-8; a byte order
/// mark is dropped. Reading is by offset, so nobody else's use of the descriptor can move it.
struct ByteReader {
    /// The line of the next byte, from 1.
    private(set) var line = 1

    private let file: FileDescriptor
    private var offset: Int64
    private var chunk: [UInt8]
    private var position = 0
    private var end = 0
    private var check = UTF8Check()
    private var isBroken = false

    /// Reads an open file from its start.
    init(_ file: FileDescriptor, chunkSize: Int) throws(FatalFault) {
        self.file = file
        chunk = [UInt8](repeating: 0, count: 3)
        offset = 0
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        offset = try readChunk() == 3 && chunk == mark ? 3 : 0
        chunk = [UInt8](repeating: 0, count: max(1, chunkSize))
    }

    /// The next byte, which stays; nil at the end of the file.
    @inline(__always)
    mutating func peek() throws(FatalFault) -> UInt8? {
        if position == end, try !refill() { return nil }
        return chunk[position]
    }

    /// Steps over the byte that `peek` showed.
    @inline(__always)
    mutating func skip() {
        if chunk[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    /// Moves bytes into `text` up to one that stops it, which stays; nil at the end of the file.
    ///
    /// A line feed must stop it: lines are not counted on the way.
    @inline(__always)
    mutating func move(
        into text: inout Text,
        until stops: (UInt8) -> Bool
    ) throws(FatalFault) -> UInt8? {
        while try peek() != nil {
            var stop = position
            while stop < end, !stops(chunk[stop]) { stop += 1 }
            text.append(chunk[position..<stop])
            position = stop
            if stop < end { return chunk[stop] }
        }
        return nil
    }

    /// Loads the next chunk; false at the end of the file.
    ///
    /// A chunk is cut before its first bad byte, so the fault is met only when everything before it
    /// has been read, and `line` is then the line of the bad byte.
    @inline(never)
    private mutating func refill() throws(FatalFault) -> Bool {
        let count = isBroken ? 0 : try readChunk()
        offset += Int64(count)
        position = 0
        end = chunk[..<count].firstIndex { !check.accepts($0) } ?? count
        isBroken = isBroken || end < count || (count == 0 && !check.isWhole)
        guard isBroken, end == 0 else { return end > 0 }
        throw FatalFault(line: line, "not UTF-8 from here on; save the file as UTF-8")
    }

    private mutating func readChunk() throws(FatalFault) -> Int {
        do {
            return try chunk.withUnsafeMutableBytes { [file, offset] in
                try file.read(fromAbsoluteOffset: offset, into: $0)
            }
        } catch {
            throw FatalFault("cannot be read: \(error)")
        }
    }
}

/// Checks UTF-8 byte by byte, across chunks: no overlong form, no surrogate, nothing past U+10FFFF.
private struct UTF8Check {
    /// How many bytes the present character still lacks.
    private var missing = 0
    /// What its next byte may be.
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether a text may end here.
    var isWhole: Bool { missing == 0 }

    @inline(__always)
    mutating func accepts(_ byte: UInt8) -> Bool {
        if missing == 0, byte < 0x80 { return true }
        return acceptsPartOfLongCharacter(byte)
    }

    private mutating func acceptsPartOfLongCharacter(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard allowed.contains(byte) else { return false }
            missing -= 1
            allowed = 0x80...0xBF
            return true
        }
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF: missing = 2
        case 0xF0...0xF4: missing = 3
        default: return false
        }
        switch byte {
        case 0xE0: allowed = 0xA0...0xBF
        case 0xED: allowed = 0x80...0x9F
        case 0xF0: allowed = 0x90...0xBF
        case 0xF4: allowed = 0x80...0x8F
        default: break
        }
        return true
    }
}
