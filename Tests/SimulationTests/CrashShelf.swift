import CancelStore
import Cancels
import Foundation
import GRDB
import TestSupport

/// The small job, ready to be copied, and what must be true of it at the end.
struct CrashShelf {
    let folder: TemporaryFolder
    let world: CrashRun.World

    /// Two jobs of 26 ids in all, one order wanted by both, one that is unknown to the exchange.
    init() throws {
        folder = try TemporaryFolder(inMemory: true)
        let store = try CancelStore.migrate(folder.file("quash.sqlite"))
        try store.write { ledger in
            for range in [0..<13, 12..<25] {
                let job = NewJob(account: "main", contract: .code("BTC-USDT"))
                let id = try ledger.queue(job, first: Self.order(range.lowerBound))
                try ledger.add(range.dropFirst().compactMap { OrderID(Self.order($0)) }, to: id)
            }
        }
        try store.close()
        var world = CrashRun.World()
        for number in 0..<24 {
            let id = Self.order(number)
            world.exchange.orders[id] = ModelOrder(
                id: id,
                account: "main",
                contract: "BTC-USDT",
                nature: .plain
            )
        }
        self.world = world
    }

    private static func order(_ number: Int) -> String { "\(826_000_000_000_000_000 + number)" }

    /// A fresh copy of the ready file.
    func copy(as name: String) throws -> String {
        let path = folder.file(name)
        try Self.copy(folder.file("quash.sqlite"), to: path)
        return path
    }

    /// Copies what a dead process leaves of a database; the `-shm` is built anew.
    static func copy(_ from: String, to path: String) throws {
        for part in ["", "-wal"] {
            try? FileManager.default.removeItem(atPath: path + part)  // It may not be there.
            guard FileManager.default.fileExists(atPath: from + part) else { continue }
            try FileManager.default.copyItem(atPath: from + part, toPath: path + part)
        }
        try? FileManager.default.removeItem(atPath: path + "-shm")  // Nor this.
    }

    /// What is wrong at the end, with the file and with what it says of each order.
    static func judge(_ path: String, _ world: CrashRun.World) throws -> [String] {
        let file = try DatabaseQueue(path: path)
        defer { try? file.close() }  // Only read from here on.
        return try file.read { db in
            var breaches = try String.fetchAll(
                db,
                sql: "SELECT promise || ' ' || breach FROM v_violation"
            )
            breaches += try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            let ids = try Int64.fetchAll(db, sql: "SELECT id FROM cancel")
            if ids.count != 26 { breaches.append("\(ids.count) rows for 26 ids") }
            for id in ids {
                guard let row = try SettledRow.fetch(db, id) else { continue }
                if let breach = try row.breach(of: world.exchange, db) { breaches.append(breach) }
                if row.orderID != order(24), row.state != "cancelled" {
                    breaches.append("\(row.orderID) is \(row.words)")
                }
            }
            let instants = world.exchange.instants(of: "main", .cancel)
            if mostInAnyWindow(instants, window: .s(1)) > 5 { breaches.append("too many requests") }
            return breaches
        }
    }
}
