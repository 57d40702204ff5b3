import Testing

/// The built binary, the practice exchange as a process of its own, and other tools on the same file.
///
/// One test after the other: each watches a rate, and a machine that is busy with the others would
/// only show a lower one.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: Program.python.isInstalled, "python3 is missing, the other tool of these tests")
)
enum EndToEnd {}

/// The limit held, as the file proves it, as the exchange counted it, and as it can be counted here;
/// every arrival has a request that was written down, and no promise is broken.
func expectTheLimit(
    _ bench: Workbench,
    _ exchange: PracticeExchange,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let arrivals = try exchange.arrivals()
    let (busiest, refused) = try exchange.rate()
    #expect(try await bench.mostInAnySecond() <= 5, sourceLocation: sourceLocation)
    #expect(busiest <= 5, sourceLocation: sourceLocation)
    #expect(arrivals.mostInAnySecond == busiest, sourceLocation: sourceLocation)
    #expect(refused == 0, sourceLocation: sourceLocation)
    var intents = try await bench.column("SELECT order_ids FROM request")
    for arrival in arrivals {
        let intent = intents.firstIndex { $0 == arrival.order_id }
        #expect(intent != nil, "\(arrival) came without intent", sourceLocation: sourceLocation)
        if let intent { intents.remove(at: intent) }
    }
    #expect(try await bench.violations() == [], sourceLocation: sourceLocation)
}
