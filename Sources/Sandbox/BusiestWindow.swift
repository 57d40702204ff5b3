/// Finds the most arrivals in any half-open window, by two pointers over the whole log.
///
/// It judges the limiter and its clients, so it shares nothing with `RateWindow`: the window that
/// begins at some arrival is always among the fullest, hence one pass with a left and a right edge.
///
/// - Parameters:
///   - instants: when each arrival came, in nanoseconds, in any order.
///   - spanNs: the length of the window in nanoseconds.
/// - Returns: the count, 0 for no arrivals.
package func busiestWindow(of instants: [Int64], spanNs: Int64) -> Int {
    let sorted = instants.sorted()
    var left = 0
    var most = 0
    for right in sorted.indices {
        while sorted[right] - sorted[left] >= spanNs { left += 1 }
        most = max(most, right - left + 1)
    }
    return most
}
