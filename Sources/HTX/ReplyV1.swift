/// A v1 answer's body taken apart, in all the spellings HTX has been seen to use (htx-api 2.2, 2.3).
struct ReplyV1 {
    /// What the body says of the request.
    enum Standing: Hashable, Sendable {
        /// It was carried out, id by id.
        case ok
        /// It was refused whole.
        case refused
        /// It was refused for maintenance.
        case maintenance
        /// It says ok, and gives an error code beside it.
        case contradictory
        /// It says nothing of the kind.
        case unstated
    }

    /// What the body says of the request.
    let standing: Standing
    /// The exchange's code as text, whether it came as a number or a string.
    let code: String?
    /// The exchange's message.
    let message: String?
    /// What it carries.
    let data: JSON?
    /// Which ids it names; nil where `data` is missing or in no shape we know.
    let lists: ListsV1?
    /// Whether it certainly names no id.
    let namesNothing: Bool
    /// `ts`, milliseconds.
    let serverTime: Int64?

    /// Takes a body apart.
    ///
    /// - Returns: nil where it is no JSON object.
    init?(_ body: [UInt8]) {
        guard let json = JSON(body), case .object = json else { return nil }
        code = Self.code(of: json)
        message = Self.message(of: json)
        standing = Self.standing(of: json)
        serverTime = json["ts"]?.scalar.flatMap { Int64($0) }
        data = json["data"]
        lists = data.flatMap { ListsV1($0) }
        namesNothing =
            switch data {
            case nil, .string(""), .array([]): true
            default: lists?.isEmpty ?? false
            }
    }

    private static func standing(of json: JSON) -> Standing {
        let names = codeNames.compactMap { json[$0] }
        // V3 and V5 write 200 where all is well, some endpoints 0 (htx-api 2.3).
        let allWell = names.allSatisfy { $0.scalar == "200" || $0.scalar == "0" }
        switch json["status"] {
        case .string("ok"): return allWell ? .ok : .contradictory
        case .string("error"): return .refused
        case .string("maintain"): return .maintenance
        case nil: return allWell ? .unstated : .refused
        default: return .unstated
        }
    }

    private static let codeNames = ["err_code", "err-code", "code"]

    /// The code under any of its names; nil where two of them disagree, for then neither is to be
    /// believed.
    static func code(of json: JSON) -> String? {
        let codes = Set(codeNames.compactMap { json[$0]?.scalar })
        return codes.count == 1
            ? codes.first.map { Reading.cut($0, to: Reading.strangerLength) } : nil
    }

    /// The message under the first of its names that is there.
    static func message(of json: JSON) -> String? {
        ["err_msg", "err-msg", "message", "msg"].lazy.compactMap { json[$0]?.scalar }.first
            .map { Reading.cut($0, to: Reading.messageLength) }
    }
}
