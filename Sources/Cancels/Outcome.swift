/// What one answer says of one order id, or that it says nothing to believe; a row of `attempt`.
///
/// The reading of the exchange's own words is `HTX`'s work; what follows from it is `verdict`'s.
package struct Outcome: Hashable, Sendable {
    /// The meanings an answer can have for an id; the text of `attempt.outcome`.
    package enum Kind: String, Sendable, CaseIterable {
        /// Named in `successes`, and nowhere else.
        case accepted
        /// Already cancelled (1071).
        case alreadyDone = "already_done"
        /// A cancel of it is under way (1062).
        case inProgress = "in_progress"
        /// It fired first (1063).
        case executed
        /// No such order there (1061, 1017).
        case notFound = "not_found"
        /// Another reason that holds for this id for good.
        case permanent
        /// A reason that should pass.
        case transient
        /// Its contract is not trading just now (settlement, delivery, a halt): not executed.
        case suspended
        /// The whole request was refused for its input; which id is to blame is not said.
        case badRequest = "bad_request"
        /// The whole request was refused for its contract: every id of it is to blame alike.
        case badTarget = "bad_target"
        /// Over the limit (1032, HTTP 429): not executed.
        case throttled
        /// Maintenance: not executed.
        case unavailable
        /// Nothing of the request left this machine.
        case notSent = "not_sent"
        /// Key, signature, rights, account mode: not executed, and a person must act.
        case accountTrouble = "account_trouble"
        /// No answer, or one that does not say what became of this id. It may have been cancelled.
        case unknown
        /// A code that is not in the table, or has no meaning for a cancel. It may have been cancelled,
        /// and what repeating it would do nobody knows: it is looked up first.
        case unlisted
    }

    /// What the answer means.
    package let kind: Kind
    /// The exchange's code, as it came.
    package let code: String?
    /// The exchange's message, as it came; our own words where the exchange said nothing to be read.
    package let message: String?

    package init(_ kind: Kind, code: String? = nil, message: String? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
    }
}
