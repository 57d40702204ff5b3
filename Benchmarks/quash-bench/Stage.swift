import CancelStore
import Cancels
import Dispatch
import Foundation
import Glibc

/// What both benchmarks need of the world.
enum Stage {
    /// Which boot this is: a file that counts on another boot would wait for its tokens.
    static let bootID: String = {
        guard let text = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
        else { preconditionFailure("/proc is not mounted") }
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    /// Both clocks.
    static func now() -> Now {
        Now(
            wall: WallTime(milliseconds: read(CLOCK_REALTIME) / 1_000_000),
            boot: BootTime(nanoseconds: read(CLOCK_BOOTTIME)),
            bootID: bootID
        )
    }

    /// The processor time this process has used, seconds.
    static var processorTime: Double { Double(read(CLOCK_PROCESS_CPUTIME_ID)) / 1e9 }

    /// The most memory this process has had resident, megabytes.
    static var peakMemory: Double {
        // Not getrusage: its peak goes back to before exec, to the process that started this one. `try?`: without
        // /proc there is no figure.
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Double($0) }
        return (kilobytes ?? .nan) / 1024
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Limits under which the engine is never the one to wait: `tokens` requests in flight, each back at once.
    static func lifted(tokens: Int) -> Settings {
        var settings = Settings()
        settings.bucket.limit = tokens
        settings.bucket.window = .microseconds(1)
        settings.bucket.margin = .zero
        // A grant that waits behind a thousand others on two cores has not gone stale.
        settings.bucket.sendDeadline = .seconds(2)
        return settings
    }

    /// Declares a runner for all accounts of a file, with their tokens.
    static func register(in store: CancelStore, settings: Settings) throws -> (
        id: Int64, accounts: [String]
    ) {
        let accounts = try store.read { try Report($0).accounts().map(\.name).sorted() }
        return try store.write { ledger in
            for account in accounts {
                for endpoint in Endpoint.allCases {
                    try ledger.ensureBucket(
                        account: account,
                        endpoint: endpoint,
                        policy: settings.policy(of: endpoint),
                        now: now()
                    )
                }
            }
            let process = Ledger.Process(pid: Int64(getpid()), started: 0, space: "bench")
            let name = "bench \(UUID().uuidString)"
            return (try ledger.register(name: name, process: process, now: now()), accounts)
        }
    }

    /// Prints a result as one line of JSON.
    static func report(_ result: [String: Double]) throws {
        let data = try JSONSerialization.data(withJSONObject: result, options: .sortedKeys)
        print(String(decoding: data, as: UTF8.self))
    }
}

/// Where the loop waits: as the real doorbell, but without an ear for other processes.
final class Bell: Sendable {
    private let bell = DispatchSemaphore(value: 0)
    private let thread = DispatchQueue(label: "bell")

    /// Ends the wait under way, or the next one.
    func ring() { bell.signal() }

    /// Waits for an instant or a ring.
    func wait(until time: BootTime) async -> Bool {
        await withCheckedContinuation { continuation in
            thread.async { [bell] in
                let span = Swift.max((time - Stage.now().boot).nanoseconds, 0)
                let isRung = bell.wait(timeout: .now() + .nanoseconds(Int(span))) == .success
                while isRung, bell.wait(timeout: .now()) == .success {}
                continuation.resume(returning: false)
            }
        }
    }
}
