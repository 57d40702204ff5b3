package import Cancels
import Glibc
import GRDB

extension CancelStore {
    /// Copies the whole file to a new one, checks the copy, and gives the cut that it allows.
    ///
    /// On return the copy is on the disk whole, readable by its owner only, and compared with its seals; after a
    /// throw nothing is at `path`.
    package func archive(to path: String, before: WallTime) throws -> Cut {
        guard access(path, F_OK) != 0 else {
            throw StoreError.refused("\(path) exists already; choose another --archive")
        }
        let part = path + ".part"
        let file = Glibc.open(part, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw StoreError.unwritable(path: part, Self.reason) }
        defer { Glibc.close(file) }
        do {
            try withoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [part]) }
            let cut = try Self.checkCopy(part, before: before)
            try Self.keep(part, as: path, file)
            return cut
        } catch {
            for name in [part, part + "-wal", part + "-shm"] { unlink(name) }
            throw error
        }
    }

    /// Opens the copy as any other file of ours, which brings it to WAL, and compares everything in it.
    private static func checkCopy(_ part: String, before: WallTime) throws -> Cut {
        let copy = try migrate(part)
        let cut = try copy.read { db in
            let sound = try String.fetchAll(db, sql: "PRAGMA integrity_check")
            guard sound == ["ok"] else {
                throw StoreError.refused("the copy is damaged: \(sound.first ?? "no word of it")")
            }
            let report = try Audit(db).run()
            if let finding = report.findings.first {
                throw StoreError.refused(
                    "nothing is purged from a file that is not intact: \(finding.sentence); see quash audit verify"
                )
            }
            return try Cutting(db, before: before).cut()
        }
        _ = try copy.withoutTransaction { try $0.checkpoint(.truncate) }
        try copy.close()
        return cut
    }

    /// Gives the copy its name once its bytes, and then its name, are on the disk.
    private static func keep(_ part: String, as path: String, _ file: Int32) throws {
        guard fsync(file) == 0 else { throw StoreError.unwritable(path: part, reason) }
        // Unlike a rename, a link never takes the place of a file that has come meanwhile.
        guard link(part, path) == 0 else { throw StoreError.unwritable(path: path, reason) }
        unlink(part)
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let handle = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw StoreError.unwritable(path: folder, reason) }
        defer { Glibc.close(handle) }
        guard fsync(handle) == 0 else { throw StoreError.unwritable(path: folder, reason) }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
