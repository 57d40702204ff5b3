/// Whether what is recorded of a cancel and what the exchange now says of its order go together.
package enum Agreement: String, Sendable, CaseIterable {
    /// They contradict each other.
    case differs
    /// The exchange's lists say nothing that could prove it.
    case unproven
    /// They go together, or nothing was recorded that they could contradict.
    case agrees
}

/// Compares a recorded state with a finding; total and pure.
///
/// "Accepted" only acknowledged a command, so an accepted order that is live, or fired, differs. The lists
/// reach back ninety days and lag a little: an order in neither proves nothing, except where it was recorded
/// as not there.
package func agreement(
    of state: CancelState,
    _ reason: CancelClass?,
    with found: Finding.Kind
) -> Agreement {
    switch (state, found) {
    case (.pending, .absent), (.sending, .absent), (.unresolved, .absent): .unproven
    case (_, .unclear): .unproven
    case (.pending, _), (.sending, _), (.unresolved, _): .agrees
    case (.cancelled, .cancelled): .agrees
    case (.cancelled, .absent): .unproven
    case (.cancelled, _): .differs
    case (.rejected, let found): agreement(ofRejected: reason, with: found)
    case (.failed, .live): .agrees
    case (.failed, .absent): .unproven
    case (.failed, _): .differs
    // What was not sent, or taken back, claims that we did not cancel it, and nothing else.
    case (.expired, .cancelled), (.withdrawn, .cancelled): .differs
    case (.expired, _), (.withdrawn, _): .agrees
    }
}

private func agreement(ofRejected reason: CancelClass?, with found: Finding.Kind) -> Agreement {
    switch (reason, found) {
    case (.tooLate, .fired), (.tooLate, .failed): .agrees
    case (.tooLate, .absent): .unproven
    case (.tooLate, _): .differs
    case (.notFound, .absent), (.absent, .absent): .agrees
    case (.notFound, _), (.absent, _): .differs
    // Refused for good: it may stand there still, or be over by itself, but it was not cancelled by us.
    case (_, .cancelled): .differs
    default: .agrees
    }
}
