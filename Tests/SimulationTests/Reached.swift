import Cancels

/// The branches of the product that a set of runs must have gone through, as the file shows them.
enum Reached {
    /// All of them, in the words of `Inspector.harvest`.
    static var everything: [String] { attempts + states + events + lookups + answers }

    private static var attempts: [String] {
        Outcome.Kind.allCases.map { "attempt \($0.rawValue)" }
    }

    private static let states = [
        "state cancelled accepted", "state cancelled already_done", "state cancelled confirmed",
        "state rejected too_late", "state rejected not_found", "state rejected absent",
        "state rejected permanent", "state rejected bad_request", "state failed transient",
        "state expired", "state withdrawn", "rounds",
    ]

    private static let events = [
        "event recovery", "event pause", "event resume", "event expire", "event stranger",
        "event unlisted", "event stop", "event limit", "event foreign_use", "event lookup_failed",
        "event retry", "event withdraw",
    ]

    private static var lookups: [String] {
        Finding.Kind.allCases.map { "found \($0.rawValue)" } + ["scan complete", "scan given_up"]
    }

    private static let answers = [
        "answer answered", "answer lost", "answer unsent", "answer answered late",
    ]
}
