/// How far ahead of its instant a token may be granted, so that the disk costs none of the limit.
///
/// The tokens of a busy account come back within milliseconds of each other. Were each granted by a turn of its own,
/// the last would wait for the commits of all before it; so the turn that is made for the first grants the others
/// too.
package struct Lead: Hashable, Sendable {
    /// How long before a token comes back a turn is made for it.
    package var start: Duration
    /// A turn grants the tokens that come back this soon; not less than `start`.
    package var reach: Duration

    /// Every token is granted when it is back.
    package static let none = Self(start: .zero, reach: .zero)

    package init(start: Duration, reach: Duration) {
        (self.start, self.reach) = (start, max(start, reach))
    }
}
