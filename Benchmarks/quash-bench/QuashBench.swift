import ArgumentParser

/// What `make bench` cannot measure from outside the binary: the engine with its limit lifted, and one turn.
///
/// Each prints one line of JSON. The files it works on are made by `quash migrate` and filled by other tools.
@main
struct QuashBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quash-bench",
        abstract: "Measures the engine from inside.",
        subcommands: [EngineBench.self, TurnBench.self]
    )
}
