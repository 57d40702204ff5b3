import Glibc

extension Faults {
    /// How long requests and answers travel, in milliseconds; each way for itself.
    ///
    /// As JSON, `min` and `max` alone or with any of the rest, here a line across an ocean:
    ///
    ///     {"min": 50, "max": 50, "jitter": 4, "spike_chance": 0.01, "spike_min": 50, "spike_max": 150}
    package struct Latency: Sendable, Equatable {
        /// The least of both ways together; each way takes at least half of it.
        package var min: Double
        /// The most of both ways together; equal to the least for a fixed latency.
        package var max: Double
        /// The mean of what an exponential distribution adds to each way.
        package var jitter: Double = 0
        /// How likely each way takes a spike longer, from 0 to 1.
        package var spikeChance: Double = 0
        /// The least of a spike.
        package var spikeMin: Double = 0
        /// The most of a spike.
        package var spikeMax: Double = 0

        /// Sets both bounds.
        package init(min: Double, max: Double) {
            self.min = min
            self.max = max
        }

        /// Draws one way.
        func draw(using dice: inout Dice) -> Double {
            var way = Double.random(in: min / 2...max / 2, using: &dice)
            if jitter > 0 {
                way -= jitter * log(1 - Double.random(in: 0..<1, using: &dice))
            }
            if spikeChance > 0, Double.random(in: 0..<1, using: &dice) < spikeChance {
                way += Double.random(in: spikeMin...spikeMax, using: &dice)
            }
            return way
        }

        /// Refuses what cannot be carried out.
        ///
        /// - Throws: `BadInput` with the first thing that is wrong.
        func validate() throws(BadInput) {
            // A minute is longer than any client waits; beyond it a typing error is likelier.
            guard 0 <= min, min <= max, max <= 60_000 else {
                throw BadInput("latency_ms needs 0 <= min <= max <= 60000.")
            }
            guard 0...10_000 ~= jitter, 0...1 ~= spikeChance, 0 <= spikeMin, spikeMin <= spikeMax,
                spikeMax <= 60_000
            else {
                throw BadInput(
                    "latency_ms needs a jitter of 0 to 10000, a spike_chance of 0 to 1 and 0 <= spike_min <= spike_max <= 60000."
                )
            }
        }
    }
}

extension Faults.Latency: Codable {
    private enum CodingKeys: String, CodingKey {
        case min, max, jitter
        case spikeChance = "spike_chance"
        case spikeMin = "spike_min"
        case spikeMax = "spike_max"
    }

    /// Reads it; jitter and spikes may be missing.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        min = try fields.decode(Double.self, forKey: .min)
        max = try fields.decode(Double.self, forKey: .max)
        jitter = try fields.decodeIfPresent(Double.self, forKey: .jitter) ?? 0
        spikeChance = try fields.decodeIfPresent(Double.self, forKey: .spikeChance) ?? 0
        spikeMin = try fields.decodeIfPresent(Double.self, forKey: .spikeMin) ?? 0
        spikeMax = try fields.decodeIfPresent(Double.self, forKey: .spikeMax) ?? 0
    }

    /// Writes what is not zero, and the bounds.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(min, forKey: .min)
        try fields.encode(max, forKey: .max)
        for (value, key) in [
            (jitter, CodingKeys.jitter), (spikeChance, .spikeChance), (spikeMin, .spikeMin),
            (spikeMax, .spikeMax),
        ] where value != 0 {
            try fields.encode(value, forKey: key)
        }
    }
}
