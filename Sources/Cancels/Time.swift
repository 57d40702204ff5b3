/// An instant people read: milliseconds since 1970 UTC.
///
/// It may step; nothing waits on it but `not_before_ms` and `not_after_ms`.
package struct WallTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970 UTC.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

/// An instant of this boot: nanoseconds of `CLOCK_BOOTTIME`, which all processes share, which
/// counts suspension and never steps.
///
/// It means nothing under another boot id.
package struct BootTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since this boot.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    package static func + (time: Self, span: Duration) -> Self {
        // Saturating: an instant too far off to be counted in nanoseconds is "never", not a trap.
        let (sum, isTooFar) = time.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return Self(nanoseconds: isTooFar ? (span > .zero ? .max : .min) : sum)
    }

    package static func - (later: Self, earlier: Self) -> Duration {
        .nanoseconds(later.nanoseconds) - .nanoseconds(earlier.nanoseconds)
    }
}

/// One reading of both clocks, taken under the write lock; the only time a turn knows.
package struct Now: Hashable, Sendable {
    /// The wall clock.
    package let wall: WallTime
    /// The boot clock.
    package let boot: BootTime
    /// Which boot `boot` counts from.
    package let bootID: String

    package init(wall: WallTime, boot: BootTime, bootID: String) {
        self.wall = wall
        self.boot = boot
        self.bootID = bootID
    }
}

extension Duration {
    /// The whole nanoseconds of this span, at most what 64 bits hold: 292 years.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isTooLong else { return seconds > 0 ? .max : .min }
        let (sum, isOver) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isOver ? (seconds > 0 ? .max : .min) : sum
    }

    /// The whole milliseconds of this span.
    package var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
