#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// One instant, read on the two clocks the exchange keeps.
///
/// Windows are measured on the boot clock, which no clock step can bend and which every process of
/// the machine shares; the wall clock only stamps answers and judges a caller's `Timestamp`.
package struct Moment: Sendable, Equatable {
    /// Nanoseconds since the machine started, suspension included.
    package var bootNs: Int64
    /// Milliseconds since 1970 UTC.
    package var wallMs: Int64

    /// Makes a moment from its two readings, in nanoseconds and milliseconds.
    package init(bootNs: Int64, wallMs: Int64) {
        self.bootNs = bootNs
        self.wallMs = wallMs
    }

    /// Reads this machine's clocks.
    package static func ofThisMachine() -> Moment {
        #if canImport(Darwin)
        // Darwin's monotonic clock goes on counting during sleep, as Linux's boot clock does.
        let boot = nanoseconds(CLOCK_MONOTONIC)
        #else
        let boot = nanoseconds(CLOCK_BOOTTIME)
        #endif
        return Moment(bootNs: boot, wallMs: nanoseconds(CLOCK_REALTIME) / 1_000_000)
    }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var reading = timespec()
        clock_gettime(clock, &reading)
        return Int64(reading.tv_sec) * 1_000_000_000 + Int64(reading.tv_nsec)
    }
}
