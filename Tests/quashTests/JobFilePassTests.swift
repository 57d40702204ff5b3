import Cancels
import Foundation
import Testing

import quash

/// What happens between the passes, and to files that are damaged.
@Suite struct JobFilePassTests {
    private let changed = "x.csv: changed while it was being read; nothing is queued, try again"

    @Test(arguments: [
        "contract_code,order_id\nA,1\nA,2\n", "contract_code,order_id\nA,1\nB,2\n",
        "contract_code,order_id\nA,1\nA,x\n", "contract_code,order_id\nA,1\n", "",
    ])
    func `a file that changed between the passes is refused`(later: String) throws {
        let error = try withJobFile("contract_code,order_id\nA,1\nA,3\n".utf8, as: "x.csv") {
            file,
            url in
            let checked = try file.check()
            try Data(later.utf8).write(to: url)
            return #expect(throws: JobFileError.self) { try checked.forEachID { _, _, _ in } }
        }
        #expect(error?.description == changed)
    }

    @Test func `a file that went away between the passes is refused`() throws {
        let error = try withJobFile("contract_code,order_id\nA,1\n".utf8, as: "x.csv") {
            file,
            url in
            let checked = try file.check()
            try FileManager.default.removeItem(at: url)
            return #expect(throws: JobFileError.self) { try checked.forEachID { _, _, _ in } }
        }
        #expect(error?.description == "x.csv: cannot be read: No such file or directory")
    }

    @Test func `a job that pass one did not see never reaches the caller`() throws {
        try withJobFile("contract_code,order_id\nA,1\n".utf8, as: "x.csv") { file, url in
            let checked = try file.check()
            try Data("contract_code,order_id\nB,2\nA,1\n".utf8).write(to: url)
            var seen: [Int] = []
            #expect(throws: JobFileError.self) {
                try checked.forEachID { job, _, _ in seen.append(job) }
            }
            #expect(seen.isEmpty)
        }
    }

    @Test func `a file that the caller's own work changes is refused`() throws {
        try withJobFile("contract_code,order_id\nA,1\n".utf8, as: "x.csv") { file, url in
            let checked = try file.check()
            #expect(throws: JobFileError.self) {
                try checked.forEachID { _, _, _ in
                    try Data("contract_code,order_id\nA,2\n".utf8).write(to: url)
                }
            }
        }
    }

    @Test func `pass two can be run again, and passes on what the caller throws`() throws {
        struct Full: Error {}
        try withJobFile("contract_code,order_id\nA,1\nA,2\n".utf8, as: "x.csv") { file, _ in
            let checked = try file.check()
            #expect(throws: Full.self) { try checked.forEachID { _, _, _ in throw Full() } }
            var count = 0
            try checked.forEachID { _, _, _ in count += 1 }
            #expect(count == 2)
        }
    }

    @Test(arguments: JobFileSample.allCases)
    func `a damaged file is refused or holds good jobs only`(sample: JobFileSample) throws {
        var random = SplitMix(state: 0x5EED)
        let whole = Array(try Data(contentsOf: sample.url).prefix(1200))
        let contract = try JobFields.contract("BTC-USDT")
        var accepted = 0
        for round in 0..<700 {
            let bytes = damaged(whole, using: &random)
            try withJobFile(bytes, as: sample.rawValue, defaults: contract, chunkSize: 64) {
                file,
                _ in
                guard let reading = try? JobFileReading(file) else {
                    #expect(throws: JobFileError.self, "round \(round)") { try file.check() }
                    return
                }
                accepted += 1
                #expect(reading.ids.allSatisfy { OrderID($0.digits) != nil }, "round \(round)")
            }
        }
        // Both ends of the test must be worth something.
        #expect(accepted < 700)
        if sample == .list || sample == .export { #expect(accepted > 5) }
    }

    /// Cuts, and changes, doubles, moves or drops up to three stretches of bytes.
    private func damaged(_ whole: [UInt8], using random: inout SplitMix) -> [UInt8] {
        var bytes = whole
        if Bool.random(using: &random) {
            bytes.removeLast(.random(in: 0..<bytes.count, using: &random))
        }
        for _ in 0...Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, start + .random(in: 1...40, using: &random))
            let stretch = Array(bytes[start..<end])
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[start] = .random(in: 0...255, using: &random)
            case 1:
                bytes[start] =
                    Array(#"",:[]{}\-0n"#.utf8 + [10, 13, 32]).randomElement(using: &random) ?? 0
            case 2: bytes.insert(contentsOf: stretch, at: start)
            case 3: bytes.removeSubrange(start..<end)
            default: bytes.append(contentsOf: stretch)
            }
        }
        return bytes
    }
}

/// A small random generator that a seed repeats exactly.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
