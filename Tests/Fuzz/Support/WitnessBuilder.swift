/// Puts words together; the stack is an array, so depth is bounded by memory alone.
struct WitnessBuilder {
    private enum Frame {
        case list([Witness])
        case members([(name: Bytes, value: Witness)], name: Bytes?)
    }
    /// What may come next.
    private enum Wanted { case value, valueOrEnd, name, nameOrEnd, colon, commaOrEnd }

    private var stack: [Frame] = []
    private var wanted = Wanted.value
    private var done: [Witness] = []

    /// The whole values, or nil where one is not finished.
    func finish() -> [Witness]? { stack.isEmpty ? done : nil }

    mutating func take(_ word: WitnessWord) -> Bool {
        switch (wanted, word) {
        case (.value, .open(let kind)), (.valueOrEnd, .open(let kind)):
            stack.append(kind == "[" ? .list([]) : .members([], name: nil))
            wanted = kind == "[" ? .valueOrEnd : .nameOrEnd
        case (.value, .leaf(let leaf)), (.valueOrEnd, .leaf(let leaf)): put(leaf)
        case (.name, .leaf(.text(let name))), (.nameOrEnd, .leaf(.text(let name))):
            guard case .members(let members, _)? = stack.popLast() else { return false }
            stack.append(.members(members, name: name))
            wanted = .colon
        case (.colon, .colon): wanted = .value
        case (.commaOrEnd, .comma):
            if case .list? = stack.last { wanted = .value } else { wanted = .name }
        case (.valueOrEnd, .close(let kind)), (.nameOrEnd, .close(let kind)),
            (.commaOrEnd, .close(let kind)):
            return close(kind)
        default: return false
        }
        return true
    }

    private mutating func close(_ kind: Unicode.Scalar) -> Bool {
        switch (stack.popLast(), kind) {
        case (.list(let elements)?, "]"): put(.list(elements))
        case (.members(let members, _)?, "}"): put(.members(members))
        default: return false
        }
        return true
    }

    private mutating func put(_ value: Witness) {
        switch stack.popLast() {
        case nil: done.append(value)
        case .list(var elements)?:
            elements.append(value)
            stack.append(.list(elements))
        case .members(var members, let name)?:
            members.append((name ?? [], value))
            stack.append(.members(members, name: nil))
        }
        wanted = stack.isEmpty ? .value : .commaOrEnd
    }
}
