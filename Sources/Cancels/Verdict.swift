/// What becomes of a cancel after one attempt.
package enum Verdict: Hashable, Sendable {
    /// Final: the state, why, and the answer that says so.
    case settle(CancelState, CancelClass, Evidence)
    /// Not known; only a lookup may settle it.
    case unresolved(CancelClass)
    /// Pending again, for another attempt.
    case again(Again)

    /// Whether only a lookup may settle it.
    package var isUnresolved: Bool {
        if case .unresolved = self { true } else { false }
    }

    /// Which stored answer a final state rests on.
    package enum Evidence: Hashable, Sendable {
        /// The answer that is being judged.
        case thisAnswer
        /// An earlier one, by `answer.id`.
        case answer(Int64)
    }

    /// How a cancel goes back to pending.
    package struct Again: Hashable, Sendable {
        /// Why, for the one who reads the row.
        package let reason: CancelClass
        /// How long to wait; zero where the bucket or the account does the waiting.
        package let delay: Duration
        /// The most ids its next request may carry, where that is to shrink.
        package let packLimit: Int?
        /// Whether its request was refused for one of its ids, and is split to find which.
        package let isSplit: Bool

        package init(
            _ reason: CancelClass,
            after delay: Duration = .zero,
            packLimit: Int? = nil,
            isSplit: Bool = false
        ) {
            self.reason = reason
            self.delay = delay
            self.packLimit = packLimit
            self.isSplit = isSplit
        }
    }
}

/// What a verdict needs to know of the past, apart from the answer itself.
package struct Past: Hashable, Sendable {
    /// The cancel, for the spread of its back-off.
    package var cancelID: Int64
    /// Attempts counted before this one.
    package var attempts: Int
    /// Waits in a row that counted no attempt.
    package var waits: Int
    /// How many ids the judged request carried.
    package var requestSize: Int
    /// Where among them this one stood, from 0.
    package var place: Int
    /// Whether any attempt on this account and order id, of any job, may have cancelled it unseen.
    package var hasUnknown: Bool
    /// An answer that named this account and order id as cancelled before, by `answer.id`.
    package var accepted: Int64?

    package init(
        cancelID: Int64,
        attempts: Int,
        waits: Int,
        requestSize: Int,
        place: Int = 0,
        hasUnknown: Bool,
        accepted: Int64?
    ) {
        self.cancelID = cancelID
        self.attempts = attempts
        self.waits = waits
        self.requestSize = requestSize
        self.place = place
        self.hasUnknown = hasUnknown
        self.accepted = accepted
    }
}

/// Judges one attempt: what becomes of a cancel whose answer means `outcome`.
///
/// Total and pure. The goal is a state of the world, not an act of ours, so an order that somebody
/// else has cancelled is a success. After an attempt that may have worked unseen, no id is settled as
/// anything but cancelled without a lookup: "not found" may then be our own doing.
package func verdict(on outcome: Outcome, past: Past, policy: AttemptPolicy) -> Verdict {
    switch outcome.kind {
    case .accepted:
        .settle(.cancelled, .accepted, .thisAnswer)
    case .alreadyDone:
        .settle(.cancelled, .alreadyDone, .thisAnswer)
    case .notFound:
        // Our own earlier success explains it; the answer that named it is the evidence.
        if let accepted = past.accepted {
            .settle(.cancelled, .alreadyDone, .answer(accepted))
        } else {
            reject(.notFound, past)
        }
    case .executed:
        // "Accepted" only acknowledged the command: an order that fired after it was not cancelled,
        // and two answers that disagree are for a lookup to decide.
        past.accepted == nil ? reject(.tooLate, past) : .unresolved(.unknown)
    case .permanent:
        reject(.permanent, past)
    case .badTarget:
        reject(.badRequest, past)
    case .badRequest where past.requestSize > 1:
        split(past, policy)
    case .badRequest:
        reject(.badRequest, past)
    case .inProgress where past.waits + 1 >= policy.waitLimit:
        .unresolved(.inProgress)
    case .inProgress:
        .again(.init(.inProgress, after: policy.again.delay(after: past.waits, of: past.cancelID)))
    case .suspended where past.waits + 1 >= policy.suspensionLimit:
        past.hasUnknown ? .unresolved(.unknown) : .settle(.failed, .transient, .thisAnswer)
    case .suspended:
        .again(
            .init(.unavailable, after: policy.suspended.delay(after: past.waits, of: past.cancelID))
        )
    case .transient where past.attempts + 1 >= policy.attemptLimit:
        past.hasUnknown ? .unresolved(.unknown) : .settle(.failed, .transient, .thisAnswer)
    case .transient:
        .again(
            .init(.transient, after: policy.again.delay(after: past.attempts, of: past.cancelID))
        )
    case .unknown where past.attempts + 1 >= policy.attemptLimit:
        .unresolved(.unknown)
    case .unknown:
        .again(.init(.unknown, after: policy.again.delay(after: past.attempts, of: past.cancelID)))
    case .unlisted:
        .unresolved(.unknown)
    case .throttled:
        .again(.init(.throttled))
    case .unavailable, .notSent:
        .again(.init(.unavailable))
    case .accountTrouble:
        .again(.init(.accountTrouble))
    }
}

/// Finds the poisonous id of a refused request with few requests more: the first half is sent alone, and
/// the rest waits for the word on it.
///
/// Where the half is refused as well, the poison is in it; where it goes through, the poison is in the rest,
/// which is halved in its turn. Once one id stands alone and is refused, all that waited goes out together.
/// One poisonous id of ten costs four to six requests more, where halving both parts costs up to eight.
private func split(_ past: Past, _ policy: AttemptPolicy) -> Verdict {
    let half = past.requestSize / 2
    return past.place < half
        ? .again(.init(.badRequest, packLimit: half, isSplit: true))
        : .again(.init(.badRequest, after: policy.splitWait, isSplit: true))
}

/// Rejected, unless an earlier attempt may have cancelled it unseen.
private func reject(_ reason: CancelClass, _ past: Past) -> Verdict {
    past.hasUnknown ? .unresolved(.unknown) : .settle(.rejected, reason, .thisAnswer)
}

extension Outcome.Kind {
    /// Whether an attempt that ends so is counted against the limit of attempts: only one on which
    /// the exchange acted, or may have acted.
    ///
    /// Being told to wait is not an attempt.
    package var countsAttempt: Bool {
        switch self {
        case .accepted, .alreadyDone, .executed, .notFound, .permanent, .transient, .unknown,
            .unlisted:
            true
        case .inProgress, .suspended, .badRequest, .badTarget, .throttled, .unavailable, .notSent,
            .accountTrouble:
            false
        }
    }

    /// Whether it is one more of the waits that `AttemptPolicy` counts.
    package var isWait: Bool { self == .inProgress || self == .suspended }

    /// Whether the order may have been cancelled by it unseen, so that a later "not found" proves
    /// nothing.
    ///
    /// A cancel in progress is somebody's cancel that may yet come through.
    package var leavesDoubt: Bool {
        self == .unknown || self == .unlisted || self == .inProgress
    }
}
