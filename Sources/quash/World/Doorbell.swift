import Cancels
import Dispatch
import Glibc

/// Where the runner's loop waits: for an instant, for a ring, or for another process to write to the file.
///
/// One blocking `poll` on a thread of its own, so that waiting costs nothing and ends on time.
/// A write to the WAL is heard through inotify; it comes *before* the commit it belongs to is visible, and
/// the runner's own commits are heard as well, so hearing one means only: look now, and again soon.
final class Doorbell: Sendable {
    private let bell: (pull: Int32, sound: Int32)
    private let ear: Int32
    private let thread = DispatchQueue(label: "quash.doorbell")

    /// Hangs up a doorbell that hears writes to the WAL of a database.
    ///
    /// - Throws: `Refusal` where the kernel has no more of what it takes.
    init(database: String) throws {
        var ends: [Int32] = [-1, -1]
        let isHung =
            pipe(&ends) == 0
            && ends.allSatisfy {
                fcntl($0, F_SETFL, O_NONBLOCK) == 0 && fcntl($0, F_SETFD, FD_CLOEXEC) == 0
            }
        bell = (pull: ends[1], sound: ends[0])
        ear = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard isHung, ear >= 0 else {
            throw Refusal("no more pipes or inotify instances; see fs.inotify.max_user_instances")
        }
        // Where the watch cannot be had the runner looks every 100 ms all the same.
        _ = inotify_add_watch(ear, database + "-wal", UInt32(IN_MODIFY))
    }

    deinit {
        close(bell.pull)
        close(bell.sound)
        close(ear)
    }

    /// Ends the wait under way, or the next one.
    func ring() {
        var byte: UInt8 = 1
        // A pipe that is full rings as well.
        _ = write(bell.pull, &byte, 1)
    }

    /// Waits for an instant of the boot clock, a ring or a write; tells whether a write was heard.
    ///
    /// It may return up to a millisecond before the instant; not where less than that is left.
    func wait(until time: BootTime, now: @escaping @Sendable () -> BootTime) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                thread.async { [self] in
                    continuation.resume(returning: listen(for: time - now()))
                }
            }
        } onCancel: {
            ring()
        }
    }

    private func listen(for span: Duration) -> Bool {
        let nanoseconds = max(span.nanoseconds, 0)
        var both = [
            pollfd(fd: bell.sound, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ear, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = Int32(clamping: nanoseconds / 1_000_000)
        guard poll(&both, 2, milliseconds) > 0 else {
            // `poll` cannot tell less than a millisecond. After a longer wait the caller looks at its clock anyway:
            // of an idle runner's wakes that saves every second one.
            if milliseconds == 0 { usleep(UInt32(nanoseconds / 1_000)) }
            return false
        }
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            for file in [bell.sound, ear] {
                while read(file, buffer.baseAddress, buffer.count) > 0 {}
            }
        }
        return both[1].revents != 0
    }
}
