import Foundation
import Glibc

/// Who holds SQLite's write lock on a file, as the kernel tells it.
///
/// In WAL mode the writer locks byte 120 of the `-shm` file. It is looked up in `/proc/locks`, never by
/// opening that file: closing it again would drop every lock this process holds on it.
enum LockHolder {
    /// The byte that a writer locks (SQLite's `WAL_WRITE_LOCK`, at the head of the lock bytes).
    private static let writeLock = 120

    /// The holder's pid and command, such as `process 4711 (sqlite3)`; nil where it cannot be told.
    static func name(of database: String) -> String? {
        var info = stat()
        // `try?` here and below: who holds the lock is a help and no more, and "unknown" is said without it.
        guard stat(database + "-shm", &info) == 0,
            let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
        else { return nil }
        guard let pid = pid(in: locks, inode: UInt64(info.st_ino)), pid > 0, pid != getpid() else {
            return nil
        }
        let command = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)
        let name = command?.trimmingCharacters(in: .whitespacesAndNewlines)
        return "process \(pid)" + (name.map { " (\($0))" } ?? "")
    }

    /// The pid of the process with a write lock on the writer's byte of a file.
    ///
    /// A line reads `7: POSIX  ADVISORY  WRITE 4711 fe:00:1311 120 120`; those that wait have `->` after the
    /// number.
    static func pid(in locks: String, inode: UInt64) -> Int32? {
        for line in locks.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 8, words[3] == "WRITE",
                words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode,
                let first = Int(words[6]),
                let last = words[7] == "EOF" ? Int.max : Int(words[7]),
                (first...max(first, last)).contains(writeLock)
            else { continue }
            return Int32(words[4])
        }
        return nil
    }
}
