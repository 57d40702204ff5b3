import Foundation
import Testing

extension EndToEnd {
    /// What `quash reconcile` finds: "accepted" is not "cancelled".
    @Suite struct ReconcileTests {
        /// A line of `--json`, as far as it is looked at here.
        private struct Line: Decodable {
            let agreement: String
            let order_id: String
            let state: String
            let found: String
        }

        @Test func `an accepted order that fired or stays open is found, and no other`()
            async throws
        {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(60, of: "BTC-USDT")
                let (fires, open) = ([ids[3], ids[47]], ids[20])
                try exchange.inject(
                    #"{"accepted_then_fires": \#(fires), "accepted_stays_open": ["\#(open)"]}"#
                )
                try await bench.queue(ids)
                let run = try await bench.drain(exchange)
                #expect(run.status == 0, "\(run)")
                #expect(run.output == "60 ids: 60 cancelled\n")
                let before = try exchange.arrivals().count

                let compared = try await reconcile(job: 1, bench, exchange)
                #expect(compared.status == 3, "\(compared)")
                try expectDifferencesFirst(compared.output, fires: fires, open: open, of: ids)
                try await expectFindings(of: ids, fires: fires, open: open, bench)

                let inJSON = try await reconcile("--json", job: 1, bench, exchange)
                #expect(inJSON.status == 3, "\(inJSON)")
                let lines = try inJSON.output.split(separator: "\n").map {
                    try JSONDecoder().decode(Line.self, from: Data($0.utf8))
                }
                let differing = lines.filter { $0.agreement == "differs" }
                #expect(Set(lines.map(\.order_id)) == Set(ids) && lines.count == 60)
                #expect(Set(differing.map(\.order_id)) == Set(fires + [open]))
                #expect(try exchange.arrivals().count == before)
                #expect(try await bench.ids("cancelled") == Set(ids))
                #expect(try await bench.violations() == [])
            }
        }

        @Test func `what was put right agrees in the end, with status 0`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let ids = try exchange.seed(12, of: "BTC-USDT")
                try exchange.inject(#"{"accepted_stays_open": ["\#(ids[0])"]}"#)
                try await bench.queue(ids)
                #expect(try await bench.drain(exchange).status == 0)
                #expect(try await reconcile(job: 1, bench, exchange).status == 3)

                try exchange.inject("{}")
                try await bench.queue([ids[0]])
                #expect(try await bench.drain(exchange).status == 0)
                #expect(try exchange.orders("cancelled") == Set(ids))
                for job in [1, 2] {
                    let compared = try await reconcile(job: job, bench, exchange)
                    #expect(compared.status == 0, "\(compared)")
                    let count = job == 1 ? 12 : 1
                    #expect(compared.output.hasPrefix("\(count) ids compared; \(count) agree\n"))
                }
                #expect(try exchange.arrivals().count == 3)
                #expect(try await bench.violations() == [])
            }
        }

        private func reconcile(
            _ option: String? = nil,
            job: Int,
            _ bench: Workbench,
            _ exchange: PracticeExchange
        ) async throws -> Ended {
            try await Program.quash.run(
                ["reconcile", "--job", "\(job)"] + [option].compactMap(\.self),
                in: bench.folder,
                environment: exchange.environment.merging(["QUASH_DATABASE": bench.database]) { $1 }
            )
        }

        /// The table of counts names differences before what agrees, and only they are listed one by one.
        private func expectDifferencesFirst(
            _ output: String,
            fires: [String],
            open: String,
            of ids: [String]
        ) throws {
            let lines = output.split(separator: "\n").map(String.init)
            #expect(lines.first == "60 ids compared; 57 agree", "\(output)")
            let differs = try #require(lines.firstIndex { $0.contains("differs") })
            let agrees = try #require(lines.firstIndex { $0.contains("agrees") })
            #expect(differs < agrees, "\(output)")
            let listed = ids.filter { id in lines.contains { $0.contains(id) } }
            #expect(Set(listed) == Set(fires + [open]), "\(output)")
            for (id, word) in fires.map({ ($0, "fired as ") }) + [(open, "live")] {
                #expect(lines.contains { $0.contains(id) && $0.contains(word) }, "\(output)")
            }
        }

        private func expectFindings(
            of ids: [String],
            fires: [String],
            open: String,
            _ bench: Workbench
        ) async throws {
            let findings = "SELECT order_id FROM v_lookup WHERE purpose = 'reconcile' AND found = "
            #expect(try await Set(bench.column(findings + "'fired'")) == Set(fires))
            #expect(try await bench.column(findings + "'live'") == [open])
            let rest = Set(ids).subtracting(fires + [open])
            #expect(try await Set(bench.column(findings + "'cancelled'")) == rest)
        }
    }
}
