/// What goes wrong in the sandbox, and how often: nothing, unless asked for.
///
/// As JSON, with every key optional; `Cancels`, `Lists` and `World` show the keys not seen here:
///
///     {"latency_ms": {"min": 20, "max": 80},
///      "chances": {"drop_after": 0.01, "err_code:1004": 0.02},
///      "order_err_codes": {"826053970168446976": 1063},
///      "script": [{"fault": "none"}, {"fault": "hang_after", "count": 3}],
///      "reads": {"chances": {"truncated": 0.1}, "script": [{"fault": "html_after"}]}}
package struct Faults: Sendable, Equatable {
    /// How long requests and answers travel.
    package var latencyMs: Latency
    /// How likely each fault is at a cancel, from 0 to 1; one request meets at most one.
    package var chances: [Fault: Double]
    /// Ids that are refused with a code instead of being cancelled, whatever their state.
    package var orderErrCodes: [String: Int]
    /// What the next cancels meet, in order of arrival; the chances come after its end.
    package var script: [Step]
    /// What goes wrong with the requests for lists.
    package var reads: Reads
    /// What goes wrong with the cancels of particular orders and contracts.
    package var cancels = Cancels()
    /// What is wrong with the lists.
    package var lists = Lists()
    /// What is wrong around the requests.
    package var world = World()

    /// Makes a set of faults; by default nothing goes wrong.
    package init(
        latencyMs: Latency = Latency(min: 0, max: 0),
        chances: [Fault: Double] = [:],
        orderErrCodes: [String: Int] = [:],
        script: [Step] = [],
        reads: Reads = Reads()
    ) {
        self.latencyMs = latencyMs
        self.chances = chances
        self.orderErrCodes = orderErrCodes
        self.script = script
        self.reads = reads
    }

    /// Refuses what cannot be carried out.
    ///
    /// - Throws: `BadInput` with the first thing that is wrong.
    func validate() throws(BadInput) {
        try latencyMs.validate()
        for (chances, script) in [(chances, script), (reads.chances, reads.script)] {
            guard chances.values.allSatisfy({ 0...1 ~= $0 }),
                chances.values.reduce(0, +) <= 1 + 1e-9
            else {
                throw BadInput("Each of chances must be from 0 to 1, and together at most 1.")
            }
            guard script.allSatisfy({ 1...1_000_000 ~= $0.count }) else {
                throw BadInput("The count of a step in script must be from 1 to 1000000.")
            }
        }
        try cancels.validate()
        try lists.validate()
        try world.validate()
    }
}
