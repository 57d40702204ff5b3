import Cancels
import HTX
import Testing

@Suite struct HealthTests {
    @Test(
        arguments: [
            (200, #"{"status":"ok","data":{"successes":"1"}}"#, .answering),
            (200, #"{"status":"error","err_code":1032}"#, .answering),
            (503, #"{"status":"error","err_code":1000}"#, .answering),
            (200, #"{"status":"ok","err_code":1000}"#, .answering), (429, "", .answering),
            (200, #"{"status":"maintain"}"#, .maintenance("maintenance")),
            (
                503, #"{"status":"maintain","err_msg":"until noon"}"#,
                .maintenance("maintenance: until noon")
            ),
            (200, #"{"status":"error","err_code":1431}"#, .maintenance("maintenance")),
            (500, "", .failing("HTTP 500")), (502, "<html>", .failing("HTTP 502")),
            (500, #"{"status":"ok","data":{"successes":"1"}}"#, .failing("HTTP 500")),
            (503, #"{"message":"Unavailable"}"#, .failing("HTTP 503")),
            (403, "<html>", .failing("HTTP 403 with a page instead of JSON")),
            (403, "no", .unreadable("HTTP 403 that cannot be read")),
            (404, "<html>", .unreadable("HTTP 404 that cannot be read")),
            (200, "", .unreadable("HTTP 200 that cannot be read")),
            (302, "", .unreadable("HTTP 302 that cannot be read")),
        ] as [(Int, String, Health)]
    )
    func `an answer tells of the exchange as well`(status: Int, body: String, health: Health) {
        let bytes = Array(body.utf8)
        for call in [Call.cancel([]), .lookup(.open, page: 1)] {
            let reading = ProtocolV1.read(call, status: status, body: bytes, truncated: false)
            #expect(reading.health == health)
        }
    }

    @Test func `a body cut at the limit tells no more than its status`() {
        let body = Array(#"{"status":"maintain"}"#.utf8)
        let healths = [200, 503].map {
            ProtocolV1.read(.cancel([]), status: $0, body: body, truncated: true).health
        }
        #expect(healths == [.unreadable("HTTP 200 that cannot be read"), .failing("HTTP 503")])
    }

    @Test(
        arguments: [
            (
                200, #"{"status":"ok","data":{"heartbeat":1,"linear_swap_heartbeat":1},"ts":1}"#,
                true
            ),
            (
                200, #"{"status":"ok","data":{"heartbeat":1,"linear_swap_heartbeat":"1"},"ts":1}"#,
                true
            ),
            (
                200, #"{"status":"ok","data":{"heartbeat":1,"linear_swap_heartbeat":0},"ts":1}"#,
                false
            ),
            (200, #"{"status":"ok","data":{"linear_swap_heartbeat":2}}"#, false),
            (200, #"{"status":"ok","data":{"linear_swap_heartbeat":true}}"#, false),
            (200, "pong", true), (200, "", true), (200, #"{"status":"ok","data":{}}"#, true),
            (404, "<html>", true), (403, "<html>", false), (503, "", false), (302, "", false),
        ]
    )
    func `a heartbeat is green, and so is a server that has none`(
        status: Int,
        body: String,
        isUp: Bool
    ) {
        #expect(ProtocolV1.isUp(status: status, body: Array(body.utf8)) == isUp)
    }

    @Test(
        arguments: [
            (200, #"{"status":"ok","ts":1616988232517}"#, 1_616_988_232_517),
            (200, #"{"status":"error","ts":1616988232517}"#, nil),
            (404, #"{"status":"ok","ts":1616988232517}"#, nil),
            (200, #"{"ts":1616988232517}"#, nil), (200, #"{"status":"ok"}"#, nil), (200, "", nil),
        ] as [(Int, String, Int64?)]
    )
    func `the public time is read from a plain answer only`(
        status: Int,
        body: String,
        time: Int64?
    ) {
        #expect(ProtocolV1.time(status: status, body: Array(body.utf8)) == time)
    }
}
