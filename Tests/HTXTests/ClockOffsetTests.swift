import Cancels
import HTX
import Testing

@Suite struct ClockOffsetTests {
    private static let wall: Int64 = 1_767_323_045_000

    private func now(wall: Int64 = wall, boot seconds: Double = 0) -> Now {
        Now(
            wall: WallTime(milliseconds: wall),
            boot: BootTime(nanoseconds: Int64(seconds * 1_000_000_000)),
            bootID: "test"
        )
    }

    private func measured(_ offset: Int64, roundTrip: Double = 0) throws -> ClockOffset.Measurement
    {
        let half = Int64(roundTrip * 500)
        return try #require(
            ClockOffset.Measurement(
                serverTime: Self.wall + half + offset,
                asked: now(),
                answered: now(wall: 0, boot: roundTrip)
            )
        )
    }

    @Test func `the exchange's time is that of the middle of the round trip`() throws {
        let measurement = try measured(361_000, roundTrip: 0.5)
        #expect(measurement.offset == 361_000)
        #expect(measurement.error == 250)
    }

    @Test(arguments: [0, -1, .min, .max, 253_402_300_800_000] as [Int64])
    func `a time that no clock shows is none`(time: Int64) {
        let (asked, answered) = (now(), now(boot: 1))
        #expect(ClockOffset.Measurement(serverTime: time, asked: asked, answered: answered) == nil)
        let odd = now(wall: time)
        #expect(ClockOffset.Measurement(serverTime: 1, asked: odd, answered: answered) == nil)
    }

    @Test(arguments: [(361_000, "361 s behind"), (-1_001, "1 s ahead of")] as [(Int64, String)])
    func `a clock that is off is made good, in words that say by how much`(
        offset: Int64,
        words: String
    ) throws {
        var clock = ClockOffset()
        let remedy = clock.remedy(for: try measured(offset), signedWith: 0, at: now().boot)
        #expect(
            remedy
                == .signAnew(
                    "this machine's clock is \(words) the exchange's; it will be signed anew by "
                        + "the exchange's clock"
                )
        )
        #expect(clock.adopted == offset)
    }

    @Test func `a second refusal within a minute is for a person, a later one is made good again`()
        throws
    {
        var clock = ClockOffset()
        _ = clock.remedy(for: try measured(361_000), signedWith: 0, at: now(boot: 10).boot)
        let soon = clock.remedy(
            for: try measured(20_000),
            signedWith: 361_000,
            at: now(boot: 69.999).boot
        )
        let words = "this machine's clock is 20 s behind the exchange's; set it (timedatectl)"
        #expect(soon == .trouble(words))
        #expect(clock.adopted == 361_000)
        let later = clock.remedy(
            for: try measured(20_000),
            signedWith: 361_000,
            at: now(boot: 70).boot
        )
        guard case .signAnew = later else {
            Issue.record("\(later)")
            return
        }
        #expect(clock.adopted == 20_000)
    }

    @Test func `requests that were out at the correction are signed anew with the first`() throws {
        var clock = ClockOffset()
        _ = clock.remedy(for: try measured(361_000), signedWith: 0, at: now().boot)
        for measurement in [try measured(361_000), nil] {
            let other = clock.remedy(for: measurement, signedWith: 0, at: now().boot)
            guard case .signAnew = other else {
                Issue.record("\(other)")
                return
            }
        }
        #expect(clock.adopted == 361_000)
    }

    @Test func `a clock that is right, or not right for sure, is not touched`() throws {
        var clock = ClockOffset()
        let right = clock.remedy(for: try measured(1_000), signedWith: 0, at: now().boot)
        let words = "this machine's clock is 1 s behind the exchange's, which is near enough"
        #expect(right == .trouble(words))
        let vague = clock.remedy(
            for: try measured(3_000, roundTrip: 6),
            signedWith: 0,
            at: now().boot
        )
        #expect(
            vague
                == .trouble(
                    "this machine's clock is 3 s behind the exchange's; set it (timedatectl)"
                )
        )
        #expect(clock.adopted == 0)
    }

    @Test func `an exchange that does not tell its time leaves it to a person`() {
        var clock = ClockOffset()
        guard case .trouble(let words) = clock.remedy(for: nil, signedWith: 0, at: now().boot)
        else {
            Issue.record("signed anew without a measurement")
            return
        }
        #expect(words.contains("could not be asked") && words.contains("timedatectl"))
    }
}
