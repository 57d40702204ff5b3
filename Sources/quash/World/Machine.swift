import Cancels
package import CancelStore
import Foundation
import Glibc

/// The real clocks and processes of this machine: the only place where time is read.
package struct Machine: Sendable {
    /// Which boot this is, by the kernel's own word.
    let bootID: String

    package init() throws {
        let path = "/proc/sys/kernel/random/boot_id"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Refusal("\(path) cannot be read, and tokens rest on the boot clock; mount /proc")
        }
        bootID = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Both clocks, now.
    func now() -> Now {
        Now(
            wall: WallTime(milliseconds: Self.read(CLOCK_REALTIME) / 1_000_000),
            boot: BootTime(nanoseconds: Self.read(CLOCK_BOOTTIME)),
            bootID: bootID
        )
    }

    /// This process, as a runner row names it.
    package func thisProcess() throws -> Ledger.Process {
        let pid = Int64(getpid())
        guard let started = Self.startTime(of: pid) else {
            throw Refusal("/proc/\(pid)/stat cannot be read; mount /proc")
        }
        return Ledger.Process(pid: pid, started: started, space: Self.space)
    }

    /// Whether a process is provably gone: no such pid, or one that started at another time.
    ///
    /// One whose pid counts in another namespace, in a container say, cannot be looked up: only its
    /// heartbeat tells whether it lives.
    package static func isGone(_ process: Ledger.Process) -> Bool {
        guard process.space == space else { return false }
        guard let started = startTime(of: process.pid) else {
            return kill(pid_t(process.pid), 0) == -1 && errno == ESRCH
        }
        return started != process.started
    }

    /// The namespace our pids count in, such as `pid:[4026531836]`; empty where /proc does not tell, which is
    /// then no other's either.
    private static let space: String =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""

    /// When the kernel started a process, in clock ticks since boot: field 22 of its `stat`, counted
    /// after the last parenthesis, since the name before it may hold anything.
    private static func startTime(of pid: Int64) -> Int64? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? Int64(fields[19]) : nil
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
