/// The arrivals in order, up to a cap.
///
/// At the cap the older half is forgotten at once: a single array stays cheap to append to and to
/// search, and a run that needs every arrival sets a cap above its length.
struct ArrivalLog: Sendable {
    /// The arrivals still remembered, oldest first, their sequences consecutive.
    private(set) var arrivals: [Exchange.Arrival] = []
    /// The sequence the next arrival gets.
    private(set) var nextSequence = 1
    private let cap: Int

    /// Makes an empty log that remembers at most `cap` arrivals.
    init(cap: Int) {
        self.cap = max(2, cap)
    }

    /// Adds the arrival that took `nextSequence`.
    mutating func append(_ arrival: Exchange.Arrival) {
        precondition(arrival.sequence == nextSequence, "an arrival skipped its turn")
        if arrivals.count == cap { arrivals.removeFirst(cap / 2) }
        arrivals.append(arrival)
        nextSequence += 1
    }

    /// Changes one arrival, unless it has been forgotten meanwhile.
    mutating func update(_ sequence: Int, _ change: (inout Exchange.Arrival) -> Void) {
        guard let first = arrivals.first, sequence >= first.sequence else { return }
        change(&arrivals[sequence - first.sequence])
    }

    /// The remembered arrivals after a sequence, oldest first.
    func since(_ sequence: Int) -> ArraySlice<Exchange.Arrival> {
        guard let first = arrivals.first else { return [] }
        return arrivals.dropFirst(max(0, sequence - first.sequence + 1))
    }

    /// Forgets everything and goes on counting, so that a request on its way cannot be mistaken for
    /// a later one.
    mutating func clear() {
        arrivals = []
    }
}
