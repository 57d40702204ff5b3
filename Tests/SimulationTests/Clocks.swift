import Cancels

/// The machine's clocks over the world's: a wall clock that is stepped, a boot clock that begins anew.
struct Clocks {
    /// Nanoseconds of the world's own clock.
    var time: Int64 = 0
    /// When the machine was started, on the world's clock.
    private var bootedAt: Int64 = -1_000_000_000_000
    /// The wall clock less the world's, in milliseconds.
    private var wallOffset: Int64 = 1_800_000_000_000
    private var boots = 1

    /// What a process reads.
    var now: Now {
        Now(
            wall: WallTime(milliseconds: time / 1_000_000 + wallOffset),
            boot: BootTime(nanoseconds: time - bootedAt),
            bootID: "boot-\(boots)"
        )
    }

    /// The world's time of an instant of this boot.
    func world(_ boot: BootTime) -> Int64 {
        let (sum, isNever) = boot.nanoseconds.addingReportingOverflow(bootedAt)
        return isNever ? .max : sum
    }

    /// Steps the wall clock, as an operator or a time daemon does.
    mutating func stepWall(byMilliseconds span: Int64) { wallOffset += span }

    /// Starts the machine anew: the boot clock has run for five seconds when the first process runs.
    mutating func reboot() {
        boots += 1
        bootedAt = time - 5_000_000_000
    }
}

extension Int64 {
    /// So many milliseconds, as nanoseconds.
    static func ms(_ count: Int64) -> Int64 { count * 1_000_000 }
    /// So many seconds, as nanoseconds.
    static func s(_ count: Int64) -> Int64 { count * 1_000_000_000 }
}
