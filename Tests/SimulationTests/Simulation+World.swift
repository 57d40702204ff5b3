import CancelStore
import Cancels
import TestSupport

// What happens by itself: the beginning, the disturbances, the calm after them.

extension Simulation {
    /// Sets the scene.
    func begin() throws {
        for account in plan.accounts where account != "main" {
            try write("INSERT INTO account (name) VALUES ('\(account)')")
        }
        exchange.isForgetful = strikes(.forgetful)
        if strikes(.stricterLimit) {
            note(.stricterLimit)
            (exchange.limit, exchange.hasHeaders) = (3, true)
        } else {
            exchange.hasHeaders = random.chance(0.5)
        }
        if strikes(.listLag) { exchange.lag = .ms(random.number(100...4_000)) }
        if strikes(.listManyPages) { exchange.pageSize = 5 }
        for _ in 0..<plan.runners { try start() }
        try produce()
        every(20) { try $0.produce() }
        every(25) { try $0.operate() }
        for (mean, disturb) in disturbances { every(mean) { try disturb($0)() } }
        after(plan.trouble) { try $0.calm() }
    }

    /// Does something again and again, after spans of so many seconds in the mean, until all is calm.
    private func every(_ mean: Double, _ body: @escaping (Simulation) throws -> Void) {
        after(Int64(random.exponential(mean: mean) * 1e9) + 1) { simulation in
            guard !simulation.isCalm else { return }
            try body(simulation)
            simulation.every(mean, body)
        }
    }

    /// What disturbs, and how many seconds apart in the mean.
    private var disturbances: [(Double, (Simulation) -> () throws -> Void)] {
        [
            (4, { $0.moveOrders }), (2, { $0.useLimit }), (20, { $0.stopTrading }),
            (40, { $0.cutOff }), (30, { $0.crashSomebody }), (30, { $0.stopSomebody }),
            (60, { $0.stepClock }), (150, { $0.reboot }),
        ]
    }

    /// Orders fire, fail, and are cancelled by others.
    private func moveOrders() {
        let open = exchange.orders.keys.sorted().filter { exchange.orders[$0]?.state == .open }
        guard !open.isEmpty else { return }
        let ends: [(Happening, ModelOrder.State)] = [
            (.cancelledByOthers, .cancelled(byRequest: nil)), (.failed, .failed), (.fired, .fired),
        ]
        guard let end = ends.first(where: { strikes($0.0) }) else { return }
        let id = random.pick(open)
        note(end.0, 0, id)
        exchange.orders[id]?.end(as: end.1, at: clocks.time)
    }

    /// Another tool uses the limit of an account.
    private func useLimit() {
        guard strikes(.foreignRequest) else { return }
        note(.foreignRequest)
        let wall = clocks.time / 1_000_000
        _ = exchange.count(
            random.pick(plan.accounts),
            .cancel,
            isOurs: false,
            at: clocks.time,
            wall: wall
        )
    }

    private func stopTrading() {
        guard strikes(.suspended) else { return }
        let contract = random.pick(["BTC-USDT", "ETH-USDT"])
        exchange.halted.insert(contract)
        after(.s(random.number(1...60))) { $0.exchange.halted.remove(contract) }
    }

    /// The exchange is out of reach, or silent, or the client's circuit is open.
    private func cutOff() {
        let until = clocks.time + .s(random.number(1...40))
        if strikes(.outage) {
            note(.outage)
            outageUntil = until
        } else if strikes(.silence) {
            silenceUntil = until
        } else if strikes(.closedCircuit) {
            note(.closedCircuit)
            closedUntil = until
        }
    }

    private func crashSomebody() {
        let living = processes.filter(\.isAlive)
        guard !living.isEmpty else { return }
        let process = random.pick(living)
        if strikes(.gracefulStop) {
            note(.gracefulStop, process.pid)
            process.isDraining = true
            planTurn(of: process, at: clocks.time)
        } else if strikes(.crashInFlight) {
            note(.crashInFlight, process.pid)
            kill(process)
        }
    }

    /// A process is stopped by a signal for a while, or starved.
    private func stopSomebody() {
        let living = processes.filter(\.isAlive)
        guard !living.isEmpty, strikes(.stopped) else { return }
        let process = random.pick(living)
        note(.stopped, process.pid)
        process.busyUntil = max(
            process.busyUntil,
            clocks.time + .ms(random.pick([60, 300, 4_000, 12_000]))
        )
    }

    private func stepClock() {
        if strikes(.wallForward) {
            note(.wallForward)
            clocks.stepWall(byMilliseconds: random.number(1...3_600_000))
        } else if strikes(.wallBack) {
            note(.wallBack)
            clocks.stepWall(byMilliseconds: -random.number(1...3_600_000))
        }
    }

    /// The machine restarts: all processes are gone, and the boot clock begins anew.
    private func reboot() {
        guard strikes(.reboot) else { return }
        note(.reboot)
        for process in processes where process.isAlive { kill(process, restart: false) }
        for process in processes { process.nextTurn = nil }
        clocks.reboot()
        for _ in 0..<plan.runners { after(.ms(random.number(0...3_000))) { try $0.start() } }
    }

    /// Faults are over: accounts are let go on, contracts trade, and everything must come to its end.
    private func calm() throws {
        tell("calm")
        isCalm = true
        (outageUntil, silenceUntil, closedUntil) = (0, 0, 0)
        exchange.barred = []
        exchange.halted = []
        (exchange.limit, exchange.lag) = (5, min(exchange.lag, .s(1)))
        try write(
            "INSERT INTO act (kind, at_ms) VALUES ('resume', \(clocks.now.wall.milliseconds))"
        )
        if !processes.contains(where: \.isAlive) { try start() }
        try look(after: nil)
    }
}
