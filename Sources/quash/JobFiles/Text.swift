/// The text of one value, in a buffer used again for the next.
///
/// What goes beyond the limit is dropped but for one byte: enough to tell that the text is too
/// long, while a file that is one endless string still costs no memory.
struct Text {
    /// The bytes, UTF-8.
    private(set) var bytes: [UInt8] = []

    /// Adds a byte.
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if bytes.count <= JobFields.textLimit { bytes.append(byte) }
    }

    /// Adds bytes.
    @inline(__always)
    mutating func append(_ more: ArraySlice<UInt8>) {
        let room = JobFields.textLimit + 1 - bytes.count
        bytes.append(contentsOf: more.count <= room ? more : more.prefix(room))
    }

    /// Forgets the text and keeps the memory.
    mutating func clear() { bytes.removeAll(keepingCapacity: true) }
}
