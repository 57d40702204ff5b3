import Foundation
import Testing

import Sandbox

@Suite struct WorldTests {
    // MARK: Other tools on the account

    @Test func `cancels of other tools use the limit up`() throws {
        let stage = try Stage { $0.faults.world.foreignPerSecond = ["main": 2] }
        // They come half a second apart, the first half a second after the injection.
        stage.clock.advance(ns: 499_999_999)
        #expect(stage.send(body: "").rate?.remaining == 4)
        stage.clock.advance(ns: 1)
        #expect(stage.send(body: "").rate?.remaining == 2)
        stage.clock.advance(ns: 9_500_000_000)
        // Two of theirs are within the last second, and one of ours.
        #expect(stage.send(body: "").rate?.remaining == 2)
        #expect(stage.send(query: Vector.ofOther, body: "").rate?.remaining == 4)
        #expect(stage.exchange.arrivals().count == 4)
        #expect(stage.exchange.summary().accounts["main"]?.busiestWindow == 2)
    }

    @Test func `too many of them leave nothing, and new faults end them`() throws {
        let stage = try Stage { $0.faults.world.foreignPerSecond = ["main": 1000] }
        stage.clock.advance(ns: 1_000_000_000)
        #expect(try stage.cancel("1").err_code == 1032)
        #expect(try stage.open().status == "ok")
        try stage.exchange.inject(Faults())
        #expect(try stage.cancel("1").err_code == 1032)
        stage.clock.advance(ns: 1_000_000_000)
        #expect(try stage.cancel("1").err_code == nil)
    }

    @Test func `the reset is that of a foreign arrival, and looking counts nothing`() throws {
        let stage = try Stage { $0.faults.world.foreignPerSecond = ["main": 10] }
        stage.clock.advance(ns: 1_000_000_000)
        let forged = Vector.a.replacing("Signature=5", with: "Signature=6")
        let rate = try #require(stage.send(query: forged, body: "").rate)
        #expect(rate.remaining == 0)
        // The fifth before the last came at 600 ms and counts until 1600 ms.
        #expect(rate.resetMs == Vector.wallMs + 1600)
    }

    @Test(arguments: [1, 2, 3])
    func `they come evenly, whenever one looks`(rate: Int64) throws {
        let stage = try Stage { $0.faults.world.foreignPerSecond = ["main": Int(rate)] }
        let forged = Vector.a.replacing("Signature=5", with: "Signature=6")
        var ms: Int64 = 0
        for step in [100, 400, 1, 499, 2600, 30, 1000, 700, 20_000, 333] as [Int64] {
            stage.clock.advance(ns: step * 1_000_000)
            ms += step
            let theirs = (1...100).map { $0 * 1000 / rate }.filter { ms - 1000 < $0 && $0 <= ms }
            let reading = try #require(stage.send(query: forged, body: "").rate)
            #expect(reading.remaining == 5 - theirs.count)
            if rate != 3, let first = theirs.first {
                #expect(reading.resetMs == Vector.wallMs + first + 1000)
            }
        }
    }

    // MARK: Another limit

    @Test func `an announced limit holds until the faults are replaced`() throws {
        let stage = try Stage {
            $0.faults.world.announcedLimit = 3
            $0.faults.world.announcedIntervalMs = 2000
        }
        let first = try #require(stage.send(body: Stage.body(["1"])).rate)
        #expect((first.limit, first.intervalMs, first.remaining) == (3, 2000, 2))
        for _ in 0..<2 { #expect(try stage.cancel("1").err_code == nil) }
        #expect(try stage.cancel("1").err_code == 1032)
        stage.clock.advance(ns: 1_999_999_999)
        #expect(try stage.cancel("1").err_code == 1032)
        try stage.exchange.inject(Faults())
        let next = try #require(stage.send(body: Stage.body(["1"])).rate)
        #expect((next.limit, next.intervalMs, next.remaining) == (5, 1000, 3))
    }

    @Test func `raising a limit again forgets no arrival`() throws {
        let stage = try Stage()
        var faults = Faults()
        faults.world.announcedLimit = 2
        for _ in 0..<4 { _ = stage.send(body: "") }
        try stage.exchange.inject(faults)
        #expect(stage.send(body: "").errCode == 1032)
        try stage.exchange.inject(Faults())
        #expect(try stage.cancel("1").err_code == 1032)
    }

    @Test func `a limit can be announced where the settings know none`() throws {
        let stage = try Stage { ($0.limit, $0.faults.world.announcedLimit) = (0, 1) }
        #expect(try stage.cancel("1").err_code == nil)
        #expect(try stage.cancel("1").err_code == 1032)
        #expect(try stage.open().status == "ok")
    }

    // MARK: The clock

    @Test func `a clock that is off shows in answers and refuses the right time`() throws {
        let stage = try Stage { $0.faults.world.clockOffsetMs = -400_000 }
        let answer = try stage.cancel("1")
        #expect(answer.err_code == 12001)
        #expect(answer.ts == Vector.wallMs - 400_000)
        #expect(stage.exchange.wallMs == Vector.wallMs - 400_000)
        #expect(stage.send(body: "").rate?.resetMs == Vector.wallMs - 399_000)
        #expect(try stage.open().err_code == 12001)
        // Whoever keeps to the exchange's clock is understood.
        stage.clock.stepWall(ms: 400_000)
        #expect(try stage.cancel("1").err_code == nil)
        #expect(try stage.open().ts == Vector.wallMs)
    }

    @Test func `the code for a wrong time can be set, and is not that for none`() throws {
        let stage = try Stage { $0.faults.world.skewCode = 403 }
        stage.clock.stepWall(ms: 300_001)
        #expect(try stage.cancel("1").err_code == 403)
        #expect(stage.exchange.arrivals().first?.signed == true)
        stage.clock.stepWall(ms: -1)
        #expect(try stage.cancel("1").err_code == nil)
    }

    @Test func `the time of day tells the clock that is off`() async throws {
        let stage = try Stage { $0.faults.world.clockOffsetMs = 90_000 }
        let response = try await stage.served { endpoint in
            try Connection(to: endpoint).call("GET", "/api/v1/timestamp")
        }
        let text = String(decoding: response?.body ?? Data(), as: UTF8.self)
        #expect(text == #"{"status":"ok","ts":1767323135000}"#)
    }

    // MARK: Keys

    @Test func `a wrong secret is mended by other keys`() throws {
        let stage = try Stage()
        try stage.exchange.seed(["1"], account: "main", on: .btc)
        #expect(try stage.cancel("1", query: Vector.ofMainWithOtherSecret).err_code == 403)
        try stage.exchange.replaceKeys(
            of: .init(
                name: "main",
                accessKey: Vector.main.accessKey,
                secretKey: "mocksecret-mended"
            )
        )
        #expect(try stage.cancel("1").err_code == 403)
        #expect(
            try stage.cancel("1", query: Vector.ofMainWithOtherSecret).cancelled == ["1"]
        )
    }

    @Test func `a replaced access key belongs to nobody and is free again`() throws {
        let stage = try Stage()
        try stage.exchange.replaceKeys(of: Vector.mended)
        #expect(try stage.cancel("1").err_code == 403)
        #expect(stage.exchange.arrivals().first?.account == nil)
        #expect(try stage.cancel("1", query: Vector.ofMended).status == "ok")
        #expect(stage.exchange.summary().accounts["main"]?.arrivals == 1)
        try stage.exchange.add(
            .init(name: "new", accessKey: Vector.main.accessKey, secretKey: "s")
        )
    }

    @Test(arguments: [
        ("nobody", "k", "s"), ("main", Vector.other.accessKey, "s"), ("main", "", "s"),
        ("main", "k", ""),
    ])
    func `keys that cannot be are refused and the old ones stay`(
        name: String,
        key: String,
        secret: String
    ) throws {
        let stage = try Stage()
        #expect(throws: BadInput.self) {
            try stage.exchange.replaceKeys(
                of: .init(name: name, accessKey: key, secretKey: secret)
            )
        }
        #expect(try stage.cancel("1").status == "ok")
    }
}
