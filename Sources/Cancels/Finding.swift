/// One page of one of the exchange's lists of trailing orders (htx-api 6).
package struct OrderPage: Hashable, Sendable {
    /// The orders on it that could be read.
    package let orders: [ListedOrder]
    /// Which page it is, counted from 1.
    package let number: Int
    /// How many pages the list has.
    package let count: Int
    /// How many orders the list has; nil where it does not say.
    package let total: Int?

    package init(orders: [ListedOrder], number: Int, count: Int, total: Int? = nil) {
        self.orders = orders
        self.number = number
        self.count = count
        self.total = total
    }
}

/// One order as a list of the exchange shows it.
package struct ListedOrder: Hashable, Sendable {
    package let id: OrderID
    /// What the list says of it; never `absent`.
    package let finding: Finding

    package init(id: OrderID, finding: Finding) {
        self.id = id
        self.finding = finding
    }
}

/// What a lookup says of one order; a row of `finding`.
package struct Finding: Hashable, Sendable {
    /// The meanings; the text of `finding.found`.
    package enum Kind: String, Sendable, CaseIterable {
        /// It waits for its price, and can be cancelled (status 2).
        case live
        /// It was cancelled, by us or by somebody else (status 6).
        case cancelled
        /// It fired: there is nothing left to cancel but perhaps its child order (status 4).
        case fired
        /// It fired, and its child order was refused (status 5).
        case failed
        /// In neither list.
        case absent
        /// In a list, with a status whose meaning for a trailing order is not documented.
        case unclear
    }

    package let kind: Kind
    /// The status, or of a failed one the `fail_code`, as it came.
    package let code: String?
    /// The `fail_reason` as it came, or our own words.
    package let message: String?
    /// The child order that a fired one became.
    package let relationOrderID: String?

    package init(
        _ kind: Kind,
        code: String? = nil,
        message: String? = nil,
        relationOrderID: String? = nil
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.relationOrderID = relationOrderID
    }
}

/// How often and how soon unresolved ids are looked up.
package struct LookupPolicy: Hashable, Sendable {
    /// How long after an id became unresolved its first lookup begins, 1 s: the lists lag a little.
    package var firstDelay: Duration = .seconds(1)
    /// The wait before the next lookup where one left ids unresolved: 5 s, doubling to 5 min.
    package var again = Backoff(first: .seconds(5), longest: .seconds(300))
    /// How long after the last word on any attempt on an order a page must have been asked for, so that
    /// "live" may end a cancel as failed, expired or withdrawn: 10 s.
    ///
    /// The exchange may be busy with a request whose answer was lost, and its lists lag.
    package var quietFor: Duration = .seconds(10)
    /// Lookups that must miss an order before it counts as absent: 4.
    package var absences = 4
    /// The least time from the first of them to the last, 30 s.
    package var absentFor: Duration = .seconds(30)
    /// Troubles in a row with one page after which a lookup is given up, to be begun anew: 8.
    package var troubleLimit = 8
    /// Pages of one list that are read at most: 10,000, half a million orders.
    package var pageLimit = 10_000

    package init() {}
}

/// What a finding makes of an unresolved cancel.
package enum Ruling: Hashable, Sendable {
    /// Final, by the evidence of the lookup.
    case settle(CancelState, CancelClass)
    /// Still live: pending again, after a wait.
    case again(Duration)
    /// Still live: the withdrawal or the deadline that waits is applied.
    case grant
    /// Not known yet; looked up again.
    case wait
}

/// What a ruling needs to know of the past of a cancel.
package struct LookupPast: Hashable, Sendable {
    /// The cancel, for the spread of its back-off.
    package var cancelID: Int64
    /// Attempts counted so far.
    package var attempts: Int
    /// The time from the last word on any attempt on the order to the request for the page; nil where an
    /// attempt is under way or came after it, so that the page is no word on it.
    package var quiet: Duration?
    /// Whether a withdrawal or a deadline waits to be applied.
    package var isWished: Bool
    /// Lookups that missed the order, this one included.
    package var absences: Int
    /// The time since the first of them.
    package var absentFor: Duration

    package init(
        cancelID: Int64,
        attempts: Int,
        quiet: Duration?,
        isWished: Bool = false,
        absences: Int,
        absentFor: Duration
    ) {
        self.cancelID = cancelID
        self.attempts = attempts
        self.quiet = quiet
        self.isWished = isWished
        self.absences = absences
        self.absentFor = absentFor
    }
}

/// Judges an unresolved cancel by what a lookup found.
///
/// Total and pure. The lists are the exchange's own word on the state of the world, so they settle what no
/// answer to a cancel could. That an order is over is so for good. That it is live, or in neither list, says
/// nothing of a request that is under way or was a moment ago; and in neither list proves nothing once: the
/// lists lag, and an order moves from page to page while they are read.
package func ruling(
    on found: Finding.Kind,
    past: LookupPast,
    attempts: AttemptPolicy,
    lookups: LookupPolicy
) -> Ruling {
    switch found {
    case .cancelled: .settle(.cancelled, .confirmed)
    case .fired: .settle(.rejected, .tooLate)
    case .failed: .settle(.rejected, .permanent)
    case .live: live(past, attempts, lookups)
    case .absent
    where past.quiet ?? .zero >= lookups.firstDelay && past.absences >= lookups.absences
        && past.absentFor >= lookups.absentFor:
        .settle(.rejected, .absent)
    case .absent, .unclear: .wait
    }
}

/// Sending once more does no harm whatever the page missed; ending the cancel would.
private func live(
    _ past: LookupPast,
    _ attempts: AttemptPolicy,
    _ lookups: LookupPolicy
) -> Ruling {
    guard let quiet = past.quiet else { return .wait }
    if past.isWished { return quiet >= lookups.quietFor ? .grant : .wait }
    if past.attempts < attempts.lastAttempt {
        return .again(attempts.again.delay(after: past.attempts, of: past.cancelID))
    }
    return quiet >= lookups.quietFor ? .settle(.failed, .transient) : .wait
}
