import Cancels

/// One code of the exchange.
package struct CodeRow: Sendable {
    /// What a code is said of.
    package enum Scope: Sendable, CaseIterable {
        /// One entry of `errors[]`, which names an id.
        case id
        /// A refused request that carried one id, or a refused lookup.
        case requestOfOne
        /// A refused request that carried several.
        case requestOfMany
    }

    /// The code as the exchange writes it.
    package let code: String
    /// What it says, in our words.
    package let meaning: String
    /// How it is to be taken.
    package let meaningClass: Class
    /// The section of htx-api that lists it.
    package let section: String

    /// Puts a row together.
    init(_ code: String, _ meaning: String, _ meaningClass: Class, section: String) {
        self.code = code
        self.meaning = meaning
        self.meaningClass = meaningClass
        self.section = section
    }
}

extension CodeRow {
    /// How a code is to be taken: the classes of htx-api 3, parted where a cancel needs it; the
    /// text is for people and does not change.
    ///
    /// The first four say that the order is past cancelling, or being cancelled. Only an id can be:
    /// said of a request of several ids they do not tell which, and mean unknown.
    package enum Class: String, Sendable, CaseIterable {
        /// There is no such order.
        case notFound = "not found"
        /// It was cancelled before.
        case alreadyCancelled = "already cancelled"
        /// A cancel of it is under way.
        case inProgress = "in progress"
        /// It fired first.
        case executed
        /// A reason that will not go away, with that order or contract.
        case permanent
        /// Not executed, for a reason that should pass.
        case transient
        /// The contract is not trading just now; not executed.
        case suspended
        /// Over the limit, not executed.
        case throttled
        /// The exchange is out or too busy, not executed.
        case unavailable
        /// The account needs a person or another endpoint; not executed, whatever it stands beside.
        case account
        /// The input is refused. Beside an id it is that id's input, for good, also where the message says
        /// "try again later": HTX's FAQ tells that 1030 does so for a bad parameter (htx-api 3.1). So
        /// `permanent` there, since `badRequest` means the whole request.
        case input
        /// The contract is refused, and so is every id of the request.
        case contract
        /// The batch is too large: a matter of requests, so beside one id it makes no sense.
        case batch
        /// It does not tell whether the cancel was executed, and repeating it is what the exchange
        /// advises.
        case unclear
        /// It does not belong to a cancel, or the sources contradict each other: nobody knows what
        /// repeating it would do.
        case foreign

        /// The one meaning this class has in a scope.
        func kind(for scope: Scope) -> Outcome.Kind {
            switch (self, scope) {
            case (.notFound, .requestOfMany), (.inProgress, .requestOfMany),
                (.executed, .requestOfMany):
                .unknown
            // An id is cancelled only where an answer names it, and a refusal of the whole names none.
            case (.alreadyCancelled, .requestOfOne), (.alreadyCancelled, .requestOfMany): .unknown
            case (.notFound, _): .notFound
            case (.alreadyCancelled, _): .alreadyDone
            case (.inProgress, _): .inProgress
            case (.executed, _): .executed
            case (.permanent, _), (.input, .id), (.contract, .id): .permanent
            case (.transient, _): .transient
            case (.suspended, _): .suspended
            // Said of one id alone they say nothing of the account, and must not hold the others up.
            case (.throttled, .id), (.unavailable, .id): .transient
            case (.throttled, _): .throttled
            case (.unavailable, _): .unavailable
            case (.account, _): .accountTrouble
            case (.input, _), (.batch, .requestOfOne), (.batch, .requestOfMany): .badRequest
            case (.contract, _): .badTarget
            case (.batch, .id), (.unclear, _): .unknown
            case (.foreign, _): .unlisted
            }
        }
    }
}
