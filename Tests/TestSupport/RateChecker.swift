/// The most instants that lie in any half-open window: what a limit of so many a window speaks of.
///
/// It knows nothing of tokens: two pointers over sorted instants, so that it can judge the limiter.
///
/// `instants` are in any unit and any order, `window` is in the same unit; an instant exactly one window after
/// another is outside of it.
package func mostInAnyWindow(_ instants: some Sequence<Int64>, window: Int64) -> Int {
    let sorted = instants.sorted()
    var (first, most) = (0, 0)
    for (last, instant) in sorted.enumerated() {
        while instant - sorted[first] >= window { first += 1 }
        most = max(most, last - first + 1)
    }
    return most
}
