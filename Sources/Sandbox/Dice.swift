/// Seeded randomness: the same seed, purpose and turn always give the same throws.
///
/// Every decision throws dice of its own instead of sharing one sequence, so what happens to the
/// n-th request does not depend on how many throws the requests before it needed. The generator is
/// SplitMix64, which passes the usual tests and whose whole state is one number.
package struct Dice: RandomNumberGenerator {
    /// What the dice are thrown for: each purpose has a sequence of its own.
    package enum Purpose: UInt64 {
        /// How long a request travels.
        case travel
        /// Which fault strikes an arrival.
        case fault
        /// In which order an answer names its ids.
        case answer
        /// Which fault strikes a request for a list.
        case readFault
    }

    private var state: UInt64

    /// Takes up the dice for one turn of one purpose.
    package init(seed: UInt64, for purpose: Purpose, turn: Int) {
        state = seed
        // Folding each part in through a whole step keeps neighbouring turns unrelated.
        state = next() &+ purpose.rawValue
        state = next() &+ UInt64(truncatingIfNeeded: turn)
    }

    /// Gives the next 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
