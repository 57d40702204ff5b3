import Cancels
import HTX

/// What the first byte chooses: what was asked for.
private let calls: [Call] = [
    .cancel(ids("826053970168446976", "826052906719444993")),
    .cancel(ids("826053970168446976")),
    .cancel(ids("1", "2")),
    .cancel(
        ids(
            "1349442392365359104",
            "1192021437253877761",
            "795714964661583872",
            "795714964661583873",
            "34",
            "3",
            "4",
            "01",
            "99999999999999999999",
            "826053970168446976"
        )
    ),
    .lookup(.open, page: 1),
    .lookup(.history, page: 1),
    .lookup(.history, page: 2),
    .cancel(ids("34", "34", "1071")),
    .cancel(ids("1061")),
    .cancel([]),
]

/// What the second byte chooses: the HTTP status.
private let statuses = [
    200, 201, 302, 400, 403, 404, 429, 500, 503, 0, 100, 299, 300, 599, 600, -1, .max,
]

private func ids(_ texts: String...) -> [OrderID] { texts.compactMap { OrderID($0) } }

/// The reader of answers: total, and no order is reported as over unless the body names it.
@_cdecl("LLVMFuzzerTestOneInput")
public func answerTarget(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard var input = Input(start, count, choices: 3) else { return 0 }
    let call = input.choose(from: calls)
    let status = input.choose(from: statuses)
    let truncated = input.chooseNumber() == UInt8(ascii: "t") - UInt8(ascii: "0")
    let reading = ProtocolV1.read(call, status: status, body: input.text, truncated: truncated)

    checkShape(of: reading, for: call)
    if truncated {
        require(reading.whole?.kind == .unknown, "cut off, and yet \(reading)")
        return 0
    }
    let body = readable(input.text)
    switch call {
    case .cancel(let asked):
        let proof = CancelProof(asked: asked, status: status, text: input.text, body: body)
        proof.check(reading)
    case .lookup(_, let number):
        let proof = PageProof(asked: number, status: status, text: input.text, body: body)
        proof.check(reading)
    }
    return 0
}

/// The body, where it leaves no doubt: a name that stands twice says two things.
private func readable(_ text: Bytes) -> Witness? {
    guard let values = Witness.values(in: text), values.count == 1, !values[0].repeatsAName,
        !values[0].nests(deeperThan: JSON.maximumDepth)
    else { return nil }
    return values[0]
}

/// What holds of every reading, whatever the body says.
private func checkShape(of reading: Reading, for call: Call) {
    require(
        Set(reading.outcomes.keys) == Set(call.orderIDs),
        "asked \(call.orderIDs), answered \(reading.outcomes.keys)"
    )
    if let whole = reading.whole {
        require(reading.outcomes.values.allSatisfy { $0 == whole }, "one outcome is not the whole")
        require(reading.page == nil, "a page, and a reason why there is none")
    }
    if case .lookup = call {
        require((reading.page == nil) == (reading.whole != nil), "neither a page nor a reason")
        require(reading.strangers.isEmpty, "a lookup asked for no ids, so none is a stranger")
    } else {
        require(reading.page == nil, "a page that nobody asked for")
    }
    require(reading.strangers.count <= Reading.strangerLimit, "too many strangers")
    require(Set(reading.strangers).count == reading.strangers.count, "a stranger twice")
    for stranger in reading.strangers {
        require(!stranger.isEmpty, "a stranger without a name")
        require(!call.orderIDs.contains { $0.text == stranger }, "\(stranger) was asked for")
    }
    for text in reading.strangers + reading.outcomes.values.compactMap(\.code) {
        require(text.unicodeScalars.count <= Reading.strangerLength, "a name without an end")
    }
    for text in reading.outcomes.values.compactMap(\.message) {
        require(text.unicodeScalars.count <= Reading.messageLength, "a message without an end")
    }
}
