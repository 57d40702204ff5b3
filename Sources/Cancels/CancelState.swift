/// Where one cancel stands; the text of `cancel.state`.
///
///                  claim                     settle
///     pending ───────────────▶ sending ──┬─────────────▶ cancelled
///      ▲   │                      │      ├─────────────▶ rejected
///      │   │      postpone        │      ├─────────────▶ failed
///      └───┼──────────────────────┤      └─────────────▶ unresolved ─ lookup ▶ any of them
///          │                      │
///          └─ expire, withdraw ───┴────────────────────▶ expired, withdrawn
///
/// The five on the right, `unresolved` apart, are final: no function leads out of them and a trigger of
/// the schema refuses to. A final row cites its evidence, an answer or an event.
package enum CancelState: String, Sendable, CaseIterable {
    /// Waiting for its turn. No request for it is in flight.
    case pending
    /// In a request whose answer is not recorded yet. After a crash the row tells only that we *meant*
    /// to send; sending again is safe, since cancelling twice does no harm.
    case sending
    /// What became of it is not known; only a lookup may settle it.
    case unresolved
    /// An answer named it as cancelled.
    case cancelled
    /// The exchange refused it: `class`, `err_code` and `err_msg` say why.
    case rejected
    /// Its attempts are used up, and none of them can have cancelled it.
    case failed
    /// Its `not_after_ms` came first.
    case expired
    /// An operator took it back.
    case withdrawn

    /// Whether nothing leads out of this state.
    package var isFinal: Bool {
        switch self {
        case .pending, .sending, .unresolved: false
        case .cancelled, .rejected, .failed, .expired, .withdrawn: true
        }
    }
}

/// Why a cancel is in its state; the text of `cancel.class`.
package enum CancelClass: String, Sendable, CaseIterable {
    /// Cancelled: the exchange acknowledged our command.
    case accepted
    /// Cancelled: it was so already, by an earlier request of ours or by somebody else.
    case alreadyDone = "already_done"
    /// Cancelled: a lookup found it so.
    case confirmed
    /// Rejected: the order fired before the cancel came.
    case tooLate = "too_late"
    /// Rejected: no such order on that account and contract, and no request of ours can be why.
    case notFound = "not_found"
    /// Rejected: in neither list of the exchange, after several lookups.
    case absent
    /// Rejected: a reason that will not go away.
    case permanent
    /// Rejected: the exchange refuses the request itself for this id or target.
    case badRequest = "bad_request"
    /// Failed, or pending again: a reason that should go away.
    case transient
    /// Pending again: the exchange is busy with it.
    case inProgress = "in_progress"
    /// Pending again: more requests than the limit, by the exchange's count.
    case throttled
    /// Pending again: maintenance or outage, a contract that is not trading, or the request was not sent.
    case unavailable
    /// Pending again: the account needs a person.
    case accountTrouble = "account_trouble"
    /// Pending again or unresolved: no answer that can be believed.
    case unknown
}
