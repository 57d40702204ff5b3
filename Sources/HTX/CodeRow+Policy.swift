extension CodeRow.Class {
    /// What happens to an id under a code of this class, and whether the attempt is counted: one
    /// sentence for a person.
    ///
    /// What it sums up is decided by `kind(for:)` and by `verdict` in `Cancels`; no number is
    /// repeated here, for the numbers are settings.
    package var policy: String {
        switch self {
        case .notFound:
            "The id is rejected, or looked up first where an earlier attempt may have "
                + "cancelled it; the attempt is counted."
        case .alreadyCancelled:
            "The id is cancelled, whoever did it, where it is named beside the code; the attempt is "
                + "counted."
        case .inProgress:
            "The id is sent again after a wait and looked up at last, and the attempt is not "
                + "counted, unless it is said of several ids at once: then it is unknown and is "
                + "counted."
        case .executed:
            "The id is rejected as too late, or looked up first where an earlier attempt may have "
                + "cancelled it; the attempt is counted."
        case .permanent:
            "The id is rejected for good; the attempt is counted."
        case .transient:
            "The id is sent again after a back-off and fails once its attempts are used up; "
                + "the attempt is counted."
        case .suspended:
            "The id is sent again after a long back-off until its contract trades; the "
                + "attempt is not counted."
        case .throttled:
            "The account's requests wait until the reset and the attempt is not counted, but "
                + "beside a single id it is a transient failure and is counted."
        case .unavailable:
            "The account's requests wait and the attempt is not counted, but beside a single "
                + "id it is a transient failure and is counted."
        case .account:
            "The account is paused with the reason until a person acts; the attempt is not counted."
        case .input:
            "The request is split until the id to blame stands alone and is rejected, and the "
                + "attempt is not counted, but beside a single id that id is rejected and it is "
                + "counted."
        case .contract:
            "Every id of the request is rejected and the attempt is not counted, but beside a "
                + "single id that id alone is rejected and it is counted."
        case .batch:
            "The request is split and the attempt is not counted, but beside a single id it "
                + "is unknown and is counted."
        case .unclear:
            "The id is sent again after a back-off and looked up at last, since it may have been "
                + "cancelled; the attempt is counted."
        case .foreign:
            "The id is looked up and not sent again before that, since it may have been "
                + "cancelled; the attempt is counted."
        }
    }
}
