import TestSupport

/// What one run does: drawn from its seed before anything happens.
///
/// Each run leaves about half of all faults out, so that no fault hides behind another: a run that is cut off
/// all the time never gets to a strange answer.
struct Plan {
    /// The accounts that jobs are queued for.
    let accounts: [String]
    /// How many runners work on the file at once.
    let runners: Int
    /// How long faults go on, in nanoseconds.
    let trouble: Int64
    /// The least time each way to the exchange, in milliseconds, and the mean of what comes on top.
    let network: (least: Double, jitter: Double)
    /// How likely each happening is where it could happen; those left out are zero.
    private var rates: [Happening: Double] = [:]

    init(random: inout SeededRandom) {
        accounts = Array(["main", "desk2", "desk3"].prefix(Int(random.number(1...3))))
        runners = Int(random.pick([1, 1, 2, 3]))
        trouble = .s(random.number(30...400))
        network = (
            Double(random.number(1...30)), random.pick([0.5, 4, 40])
        )
        for (happening, rate) in Self.usual where random.chance(0.5) {
            rates[happening] = rate * random.pick([0.3, 1, 3])
        }
    }

    /// How likely a happening is here.
    func rate(of happening: Happening) -> Double { min(rates[happening] ?? 0, 0.9) }

    /// In a fixed order, since a dictionary's would differ from process to process.
    private static let usual: [(Happening, Double)] = [
        (.connectionRefused, 0.03), (.lostBefore, 0.05), (.lostAfter, 0.08), (.arrivedLate, 0.02),
        (.answeredTwice, 0.02),
        (.tooManyRequests, 0.02), (.maintenance, 0.02), (.busy, 0.02), (.serverErrorBefore, 0.03),
        (.serverErrorAfter, 0.03), (.garbage, 0.03), (.emptyBody, 0.02), (.truncatedBody, 0.02),
        (.okWithServerError, 0.02), (.accountTrouble, 0.01), (.unlistedCode, 0.02),
        (.stricterLimit, 0.15), (.badContract, 0.05), (.poison, 0.02), (.outage, 0.5),
        (.silence, 0.3),
        (.missingID, 0.05), (.bothLists, 0.04), (.stranger, 0.03), (.namedTwice, 0.04),
        (.numericIDs, 0.05), (.errorWithoutID, 0.03),
        (.inProgress, 0.05), (.transientCode, 0.05), (.permanentCode, 0.02), (.suspended, 0.3),
        (.unlistedID, 0.03), (.forgetful, 0.5),
        (.fired, 1), (.firedAfterWord, 0.03), (.cancelledByOthers, 0.6), (.failed, 0.3),
        (.foreignRequest, 0.6),
        (.listRefused, 0.1), (.listGarbage, 0.25), (.listWrongPage, 0.04), (.listUnclear, 0.06),
        (.listLag, 0.6), (.listOmission, 0.1), (.listManyPages, 0.9),
        (.crashInTurn, 0.01), (.crashAfterCommit, 0.02), (.crashInFlight, 0.7), (.stopped, 0.8),
        (.commitRolledBack, 0.01), (.commitCarriedOut, 0.01), (.slowCommit, 0.01), (.reboot, 0.2),
        (.wallForward, 0.3), (.wallBack, 0.3), (.gracefulStop, 0.3), (.deathUnproven, 0.5),
        (.closedCircuit, 0.2),
        (.jsonJob, 0.3), (.rowByRow, 0.3), (.sharedOrder, 0.2), (.otherName, 0.15),
        (.wrongContract, 0.05), (.unknownOrder, 0.04), (.notBefore, 0.1), (.notAfter, 0.15),
        (.priority, 0.3), (.dedupRefused, 0.1), (.badInputRefused, 0.1),
        (.pause, 0.4), (.resume, 1), (.retry, 0.6), (.withdrawJob, 0.4), (.withdrawOrder, 0.4),
        (.withdrawAccount, 0.2),
    ]
}
