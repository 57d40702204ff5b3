import CancelStore
import Cancels

/// Writes down what came back for requests, and what follows from it.
///
/// Every settlement is compare-and-set on (cancel, request): an answer that comes after its request was
/// given up is kept as late and changes nothing. What follows for the bucket is in `Recording+Bucket`, for
/// the ids of a cancel request in `Recording+Cancel`, for what a lookup looks for in `Recording+Lookup`.
struct Recording {
    let ledger: Ledger
    let settings: Settings
    let now: Now

    /// What came of an answer.
    struct Recorded {
        /// The account of its request; nil where that had been given up before.
        var account: String?
        /// How many cancels got a final state.
        var settled = 0
    }

    /// Records one answer.
    func record(_ answer: Answer) throws -> Recorded {
        guard let request = try ledger.openRequest(answer.requestID) else {
            try keepLate(answer)
            return Recorded()
        }
        let answerID = try ledger.keep(answer, isLate: false, now: now)
        try apply(answer, to: request)
        let settled =
            switch request.call {
            case .cancel(let orderIDs):
                try judge(orderIDs, by: answer, answerID: answerID, of: request)
            case .lookup(let list, let page):
                try read(answer, answerID: answerID, of: request, list: list, page: page)
            }
        return Recorded(account: request.account, settled: settled)
    }

    /// Keeps an answer that came after its request was given up; where that was purged meanwhile, it leaves an
    /// event.
    private func keepLate(_ answer: Answer) throws {
        guard try ledger.hasRequest(answer.requestID) else {
            try ledger.note(
                Event(
                    "late_answer",
                    requestID: answer.requestID,
                    reason:
                        "an answer came to a request that was given up and purged; it changes nothing"
                ),
                now: now
            )
            return
        }
        if try !ledger.hasAnswer(answer) {
            _ = try ledger.keep(answer, isLate: true, now: now)
        }
    }

    /// Records that requests of this runner were never handed over: the COMMIT that wrote them failed, and
    /// was carried out after all.
    func takeBack(_ requests: some Sequence<Int64>) throws {
        for id in requests {
            guard let request = try ledger.openRequest(id) else { continue }
            let unsent = Outcome(.notSent, message: "the database failed before it could be sent")
            let answer = Answer(
                requestID: id,
                kind: .unsent,
                outcomes: Dictionary(
                    uniqueKeysWithValues: request.call.orderIDs.map { ($0, unsent) }
                ),
                receivedAt: now.boot,
                receivedWall: now.wall
            )
            _ = try record(answer)
        }
    }

    /// Records that nothing will come back for a request whose runner is gone.
    func giveUp(_ other: Ledger.OthersRequest) throws -> Int {
        guard let request = try ledger.openRequest(other.requestID) else { return 0 }
        let lost = Outcome(.unknown, message: "its runner was gone before an answer was recorded")
        let answer = Answer(
            requestID: request.id,
            kind: .lost,
            whole: lost,
            outcomes: Dictionary(uniqueKeysWithValues: request.call.orderIDs.map { ($0, lost) }),
            receivedAt: now.boot,
            receivedWall: now.wall
        )
        try ledger.note(
            Event(
                "recovery",
                requestID: request.id,
                runnerID: other.runnerID,
                reason: lost.message
            ),
            now: now
        )
        return try record(answer).settled
    }
}
