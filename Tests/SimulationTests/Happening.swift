/// What may happen in a simulated run; each is counted, and a set of runs in which one never happened has
/// tested less than it says.
enum Happening: String, CaseIterable {
    // The network.
    case connectionRefused, lostBefore, lostAfter, arrivedLate, answeredTwice
    // The exchange, as a whole.
    case throttled, tooManyRequests, maintenance, busy, serverErrorBefore, serverErrorAfter, garbage
    case emptyBody, truncatedBody, okWithServerError, accountTrouble, unlistedCode, stricterLimit
    case badContract, poison, outage, silence
    // The exchange, id by id.
    case missingID, bothLists, stranger, namedTwice, numericIDs, errorWithoutID
    case inProgress, transientCode, permanentCode, suspended, unlistedID, forgetful
    // Orders, beside us.
    case fired, firedAfterWord, cancelledByOthers, failed, foreignRequest
    // The exchange's lists.
    case listRefused, listGarbage, listWrongPage, listUnclear, listLag, listOmission, listManyPages
    // Our processes.
    case crashInTurn, crashAfterCommit, crashInFlight, stopped, lapsed, commitRolledBack,
        commitCarriedOut
    case slowCommit, reboot, wallForward, wallBack, gracefulStop, deathUnproven, closedCircuit
    // Other tools.
    case sqlJob, jsonJob, rowByRow, sharedOrder, otherName, wrongContract, unknownOrder
    case notBefore, notAfter, priority, dedupRefused, badInputRefused
    // Operators.
    case pause, resume, retry, withdrawJob, withdrawOrder, withdrawAccount
}
