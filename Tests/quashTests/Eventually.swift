/// What a test rests on did not come about: in words, and with what there was instead.
struct StageFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Waits until something is true, looking every 20 ms: another process has no clock a test could turn.
///
/// - Throws: `StageFailure`, with what `seen` says, where it is not true within the limit.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(30),
    _ isTrue: () async throws -> Bool,
    seen: () async throws -> String
) async throws {
    let end = ContinuousClock.now + limit
    while try await !isTrue() {
        guard ContinuousClock.now < end else {
            throw StageFailure("not within \(limit): \(what); \(try await seen())")
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
