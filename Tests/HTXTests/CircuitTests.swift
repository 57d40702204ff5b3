import Cancels
import HTX
import Testing

private func at(_ seconds: Double) -> BootTime {
    BootTime(nanoseconds: Int64(seconds * 1_000_000_000))
}

/// A permit of a circuit that should give one.
private func admitted(by circuit: inout Circuit) throws -> Circuit.Permit {
    let permit = circuit.admit()
    return try #require(permit)
}

/// A permit of the first circuit that admits a request.
private func admitted(by set: inout CircuitSet) throws -> CircuitSet.Permit {
    let permit = set.admit(from: 0)
    return try #require(permit)
}

@Suite struct CircuitTests {
    /// A circuit that opened at second 0.
    private func opened() throws -> Circuit {
        var circuit = Circuit()
        let permit = try admitted(by: &circuit)
        #expect(circuit.note(.unreachable("refused"), of: permit, at: at(0)) != nil)
        return circuit
    }

    @Test(arguments: [Health.unreachable("refused"), .maintenance("maintenance: until noon")])
    func `no connection and maintenance open it at once`(health: Health) throws {
        var circuit = Circuit()
        let permit = try admitted(by: &circuit)
        let reason = if case .unreachable = health { "refused" } else { "maintenance: until noon" }
        #expect(circuit.note(health, of: permit, at: at(0)) == .opened(reason: reason))
        #expect(circuit.state == .open(until: at(1)))
        #expect(circuit.reason == reason)
        #expect(circuit.admit() == nil)
    }

    @Test func `five failures in a row open it, and an answer between them begins anew`() throws {
        var circuit = Circuit()
        let failing = Health.failing("HTTP 503")
        for health in [
            failing, failing, failing, failing, .answering, failing, failing, .unreadable("?"),
            failing, failing,
        ] {
            let permit = try admitted(by: &circuit)
            #expect(circuit.note(health, of: permit, at: at(0)) == nil)
        }
        let permit = try admitted(by: &circuit)
        #expect(circuit.note(failing, of: permit, at: at(0)) == .opened(reason: "HTTP 503"))
    }

    @Test func `while it waits a green heartbeat changes nothing, then it is half-open`() throws {
        var circuit = try opened()
        #expect(!circuit.isDue(at: at(0.999)))
        #expect(circuit.noteUp(at: at(0.999)) == nil)
        #expect(circuit.isDue(at: at(1)))
        #expect(circuit.noteUp(at: at(1)) == .halfOpen)
        #expect(!circuit.isDue(at: at(2)))
        #expect(circuit.noteUp(at: at(2)) == nil)
    }

    @Test func `half-open admits one request at a time, and one given back is admitted again`()
        throws
    {
        var circuit = try opened()
        #expect(circuit.noteUp(at: at(1)) != nil)
        let probe = try admitted(by: &circuit)
        #expect(circuit.admit() == nil)
        circuit.release(probe)
        #expect(circuit.admit() != nil)
    }

    @Test func `the answer to the probe closes it and tells how long it was out`() throws {
        var circuit = try opened()
        #expect(circuit.noteUp(at: at(5)) != nil)
        let probe = try admitted(by: &circuit)
        let change = circuit.note(.answering, of: probe, at: at(6))
        #expect(change == .closed(after: .seconds(6)))
        #expect(circuit.state == .closed(strikes: 0) && circuit.reason.isEmpty)
    }

    @Test(
        arguments: [
            Health.failing("x"), .unreachable("x"), .maintenance("x"), .unreadable("x"),
        ]
    )
    func `a probe that fails opens it again, for twice as long, up to half a minute`(
        health: Health
    ) throws {
        var circuit = try opened()
        var time = 1.0
        for wait in [2.0, 4, 8, 10, 10, 10] {
            #expect(circuit.noteUp(at: at(time)) == .halfOpen)
            let probe = try admitted(by: &circuit)
            #expect(circuit.note(health, of: probe, at: at(time)) == .opened(reason: "x"))
            #expect(circuit.state == .open(until: at(time + wait)))
            time += wait
        }
        // Success makes all that forgotten.
        #expect(circuit.noteUp(at: at(time)) == .halfOpen)
        let probe = try admitted(by: &circuit)
        #expect(circuit.note(.answering, of: probe, at: at(time)) == .closed(after: .seconds(time)))
        let next = try admitted(by: &circuit)
        #expect(circuit.note(.unreachable("y"), of: next, at: at(time)) != nil)
        #expect(circuit.state == .open(until: at(time + 1)))
    }

    @Test func `what went out before a change says nothing after it`() throws {
        var circuit = Circuit()
        let old = try admitted(by: &circuit)
        let first = try admitted(by: &circuit)
        #expect(circuit.note(.unreachable("refused"), of: first, at: at(0)) != nil)
        #expect(circuit.note(.answering, of: old, at: at(0)) == nil)
        #expect(circuit.noteUp(at: at(1)) != nil)
        #expect(circuit.note(.unreachable("refused"), of: old, at: at(1)) == nil)
        #expect(circuit.note(.answering, of: old, at: at(1)) == nil)
        let probe = try admitted(by: &circuit)
        circuit.release(old)
        #expect(circuit.admit() == nil)
        #expect(circuit.note(.answering, of: probe, at: at(1)) != nil)
        for _ in 0..<3 { #expect(circuit.note(.failing("x"), of: old, at: at(2)) == nil) }
        #expect(circuit.admits)
    }
}

@Suite struct CircuitSetTests {
    private static let urls = ["https://a.example", "https://b.example"].compactMap {
        try? ExchangeURL($0)
    }

    @Test func `the first that admits is taken, and the preferred one as soon as it is back`()
        throws
    {
        var set = CircuitSet(Self.urls)
        let first = try admitted(by: &set)
        #expect(first.exchange == Self.urls[0] && set.allowance == .max)
        let news = set.note(.unreachable("refused"), of: first, at: at(0))
        #expect(news?.exchange == Self.urls[0])
        let spare = try admitted(by: &set)
        #expect(spare.exchange == Self.urls[1] && set.allowance == .max)
        #expect(set.admit(from: 2) == nil)
        #expect(set.outages() == ["a.example (refused)"])
        #expect(set.outages(except: [Self.urls[0]]) == [])

        #expect(set.due(at: at(0.5)) == [])
        #expect(set.due(at: at(1)) == [Self.urls[0]])
        #expect(set.noteUp(Self.urls[0], at: at(1))?.change == .halfOpen)
        let probe = try admitted(by: &set)
        #expect(probe.exchange == Self.urls[0])
        #expect(set.admit(from: 0)?.exchange == Self.urls[1])
        #expect(set.note(.answering, of: probe, at: at(2))?.change == .closed(after: .seconds(2)))
        #expect(set.admit(from: 0)?.exchange == Self.urls[0])
    }

    @Test func `with all out nothing is allowed, with one to be probed one request`() throws {
        var set = CircuitSet(Self.urls)
        for _ in Self.urls {
            let permit = try admitted(by: &set)
            #expect(set.note(.unreachable("refused"), of: permit, at: at(0)) != nil)
        }
        #expect(set.allowance == 0)
        #expect(set.admit(from: 0) == nil)
        #expect(set.noteUp(Self.urls[1], at: at(1)) != nil)
        #expect(set.allowance == 1)
        let probe = try admitted(by: &set)
        #expect(probe.exchange == Self.urls[1] && set.allowance == 0)
        set.release(probe)
        #expect(set.allowance == 1)
    }

    @Test func `a base URL named twice has one circuit, and without any all is allowed`() {
        #expect(CircuitSet(Self.urls + Self.urls).exchanges == Self.urls)
        #expect(CircuitSet([]).allowance == .max)
    }
}
