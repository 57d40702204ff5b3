import Foundation

/// A folder of one test's own, removed with it.
package final class TemporaryFolder: Sendable {
    /// Where it lies.
    package let path: String

    /// Makes it; `inMemory` where the machine has a file system for that, since syncing then costs nothing.
    package init(inMemory: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isThere = inMemory && FileManager.default.isWritableFile(atPath: memory.path)
        let url = (isThere ? memory : FileManager.default.temporaryDirectory)
            .appendingPathComponent("quash-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        // `try?`: what is left in the temporary folder fails no test.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in it.
    package func file(_ name: String) -> String { "\(path)/\(name)" }
}
