"""Deliberate bugs, each of which the tests must catch: where it goes, what it replaces, what it would do."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str


MUTANTS = [
    # The tokens.
    Mutant("a token comes back one tenth of a second too early",
           "Sources/Cancels/BucketPolicy.swift",
           "answeredAt + (spacing - floor + margin)",
           "answeredAt + (spacing - floor - .milliseconds(100))"),
    Mutant("a round trip is credited in full, after one sample",
           "Sources/Cancels/BucketPolicy.swift",
           "package static let proof = 500", "package static let proof = 1"),
    Mutant("a token is granted ahead for now, not for when it comes back",
           "Sources/CancelRunner/Claiming.swift",
           "                call: .cancel(pack.orderIDs),\n"
           "                members: pack.members,\n"
           "                slot: token.slot,\n"
           "                grantedAt: max(now.boot, token.busyUntil),\n",
           "                call: .cancel(pack.orderIDs),\n"
           "                members: pack.members,\n"
           "                slot: token.slot,\n"
           "                grantedAt: now.boot,\n"),
    Mutant("the token of a lost request is free at once",
           "Sources/CancelRunner/Recording+Bucket.swift",
           "let latest = answer.receivedAt + policy.lateAllowance + policy.spacing",
           "let latest = answer.receivedAt"),
    Mutant("after a reboot tokens are free at once",
           "Sources/CancelStore/Ledger.swift",
           "[(now.boot + hold).nanoseconds]", "[now.boot.nanoseconds]"),
    Mutant("a grant that has lapsed is sent all the same",
           "Sources/Cancels/BucketPolicy.swift",
           "now - committedAt <= sendDeadline && committedAt - granted <= commitAllowance",
           "now >= committedAt || committedAt >= granted"),
    # Intent, leases, fences.
    Mutant("sent before the intent is committed",
           "Sources/CancelRunner/Runner.swift",
           "            guard let result = try await commit(&progress, allowance: allowance) else { continue }\n",
           "            let early = try store.rehearse {\n"
           "                try turn.run(recording: [], allowance: allowance, on: $0, now: world.now())\n"
           "            }\n"
           "            for request in early.sends { _ = await world.send(request) }\n"
           "            guard let result = try await commit(&progress, allowance: allowance) else { continue }\n"),
    # The compare-and-set of `settle` is the second of two walls: this is the first.
    Mutant("an answer is judged though its request was given up",
           "Sources/CancelStore/Query.swift",
           "            SELECT 1 FROM answer WHERE request_id = request.id AND late = 0)\n"
           "        \"\"\"\n    /// Whether a late answer",
           "            SELECT 1 FROM answer WHERE request_id = request.id AND late = 7)\n"
           "        \"\"\"\n    /// Whether a late answer"),
    Mutant("the requests of a living runner are given up",
           "Sources/CancelRunner/Turn.swift",
           "guard isLost else {", "guard isLost || true else {"),
    Mutant("after a failed COMMIT all requests of its own are taken for unsent",
           "Sources/CancelRunner/Turn.swift",
           "ledger.requests(of: runner).filter { !handedOver.contains($0) }",
           "ledger.requests(of: runner).filter { !handedOver.contains(-$0) }"),
    Mutant("a failed disk is tried again at the next ring",
           "Sources/CancelRunner/Runner+Commit.swift",
           "while world.now().boot < end, !Task.isCancelled {", "if world.now().boot < end {"),
    Mutant("an account whose answer was recorded is passed over",
           "Sources/CancelRunner/Turn.swift",
           "if let account = recorded.account { result.agenda.forget(account) }",
           "if let account = recorded.account, account.isEmpty { result.agenda.forget(account) }"),
    Mutant("an id that shares its order with others is taken for the only one",
           "Sources/CancelStore/Ledger+Claim.swift",
           'isShared: row["is_shared"]', 'isShared: row["is_shared"] && false'),
    Mutant("a paused account is claimed for",
           "Sources/CancelRunner/Claiming.swift",
           ", try !ledger.isPaused(account) else", ", try !ledger.isPaused(account) || true else"),
    Mutant("an id past its deadline goes along with another job's",
           "Sources/CancelStore/Query.swift",
           "AND (job.not_after_ms IS NULL OR job.not_after_ms >= ?)",
           "AND (job.not_after_ms IS NULL OR job.not_after_ms >= ? OR 1)"),
    # What an answer means.
    Mutant("an id that no list names is taken for cancelled",
           "Sources/HTX/ProtocolV1+Cancel.swift",
           ": Outcome(.unknown, message: \"the answer does not name this id\")",
           ": Outcome(.accepted)"),
    Mutant("empty successes are read as one id, the one that was asked",
           "Sources/HTX/ProtocolV1+Cancel.swift",
           "let successes = Set(lists.successes)",
           "let successes = Set(lists.successes.isEmpty && call.orderIDs.count == 1\n"
           "            ? call.orderIDs.map(\\.text) : lists.successes)"),
    Mutant("ids are matched by their position",
           "Sources/HTX/ProtocolV1+Cancel.swift",
           "let successes = Set(lists.successes)",
           "let successes = Set(call.orderIDs.prefix(lists.successes.count).map(\\.text))"),
    Mutant("an id in both lists is taken for cancelled",
           "Sources/HTX/ProtocolV1+Cancel.swift",
           "guard !succeeded else {\n            return Outcome(.unknown, code: code,",
           "guard !succeeded else {\n            return Outcome(.accepted, code: code,"),
    Mutant("not found is believed though an unknown attempt came before",
           "Sources/Cancels/Verdict.swift",
           "past.hasUnknown ? .unresolved(.unknown) : .settle(.rejected, reason, .thisAnswer)",
           ".settle(.rejected, reason, .thisAnswer)"),
    Mutant("an answer that was lost leaves no doubt",
           "Sources/Cancels/Verdict.swift",
           "self == .unknown || self == .unlisted || self == .inProgress",
           "self == .unlisted || self == .inProgress"),
    Mutant("what sends an id to be looked up counts no attempt",
           "Sources/CancelRunner/Recording+Cancel.swift",
           "said.outcome.kind.countsAttempt || verdict.isUnresolved",
           "said.outcome.kind.countsAttempt"),
    # Lookups.
    Mutant("one lookup that misses an order makes it absent",
           "Sources/Cancels/Finding.swift",
           "package var absences = 4", "package var absences = 1"),
    Mutant("a page is believed though a request was just under way",
           "Sources/Cancels/Finding.swift",
           "if past.isWished { return quiet >= lookups.quietFor ? .grant : .wait }",
           "if past.isWished { return .grant }"),
    Mutant("a list that shrank while it was read makes orders absent",
           "Sources/CancelRunner/Recording+Lookup.swift",
           "} else if scan.shrank {", "} else if scan.shrank && false {"),
    # The file.
    Mutant("nothing is sealed",
           "Sources/CancelRunner/Turn.swift",
           "if try ledger.seal(limit: settings.seals) { result.wake(at: now.boot) }", ""),
    Mutant("a final state may change",
           "migrations/v005_cheaper_changes.sql",
           "        WHEN OLD.settled_at_ms IS NOT NULL\n", "        WHEN 0\n"),
]
