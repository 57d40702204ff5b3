import CancelRunner
import CancelStore
import Cancels
import GRDB
import TestSupport

/// One run of the whole system in virtual time: runners, exchange, other tools and operators, on a real file.
///
/// Everything follows from the seed. The turn, the store, the schema and the reader of answers are the real
/// ones; what is played is what lies around them: clocks, network, exchange, and the loop that calls the turn.
final class Simulation {
    let seed: UInt64
    let plan: Plan
    var random: SeededRandom
    var clocks = Clocks()
    var timeline = Timeline()
    var exchange = ModelExchange()
    var processes: [Process] = []
    /// Processes that are gone, and whether that can be proved.
    var dead: [Int64: Bool] = [:]
    var settings = Settings()
    /// Whether faults are over: from here on everything must come to its end.
    var isCalm = false
    /// The exchange cannot be reached, or does not answer, until then.
    var (outageUntil, silenceUntil, closedUntil): (Int64, Int64, Int64) = (0, 0, 0)
    /// What happened, how often.
    var tally: [Happening: Int] = [:]
    /// What was done, in one number.
    private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    /// The first breach of a promise; the run ends there.
    private(set) var breach: String?
    /// Whether it tells line by line what happens.
    private let tells: Bool
    var turns = 0
    let folder: TemporaryFolder
    let path: String
    /// A connection of another tool, with the settings such tools have.
    let shell: DatabaseQueue
    let inspector: Inspector

    init(seed: UInt64, tells: Bool = false) throws {
        self.seed = seed
        random = SeededRandom(seed: seed)
        plan = Plan(random: &random)
        self.tells = tells
        // So small that what one turn leaves over is seen as well.
        settings.sweep = random.pick([2, 2_000])
        folder = try TemporaryFolder(inMemory: true)
        path = folder.file("quash.sqlite")
        try CancelStore.migrate(path).close()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        shell = try DatabaseQueue(path: path, configuration: configuration)
        inspector = try Inspector(path: path)
    }

    /// Counts and tells that something happened.
    func note(_ happening: Happening, _ number: Int64 = 0, _ words: @autoclosure () -> String = "")
    {
        tally[happening, default: 0] += 1
        mix(happening.rawValue.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        mix(UInt64(bitPattern: number))
        tell("\(happening) \(number) \(words())")
    }

    /// Tells what happens, where that is wanted.
    func tell(_ words: @autoclosure () -> String) {
        guard tells else { return }
        let seconds = Double(clocks.time / 1_000_000) / 1_000
        print("simulation: \(seconds)s \(words())")
    }

    /// Takes a number into the digest.
    func mix(_ number: UInt64) {
        digest = (digest ^ number) &* 0x0000_0100_0000_01B3
        digest ^= digest >> 29
    }

    /// Whether a fault strikes here; none does once all is calm.
    func strikes(_ happening: Happening) -> Bool {
        let rate = plan.rate(of: happening)
        return rate > 0 && !isCalm && random.chance(rate)
    }

    /// Notes the first breach of a promise.
    func fail(_ words: String) {
        guard breach == nil else { return }
        breach = words
        tell("BREACH \(words)")
    }

    /// Plans something after a span of nanoseconds.
    func after(_ span: Int64, _ body: @escaping (Simulation) throws -> Void) {
        let (at, isNever) = clocks.time.addingReportingOverflow(max(span, 0))
        guard !isNever else { return }
        timeline.plan(at: at, body)
    }

    /// How long a run may take to come to its end once faults are over: four hours.
    private static let patience: Int64 = .s(4 * 3_600)

    /// Runs to the end: until everything is settled, or a promise is broken.
    func run() throws {
        try begin()
        while breach == nil, let entry = timeline.next() {
            clocks.time = max(clocks.time, entry.at)
            try entry.body(self)
            if isCalm, try inspector.isAllOver() { break }
            if clocks.time > plan.trouble + Self.patience {
                fail("ids are open long after all faults ended: \(try inspector.stillOpen())")
            }
            // A run has some thousand turns; a loop that never rests would have more than anybody waits for.
            if turns > 60_000 { fail("turns without end: \(try inspector.stillOpen())") }
        }
        if breach == nil { try judgeTheEnd() }
    }
}
