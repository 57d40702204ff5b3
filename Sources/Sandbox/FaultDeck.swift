/// The faults of one kind of request, in the order in which they are dealt.
struct FaultDeck: Sendable {
    /// The steps of the script, last first, so that using one up does not move the others.
    private var script: [Faults.Step]
    /// The chances in a fixed order: a dictionary's own order differs from process to process.
    private let ladder: [(fault: Fault, chance: Double)]

    /// Lays a script upon chances.
    init(chances: [Fault: Double], script: [Faults.Step]) {
        self.script = script.reversed()
        ladder = chances.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { (fault: $0.key, chance: $0.value) }
    }

    /// The steps not used up yet.
    var remaining: [Faults.Step] { script.reversed() }

    /// Deals one request its fault: the next of the script, or else what the dice say.
    mutating func deal(using dice: inout Dice) -> Fault {
        if let step = script.last {
            if step.count == 1 {
                script.removeLast()
            } else {
                script[script.count - 1].count -= 1
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
