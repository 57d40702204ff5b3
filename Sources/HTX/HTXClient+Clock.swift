import Cancels
import NIOCore
import Synchronization

extension HTXClient {
    /// The answer, and if it blames the timestamp what is to be done about that.
    ///
    /// The request itself is not sent again here: it had one token and made one call. Its ids go
    /// back, and the next request is signed by the exchange's clock. What came over the wire stays
    /// in the answer.
    func corrected(
        _ answer: Answer,
        _ handOver: HandOver,
        deadline: NIODeadline
    ) async -> Answer {
        guard let refused = answer.whole, refused.blamesClock else { return answer }
        // Only the base URL that refused is asked, and not where an earlier answer told already.
        let isCorrected = clock.withLock(\.adopted) != handOver.offset
        let measured =
            isCorrected ? nil : await measureClock(of: handOver.exchange, deadline: deadline)
        let time = now().boot
        let remedy = clock.withLock {
            $0.remedy(for: measured, signedWith: handOver.offset, at: time)
        }
        let amended =
            switch remedy {
            case .signAnew(let words): refused.amended(.unavailable, with: words)
            case .trouble(let words): refused.amended(.accountTrouble, with: words)
            }
        var answer = answer
        answer.whole = amended
        answer.outcomes = answer.outcomes.mapValues { _ in amended }
        return answer
    }

    /// How far the clock of one base URL is from this machine's; nil where it does not tell in
    /// time.
    private func measureClock(
        of exchange: ExchangeURL,
        deadline: NIODeadline
    ) async -> ClockOffset.Measurement? {
        let asked = now()
        let answer = await ask(
            exchange,
            for: ProtocolV1.timePath,
            deadline: min(deadline, .now() + Self.askTimeout)
        )
        guard case .success(let received) = answer,
            let time = ProtocolV1.time(status: received.status, body: received.body)
        else { return nil }
        return ClockOffset.Measurement(serverTime: time, asked: asked, answered: received.headAt)
    }

    /// How long a public question may take: 2 s.
    static let askTimeout = TimeAmount.seconds(2)
}
