package import Cancels

/// How far the exchange's clock is from this machine's, as far as that was ever needed.
///
/// Signatures carry a timestamp, and the exchange refuses one that is too far from its own clock
/// (htx-api 1.1). The remedy is its own time, which anybody may ask for. It is taken on only after
/// such a refusal, and not twice in a minute: a clock that is refused again right after it was set
/// right is not what is wrong, or is being pulled about, and a person must look.
package struct ClockOffset: Hashable, Sendable {
    /// The exchange's clock minus this machine's, once measured.
    package struct Measurement: Hashable, Sendable {
        /// The difference in milliseconds; above zero, this machine is behind.
        package let offset: Int64
        /// How wrong it may be, in milliseconds: half the round trip.
        package let error: Int64

        /// Takes the exchange's time as that of the middle between asking and being answered.
        ///
        /// The middle is found by the boot clock, so that a wall clock that is being set meanwhile
        /// does not enter twice.
        ///
        /// - Returns: nil for a time that no clock of this age shows.
        package init?(serverTime: Int64, asked: Now, answered: Now) {
            // Up to the year 9999, so that nothing below can overflow.
            let plausible: ClosedRange<Int64> = 1...253_402_300_799_999
            guard plausible.contains(serverTime), plausible.contains(asked.wall.milliseconds)
            else { return nil }
            error = max(0, (answered.boot - asked.boot).milliseconds / 2)
            offset = serverTime - asked.wall.milliseconds - error
        }
    }

    /// What becomes of a request that was refused for its timestamp.
    package enum Remedy: Hashable, Sendable {
        /// It will be signed anew, and should be taken then; why, for a person.
        case signAnew(String)
        /// A person must act; how.
        case trouble(String)
    }

    /// What is added to this machine's clock before signing, in milliseconds.
    package private(set) var adopted: Int64 = 0
    private var adoptedAt: BootTime?

    /// Less than this is no reason to correct anything: 1 s, which a timestamp is cut to.
    private static let tolerance: Int64 = 1_000
    /// How long one correction must last: 60 s.
    private static let pause: Duration = .seconds(60)

    /// Starts with this machine's clock as it is.
    package init() {}

    /// Decides what follows from a refusal, and takes the measured offset on where that helps.
    ///
    /// - Parameters:
    ///   - measured: What the base URL that refused says of the time; nil where it did not tell.
    ///   - signedWith: The offset the refused request was signed with.
    ///   - time: When this is decided.
    /// - Returns: What becomes of the request.
    package mutating func remedy(
        for measured: Measurement?,
        signedWith: Int64,
        at time: BootTime
    ) -> Remedy {
        // Of five requests refused together the first sets the clock right for the other four.
        guard signedWith == adopted else {
            return .signAnew("it was signed before the clock was corrected and will be signed anew")
        }
        guard let measured else {
            return .trouble(
                "the exchange's time could not be asked for; check this machine's clock "
                    + "(timedatectl)"
            )
        }
        let change = (measured.offset - adopted).magnitude
        let isRecent = adoptedAt.map { time - $0 < Self.pause } ?? false
        guard change > max(Self.tolerance, measured.error), !isRecent else {
            return .trouble(Self.words(for: measured.offset))
        }
        (adopted, adoptedAt) = (measured.offset, time)
        return .signAnew(
            "\(Self.difference(measured.offset)); it will be signed anew by the exchange's clock"
        )
    }

    private static func words(for offset: Int64) -> String {
        offset.magnitude > tolerance
            ? "\(difference(offset)); set it (timedatectl)"
            : "\(difference(offset)), which is near enough"
    }

    /// `this machine's clock is 361 s behind the exchange's`.
    private static func difference(_ offset: Int64) -> String {
        let seconds = (offset.magnitude + 500) / 1_000
        let side = offset < 0 ? "ahead of" : "behind"
        return "this machine's clock is \(seconds) s \(side) the exchange's"
    }
}

extension Outcome {
    /// Whether a whole request was refused for its timestamp: 12001, or the 403 of any bad
    /// signature with words that say so (htx-api 1.5).
    var blamesClock: Bool {
        guard kind == .accountTrouble else { return false }
        return code == "12001"
            || code == "403" && message?.lowercased().contains("timestamp") == true
    }

    /// The same said of another kind, with our words after the exchange's.
    func amended(_ kind: Kind, with words: String) -> Outcome {
        Outcome(kind, code: code, message: message.map { "\($0); \(words)" } ?? words)
    }
}
