import Cancels

extension ProtocolV1 {
    /// What an answer to a lookup that says ok shows: a page, or why it cannot be read.
    static func page(_ call: Call, _ number: Int, _ reply: ReplyV1) -> Reading {
        do {
            return Reading(try PageV1.read(reply.data, asked: number))
        } catch {
            return .unknown(call, error.words)
        }
    }
}
