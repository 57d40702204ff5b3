import CancelRunner
import CancelStore
import Cancels
import TestSupport

// The loop around the turn, as `Runner` does it, with crashes, slow disks and failing ones.

extension Simulation {
    /// A process dies in the middle of a transaction.
    private struct Crash: Error {}

    /// Starts another process.
    func start() throws {
        let pid = Int64(processes.count + 1)
        let store = try CancelStore.open(path)
        let process = Ledger.Process(pid: pid, started: 1, space: "here")
        let now = clocks.now
        let runner = try store.write { ledger in
            for account in plan.accounts {
                for endpoint in Endpoint.allCases {
                    try ledger.ensureBucket(
                        account: account,
                        endpoint: endpoint,
                        policy: settings.policy(of: endpoint),
                        now: now
                    )
                }
            }
            return try ledger.register(name: "r\(pid)", process: process, now: now)
        }
        let started = Process(
            pid: pid,
            runner: runner,
            store: store,
            lead: Lead(
                start: .milliseconds(random.pick([0, 4, 25])),
                reach: .milliseconds(random.pick([0, 25]))
            )
        )
        processes.append(started)
        tell("process \(pid) starts")
        try look(after: started)
        planTurn(of: started, at: clocks.time)
    }

    /// Ends a process as `kill -9` does; another one takes its place after a while.
    func kill(_ process: Process, restart: Bool = true) {
        guard process.isAlive else { return }
        process.isAlive = false
        let isProven = !strikes(.deathUnproven)
        if !isProven { note(.deathUnproven, process.pid) }
        dead[process.pid] = isProven
        tell("process \(process.pid) is gone")
        // Closing writes nothing: no code of ours runs at the end of a process.
        try? process.store.close()
        guard restart else { return }
        after(.ms(random.number(1...15_000))) { try $0.start() }
    }

    /// Plans the next turn of a process, unless an earlier one is planned.
    func planTurn(of process: Process, at time: Int64) {
        if let next = process.nextTurn, next <= time { return }
        process.nextTurn = time
        timeline.plan(at: time) { simulation in
            guard process.nextTurn == time else { return }
            process.nextTurn = nil
            try simulation.turn(of: process)
        }
    }

    /// One turn of a process and what follows from it.
    private func turn(of process: Process) throws {
        guard process.isAlive else { return }
        guard clocks.time >= process.busyUntil else {
            return planTurn(of: process, at: process.busyUntil)
        }
        turns += 1
        let answers = process.unrecorded
        guard let result = try commit(answers, of: process) else { return }
        process.agenda = result.agenda
        process.unrecorded = []
        process.isInDoubt = false
        process.handedOver.subtract(answers.map(\.requestID))
        for answer in answers { mix(UInt64(bitPattern: answer.requestID)) }
        try look(after: process)
        try inspector.check(claims: result.sends, at: clocks.now, of: self)
        if strikes(.crashAfterCommit) {
            note(.crashAfterCommit, process.pid)
            return kill(process)
        }
        let isSlow = strikes(.slowCommit)
        if isSlow { note(.slowCommit, process.pid) }
        let commit: Int64 = isSlow ? .ms(random.number(100...4_000)) : .ms(random.number(0...3))
        process.busyUntil = clocks.time + commit
        if !result.sends.isEmpty, random.chance(0.05), strikes(.stopped) {
            // Between COMMIT and hand-over, for longer than any token is held.
            note(.stopped, process.pid)
            process.busyUntil += .ms(random.pick([60, 3_000, 12_000]))
        }
        for request in result.sends {
            tell("request \(request.id) \(request.call) of \(request.target.account)")
            mix(UInt64(bitPattern: request.id))
            process.handedOver.insert(request.id)
            let committed = clocks.now.boot + .nanoseconds(commit)
            // Not before the token is back, where it was granted ahead.
            let free = clocks.world(request.grantedAt) - clocks.time
            after(max(commit, free) + .ms(random.chance(0.02) ? random.number(0...200) : 0)) {
                try $0.handOver(request, committedAt: committed, by: process)
            }
        }
        try rest(process, after: result)
    }

    /// Runs the turn in one transaction; nil where it did not come through.
    private func commit(_ answers: [Answer], of process: Process) throws -> Turn.Result? {
        let turn = Turn(
            runner: process.runner,
            accounts: plan.accounts,
            settings: settings,
            isGone: { [dead] in dead[$0.pid] ?? false }
        )
        let crashes = strikes(.crashInTurn)
        if strikes(.commitRolledBack) {
            note(.commitRolledBack, process.pid)
            process.store.failNextCommit(.rolledBack)
        } else if strikes(.commitCarriedOut) {
            note(.commitCarriedOut, process.pid)
            process.store.failNextCommit(.carriedOut)
        }
        let isClosed = clocks.time < closedUntil
        let agenda = try agenda(of: process, isOpen: !isClosed)
        do {
            return try process.store.write { ledger in
                let result = try turn.run(
                    recording: answers,
                    allowance: process.isDraining || isClosed ? 0 : .max,
                    handedOver: process.isInDoubt ? process.handedOver : nil,
                    agenda: agenda,
                    lead: process.lead,
                    on: ledger,
                    now: clocks.now
                )
                if crashes { throw Crash() }
                return result
            }
        } catch is Crash {
            note(.crashInTurn, process.pid)
            kill(process)
        } catch {
            guard case .broken? = StoreFailure(error) else { throw error }
            process.isInDoubt = true
            try? process.store.close()
            process.store = try CancelStore.open(path)
            planTurn(of: process, at: clocks.time + .s(1))
            try look(after: process)
        }
        return nil
    }

    /// What a turn may pass over, by the rules of the loop; until it has come through, nothing more is known.
    private func agenda(of process: Process, isOpen: Bool) throws -> Agenda {
        let version = try process.store.dataVersion()
        defer {
            process.agenda.forget()
            process.seen = (version, isOpen)
        }
        guard let seen = process.seen, let version, seen == (version, isOpen) else {
            return Agenda()
        }
        return process.agenda
    }

    /// Plans when a process comes back, or lets it go where it was told to stop and all is in.
    private func rest(_ process: Process, after result: Turn.Result) throws {
        if process.isDraining, process.handedOver.isEmpty, process.unrecorded.isEmpty {
            try process.store.write { try $0.stop(process.runner, now: clocks.now) }
            try look(after: process)
            return kill(process)
        }
        var wake = result.wake.map { clocks.world($0) }
        if !process.handedOver.isEmpty {
            let beat = clocks.time + settings.heartbeat.nanoseconds
            wake = min(wake ?? beat, beat)
        }
        if let wake, wake < .max { planTurn(of: process, at: max(wake, process.busyUntil)) }
    }

    /// After a write by `writer`: checks what it did, and lets the other processes hear of it.
    func look(after writer: Process?) throws {
        guard try inspector.sawWrite() else { return }
        try inspector.check(of: self)
        for process in processes where process.isAlive && process !== writer {
            planTurn(of: process, at: clocks.time + .ms(random.number(1...100)))
        }
    }
}
