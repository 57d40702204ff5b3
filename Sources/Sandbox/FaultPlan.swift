/// Deals the faults out: one after another, and the same again from the same seed.
///
/// Travel times go by order of reception and faults by order of arrival, which differ as soon as
/// travel times do. A run replays as far as its requests come in the same order.
package struct FaultPlan: Sendable {
    /// How long one request and its answer spend on the way.
    package struct Travel: Sendable, Equatable {
        /// Before the exchange counts the arrival.
        package let forward: Duration
        /// Before the caller has the answer.
        package let back: Duration

        /// The two ways of one round trip.
        package init(forward: Duration, back: Duration) {
            self.forward = forward
            self.back = back
        }
    }

    /// What is left to deal: steps of the script disappear as they are used up.
    private(set) var faults: Faults
    private let seed: UInt64
    private var received = 0
    /// How many arrivals have been dealt their fault.
    private(set) var arrived = 0
    /// The chances in a fixed order: a dictionary's own order differs from process to process.
    private var ladder: [(fault: Fault, chance: Double)] = []

    /// Makes a plan that begins at its first request.
    package init(_ faults: Faults, seed: UInt64) {
        self.faults = faults
        self.seed = seed
        inject(faults)
    }

    /// Puts new faults in the place of the old ones, what is left of the script included.
    package mutating func inject(_ faults: Faults) {
        self.faults = faults
        // Last step first, so that using one up does not move the others.
        self.faults.script.reverse()
        ladder = faults.chances.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { (fault: $0.key, chance: $0.value) }
    }

    /// The faults as they would have to be injected to go on like this.
    package var remaining: Faults {
        var remaining = faults
        remaining.script.reverse()
        return remaining
    }

    /// Draws how long the request just received travels: each way for itself, within half the bounds.
    ///
    /// The ways of a network do not know of each other, and each has a least time of its own. One total
    /// split at a random point would be a network whose quick way out is paid for by a slow way back.
    package mutating func nextTravel() -> Travel {
        var dice = Dice(seed: seed, for: .travel, turn: received)
        received += 1
        let way = faults.latencyMs.min / 2...faults.latencyMs.max / 2
        let forward = Double.random(in: way, using: &dice)
        let back = Double.random(in: way, using: &dice)
        return Travel(
            forward: .microseconds(Int64(forward * 1000)),
            back: .microseconds(Int64(back * 1000))
        )
    }

    /// Draws what the request that has just arrived meets.
    package mutating func nextFault() -> Fault {
        var dice = Dice(seed: seed, for: .fault, turn: arrived)
        arrived += 1
        if let step = faults.script.last {
            if step.count == 1 {
                faults.script.removeLast()
            } else {
                faults.script[faults.script.count - 1].count -= 1
            }
            return step.fault
        }
        var mark = Double.random(in: 0..<1, using: &dice)
        for rung in ladder {
            if mark < rung.chance { return rung.fault }
            mark -= rung.chance
        }
        return .none
    }
}
