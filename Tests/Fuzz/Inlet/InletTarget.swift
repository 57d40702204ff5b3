import CSupport

/// The ways another tool may write its INSERT; the last two override constraints.
private let verbs = ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"]

/// One file for each setting of a foreign connection, kept open; the fuzzer has one thread.
nonisolated(unsafe) private let inlets: [Inlet] = (0..<8).map { settings in
    Inlet(
        trustedSchema: settings & 1 == 0,
        foreignKeys: settings & 2 != 0,
        recursiveTriggers: settings & 4 != 0,
        verbs: verbs
    )
}

/// The SQL inlet: it takes exactly what the contract says, digit for digit, and refuses the rest whole.
@_cdecl("LLVMFuzzerTestOneInput")
public func inletTarget(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard var input = Input(start, count, choices: 1) else { return 0 }
    let number = Int(input.chooseNumber())
    let inlet = inlets[number % 8]
    let verb = number / 8 % verbs.count
    let text = input.text
    func place() -> String { "\(verbs[verb]) of \(shown(text))" }

    inlet.run("SAVEPOINT input")
    let before = inlet.contents()
    let refusal = inlet.queue(text, verb: verb)
    switch (OrderIDsText(text), refusal) {
    case (.accepted(let ids), nil):
        require(inlet.lastJob().orderIDs == text, "another text is kept: \(place())")
        require(inlet.lastJob().ids == ids, "other ids \(inlet.lastJob().ids): \(place())")
        require(inlet.contents().jobs == before.jobs + 1, "not one job more: \(place())")
        require(inlet.contents().cancels == before.cancels + ids.count, "more ids: \(place())")
    case (.accepted, let sentence?): require(false, "refused with \(sentence): \(place())")
    case (let judgement, nil):
        require(false, "\(judgement), and accepted as \(inlet.lastJob().ids): \(place())")
    case (let judgement, let sentence?):
        require(inlet.sentences.contains(sentence), "not our words: \(sentence): \(place())")
        require(inlet.contents() == before, "refused, and something is stored: \(place())")
        if judgement == .empty {
            require(sentence == "job: order_ids is empty", "\(sentence): \(place())")
        }
    }
    inlet.run("ROLLBACK TO input; RELEASE input")
    return 0
}
