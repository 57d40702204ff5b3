/// A generator whose whole course follows from its seed (SplitMix64).
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Whether something that happens with a probability of 0 to 1 happens.
    package mutating func chance(_ probability: Double) -> Bool {
        Double(next() >> 11) / Double(1 << 53) < probability
    }

    /// A whole number of a range, each as likely as the next.
    package mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &self)
    }

    /// A number drawn so that small ones are likely and the mean is `mean`, cut at ten times that.
    package mutating func exponential(mean: Double) -> Double {
        let uniform = Double(next() >> 11) / Double(1 << 53)
        // The series of -ln(1 - u), which needs no library and is the same everywhere.
        var (term, sum) = (uniform, uniform)
        for power in 2..<64 {
            term *= uniform
            sum += term / Double(power)
        }
        return min(sum, 10) * mean
    }

    /// One of several, each as likely as the next.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }
}
