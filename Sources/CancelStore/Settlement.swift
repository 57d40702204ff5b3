package import Cancels

/// A request that has no answer yet.
package struct OpenRequest: Hashable, Sendable {
    package let id: Int64
    package let account: String
    package let targetID: Int64
    package let call: Call
    /// The scan that a lookup belongs to.
    package let scanID: Int64?
    package let grantedAt: BootTime
    package let bootID: String
}

/// A cancel that is in a request.
package struct Member: Hashable, Sendable {
    package let cancelID: Int64
    package let jobID: Int64
    package let orderID: OrderID
    package let attempts: Int
    package let waits: Int
    /// Attempts that may have cancelled it unseen.
    package let unknowns: Int
    package let notAfter: WallTime?
    /// The event of a withdrawal that waits for the verdict.
    package let withdrawEvent: Int64?
    /// The refused request that is being split, where this cancel is of its first half.
    package let splitBy: Int64?
    /// Whether other rows are of its order too, whatever became of them.
    package let isShared: Bool
}

/// What a cancel's row says after a verdict.
package struct Settlement: Sendable {
    package var state: CancelState
    package var reason: CancelClass?
    /// The exchange's code and words, as they came.
    package var code: String?
    package var message: String?
    /// The evidence of a final state.
    package var answerID: Int64?
    package var eventID: Int64?
    /// The child order that a fired one became.
    package var relationOrderID: String?

    package init(
        _ state: CancelState,
        _ reason: CancelClass?,
        code: String?,
        message: String?,
        answerID: Int64? = nil,
        eventID: Int64? = nil,
        relationOrderID: String? = nil
    ) {
        self.state = state
        self.reason = reason
        self.code = code
        self.message = message
        self.answerID = answerID
        self.eventID = eventID
        self.relationOrderID = relationOrderID
    }
}
