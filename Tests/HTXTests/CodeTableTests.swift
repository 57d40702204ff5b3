import Cancels
import HTX
import Testing

@Suite struct CodeTableTests {
    private static let scopes = CodeRow.Scope.allCases

    @Test func `every code has one row, a meaning and a source`() {
        #expect(Set(CodeTable.rows.map(\.code)).count == CodeTable.rows.count)
        for row in CodeTable.rows {
            #expect(!row.meaning.isEmpty && row.section.first?.isNumber == true, "\(row.code)")
            #expect(CodeTable.row(for: row.code)?.code == row.code)
        }
    }

    @Test(
        arguments: [
            // Codes, and what they mean beside an id, for a request of one id, for a request of several.
            ("1061 1017", .notFound, .notFound, .unknown),
            ("1071", .alreadyDone, .alreadyDone, .unknown),
            ("1062", .inProgress, .inProgress, .unknown),
            ("1063", .executed, .executed, .unknown),
            ("1088", .permanent, .permanent, .permanent),
            ("1052", .unknown, .badRequest, .badRequest),
            ("1030 1031 1066 1067 1498 1499 1500", .permanent, .badRequest, .badRequest),
            ("1013 1014 1332 1033 1348", .permanent, .badTarget, .badTarget),
            ("1004 1056 1057 1058 1059 1060 1408", .transient, .transient, .transient),
            ("1032 1084 429", .transient, .throttled, .throttled),
            ("1431", .transient, .unavailable, .unavailable),
            (
                "403 1253 12001 12002 12003 12004 12005 12006 12007 12008 12009 1010 1011 1012 1018 1200 "
                    + "1100 1101 1104 1109 1110 1113 1115 1205 1220 1228 1230 1231 1254 1350 1413 1480 "
                    + "50001 50004 50101 50102 1503 1508 1600 1510 4000 4005 4007 4009 6002 6023 "
                    + "api-signature-not-valid",
                .accountTrouble, .accountTrouble, .accountTrouble
            ),
            (
                "1000 1001 1002 1003 1005 1108 6021 1440 1051 1046 1105 1401 1077 1080 1411 1048 1094 1029 "
                    + "1467 1301 1900",
                .unknown, .unknown, .unknown
            ),
            ("0 200 9999 1061.0 -1061 01061", .unknown, .unknown, .unknown),
        ] as [(String, Outcome.Kind, Outcome.Kind, Outcome.Kind)]
    )
    func `a code means what its row says`(
        codes: String,
        id: Outcome.Kind,
        one: Outcome.Kind,
        many: Outcome.Kind
    ) {
        for code in codes.split(separator: " ").map(String.init) {
            #expect(CodeTable.kind(of: code, for: .id) == id, "\(code)")
            #expect(CodeTable.kind(of: code, for: .requestOfOne) == one, "\(code)")
            #expect(CodeTable.kind(of: code, for: .requestOfMany) == many, "\(code)")
        }
    }

    @Test
    func `no code ever means accepted or not sent, and none settles several ids at once as done`() {
        let settling: Set<Outcome.Kind> = [.alreadyDone, .inProgress, .executed, .notFound]
        for row in CodeTable.rows {
            let kinds = Self.scopes.map { CodeTable.kind(of: row.code, for: $0) }
            #expect(!kinds.contains(.accepted) && !kinds.contains(.notSent), "\(row.code)")
            #expect(
                !settling.contains(CodeTable.kind(of: row.code, for: .requestOfMany)),
                "\(row.code)"
            )
            // One id's entry never condemns the whole request.
            #expect(
                ![.badRequest, .badTarget].contains(CodeTable.kind(of: row.code, for: .id)),
                "\(row.code)"
            )
        }
    }

    @Test(arguments: scopes) func `a missing code is unknown`(scope: CodeRow.Scope) {
        #expect(CodeTable.kind(of: nil, for: scope) == .unknown)
    }
}
