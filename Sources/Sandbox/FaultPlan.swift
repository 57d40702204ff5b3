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

    /// What was injected, less the cancels in progress that have been used up.
    private(set) var faults: Faults
    /// When it was injected: outages and the traffic of others are reckoned from then.
    private(set) var since: Moment
    private let seed: UInt64
    private var received = 0
    /// How many cancel requests have been dealt their fault.
    private(set) var arrived = 0
    private var arrivedReads = 0
    private var cancels: FaultDeck
    private var reads: FaultDeck

    /// Makes a plan that begins at its first request.
    package init(_ faults: Faults, seed: UInt64, at moment: Moment) {
        self.faults = faults
        self.seed = seed
        since = moment
        cancels = FaultDeck(chances: faults.chances, script: faults.script)
        reads = FaultDeck(chances: faults.reads.chances, script: faults.reads.script)
    }

    /// Puts new faults in the place of the old ones, what is left of the scripts included.
    package mutating func inject(_ faults: Faults, at moment: Moment) {
        self.faults = faults
        since = moment
        cancels = FaultDeck(chances: faults.chances, script: faults.script)
        reads = FaultDeck(chances: faults.reads.chances, script: faults.reads.script)
    }

    /// The faults as they would have to be injected to go on like this.
    package var remaining: Faults {
        var remaining = faults
        remaining.script = cancels.remaining
        remaining.reads.script = reads.remaining
        return remaining
    }

    /// Draws how long the request just received travels: each way for itself.
    ///
    /// The ways of a network do not know of each other, and each has a least time of its own. One
    /// total split at a random point would be a network whose quick way out is paid for by a slow
    /// way back.
    package mutating func nextTravel() -> Travel {
        var dice = Dice(seed: seed, for: .travel, turn: received)
        received += 1
        let forward = faults.latencyMs.draw(using: &dice)
        let back = faults.latencyMs.draw(using: &dice)
        return Travel(
            forward: .microseconds(Int64(forward * 1000)),
            back: .microseconds(Int64(back * 1000))
        )
    }

    /// Draws what the request that has just arrived meets.
    ///
    /// Cancels and lists have decks and dice of their own, so that neither disturbs the other.
    package mutating func nextFault(at endpoint: Exchange.Endpoint = .cancel) -> Fault {
        guard !endpoint.isRead else {
            var dice = Dice(seed: seed, for: .readFault, turn: arrivedReads)
            arrivedReads += 1
            return reads.deal(using: &dice).atList
        }
        var dice = Dice(seed: seed, for: .fault, turn: arrived)
        arrived += 1
        return cancels.deal(using: &dice)
    }

    /// The outage at a moment; nil once its time is over.
    func outage(at moment: Moment) -> Outage? {
        guard let outage = faults.world.outage else { return nil }
        guard let ms = faults.world.outageMs else { return outage }
        return moment.bootNs - since.bootNs < ms * 1_000_000 ? outage : nil
    }

    /// A moment with the wall clock the exchange shows, which may be wrong.
    func shown(_ moment: Moment) -> Moment {
        Moment(bootNs: moment.bootNs, wallMs: moment.wallMs + faults.world.clockOffsetMs)
    }

    /// Whether a cancel of this id only finds another in progress; counts it where it does.
    mutating func findsInProgress(_ id: String) -> Bool {
        guard let left = faults.cancels.inProgressIDs[id], left > 0 else { return false }
        faults.cancels.inProgressIDs[id] = left - 1
        return true
    }
}
