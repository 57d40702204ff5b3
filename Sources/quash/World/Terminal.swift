import Foundation
import Glibc

/// Where this program writes: results to standard output, everything else to standard error.
enum Terminal {
    /// Whether standard error is a terminal, which can redraw a line.
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes a result; ends the program where it cannot be written, unless the reader went away.
    static func print(_ text: String) { print(Array((text + "\n").utf8)) }

    /// Writes bytes of a result, as `print(_:)` does a text.
    static func print(_ bytes: [UInt8]) {
        guard !write(bytes, to: STDOUT_FILENO), errno != EPIPE else { return }
        say(
            "quash: the result cannot be written to standard output: \(String(cString: strerror(errno)))"
        )
        exit(ExitStatus.storage.rawValue)
    }

    /// Writes a notice.
    static func say(_ text: String) { _ = write(Array((text + "\n").utf8), to: STDERR_FILENO) }

    /// Draws a line over the one drawn before.
    static func redraw(_ line: String) {
        _ = write(Array(("\r\u{1B}[K" + line).utf8), to: STDERR_FILENO)
    }

    /// Writes all of it, in as many calls as it takes; tells whether that went well.
    private static func write(_ all: [UInt8], to file: Int32) -> Bool {
        var bytes = all[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
            if written < 0 && errno != EINTR { return false }
            bytes = bytes.dropFirst(max(written, 0))
        }
        return true
    }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
