import Foundation

/// A folder of one test's own, removed with it.
package final class TemporaryFolder: Sendable {
    /// Where it lies.
    package let path: String

    /// Makes it.
    package init() throws {
        let url = FileManager.default.temporaryDirectory
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
