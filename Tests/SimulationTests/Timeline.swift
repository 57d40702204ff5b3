/// What is still to come, by time; of one instant, in the order it was planned.
struct Timeline {
    /// Something that will happen.
    struct Entry {
        /// Nanoseconds of the world's own clock, which no clock of the machine steps.
        let at: Int64
        fileprivate let order: Int
        let body: (Simulation) throws -> Void
    }

    private var heap: [Entry] = []
    private var planned = 0

    /// Plans something.
    mutating func plan(at time: Int64, _ body: @escaping (Simulation) throws -> Void) {
        planned += 1
        heap.append(Entry(at: time, order: planned, body: body))
        var child = heap.count - 1
        while child > 0, Self.isSooner(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The next thing, taken out; nil where nothing more will happen by itself.
    mutating func next() -> Entry? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            let children = [parent * 2 + 1, parent * 2 + 2].filter { $0 < heap.count }
            guard let least = children.min(by: { Self.isSooner(heap[$0], heap[$1]) }),
                Self.isSooner(heap[least], heap[parent])
            else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private static func isSooner(_ left: Entry, _ right: Entry) -> Bool {
        (left.at, left.order) < (right.at, right.order)
    }
}
