import CSupport
import Cancels
import Glibc
import quash

/// What the first byte chooses: the format, or none so that it is told by the first byte of the text.
private let formats: [JobFileFormat?] = [.json, .jsonLines, .csv, .list, nil]

/// What the second byte chooses: how much is read at once.
private let chunkSizes = [65_536, 1, 2, 3, 7, 64]

/// What the third byte chooses: what the command line says.
private let defaults = [JobFields(), contract("SOL-USDT")]

/// The file that each input becomes; it lives in memory.
private let file = fuzz_memory_file()

private func contract(_ code: String) -> JobFields {
    var fields = JobFields()
    do { try fields.set(.contractCode, to: code) } catch { fatalError("\(error)") }
    return fields
}

/// The readers of job files: an accepted file gives its ids as they stand there, a refused one nothing.
@_cdecl("LLVMFuzzerTestOneInput")
public func jobFileTarget(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard var input = Input(start, count, choices: 3) else { return 0 }
    let format = input.choose(from: formats)
    let chunkSize = input.choose(from: chunkSizes)
    let fields = input.choose(from: defaults)
    fill(input.text)
    let jobFile = JobFile(
        path: "/proc/self/fd/\(file)",
        displayName: "input",
        format: format,
        defaults: fields,
        chunkSize: chunkSize
    )
    let fallback = fields == JobFields() ? nil : "SOL-USDT"
    do throws(JobFileError) {
        let checked = try jobFile.check()
        JobFileProof(format: format, fallback: fallback, text: input.text).check(checked)
    } catch {
        check(error, of: input.text)
        require(!mustBeGood(input.text, format, fallback), "a good list is refused: \(error)")
    }
    return 0
}

private func fill(_ text: Bytes) {
    require(ftruncate(file, 0) == 0, "the file in memory cannot be emptied: errno \(errno)")
    let written = pwrite(file, text, text.count, 0)
    require(written == text.count, "the file in memory cannot be written: errno \(errno)")
}

/// A refusal names lines the file has, and cannot write to the terminal.
private func check(_ error: JobFileError, of text: Bytes) {
    let lines = 1 + text.count { $0 == UInt8(ascii: "\n") }
    require(!error.faults.isEmpty && error.more >= 0, "a refusal without a reason")
    require(error.faults.count <= 11, "more faults than anybody reads")
    for fault in error.faults {
        require((1...lines).contains(fault.line ?? 1), "line \(fault) of \(lines)")
        require(!fault.message.isEmpty, "a fault without words")
        require(
            fault.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F },
            "a control character in \(fault.message.debugDescription)"
        )
    }
    // The rest of a file is told by its lines; only a file without any id is at fault as a whole.
    let wholes = error.faults.filter { $0.line == nil }.map(\.message)
    require(wholes.isEmpty || wholes == ["holds no order ids"], "no line: \(wholes)")
}

/// Whether nobody can object to this list: digits and line feeds, with a contract by default.
private func mustBeGood(_ text: Bytes, _ format: JobFileFormat?, _ fallback: String?) -> Bool {
    guard format == .list, fallback != nil else { return false }
    let lines = text.split(separator: UInt8(ascii: "\n"))
    return !lines.isEmpty && lines.allSatisfy { isID(Bytes($0)) }
}
