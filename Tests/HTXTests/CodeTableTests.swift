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
            ("1071", .alreadyDone, .unknown, .unknown),
            ("1062", .inProgress, .inProgress, .unknown),
            ("1063", .executed, .executed, .unknown),
            ("1088", .permanent, .permanent, .permanent),
            ("1052", .unknown, .badRequest, .badRequest),
            ("1030 1031 1066 1067 1498 1499 1500", .permanent, .badRequest, .badRequest),
            ("1013 1014 1332 1033 1348", .permanent, .badTarget, .badTarget),
            ("1408", .transient, .transient, .transient),
            ("1056 1057 1058 1059 1060", .suspended, .suspended, .suspended),
            ("1032 1084 429", .transient, .throttled, .throttled),
            ("1431 1004", .transient, .unavailable, .unavailable),
            (
                "403 1253 12001 12002 12003 12004 12005 12006 12007 12008 12009 1010 1011 1012 1018 1200 "
                    + "1100 1101 1104 1109 1110 1113 1115 1205 1220 1228 1230 1231 1254 1350 1413 1480 "
                    + "50001 50004 50101 50102 1503 1508 1600 1510 4000 4005 4007 4009 6002 6023 "
                    + "api-signature-not-valid",
                .accountTrouble, .accountTrouble, .accountTrouble
            ),
            ("1000 1001 1002 1003 1005 1108 6021 1440", .unknown, .unknown, .unknown),
            (
                "1051 1046 1105 1401 1077 1078 1079 1080 1411 1048 1091 1093 1094 "
                    + "1097 1034 1045 1047 1076 1083 1087 1090 1407 1427 1455 1461 1470 1484 "
                    + "1497 1029 1467 1300 1331 1900",
                .unlisted, .unlisted, .unlisted
            ),
            ("0 200 9999 1061.0 -1061 01061", .unlisted, .unlisted, .unlisted),
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

    @Test func `every code that section 3 of the exchange's facts lists has a row`() {
        let listed: [ClosedRange<Int>] = [
            1000...1005, 1010...1014, 1017...1018, 1029...1048, 1051...1052, 1056...1063,
            1066...1067,
            1071...1088, 1090...1094, 1097...1097, 1100...1101, 1104...1105, 1108...1110,
            1113...1113,
            1115...1115, 1200...1200, 1205...1205, 1220...1228, 1230...1231, 1253...1254,
            1300...1332,
            1348...1348, 1350...1350, 1401...1401, 1403...1408, 1411...1411, 1413...1413,
            1425...1427,
            1431...1431, 1440...1440, 1455...1455, 1461...1470, 1480...1480, 1484...1500,
            1503...1508,
            1510...1510, 1600...1600, 1900...1900, 4000...4005, 4007...4007, 4009...4009,
            6002...6002,
            6021...6021, 6023...6023, 12001...12009, 50001...50004, 50101...50102, 403...403,
        ]
        let missing = listed.joined().filter { CodeTable.row(for: String($0)) == nil }
        #expect(missing == [])
        // And the rows beyond: HTTP's 429, and the spot host's words.
        #expect(
            Set(CodeTable.rows.map(\.code)).subtracting(listed.joined().map(String.init))
                == ["429", "api-signature-not-valid"]
        )
    }

    @Test func `the official classes of a dozen codes, read by hand`() {
        let classes: [(String, CodeRow.Class)] = [
            ("1061", .notFound), ("1071", .alreadyCancelled), ("1062", .inProgress),
            ("1063", .executed), ("1088", .permanent), ("1056", .suspended), ("1032", .throttled),
            ("1431", .unavailable), ("1004", .unavailable), ("12005", .account),
            ("1030", .input), ("1332", .contract), ("1052", .batch), ("1003", .unclear),
            ("1048", .foreign), ("1408", .transient),
        ]
        for (code, meaningClass) in classes {
            #expect(CodeTable.row(for: code)?.meaningClass == meaningClass, "\(code)")
        }
        #expect(Set(classes.map(\.1)) == Set(CodeRow.Class.allCases))
    }

    @Test(arguments: CodeRow.Class.allCases)
    func `the policy of a class is a sentence that counts attempts as the verdict does`(
        meaningClass: CodeRow.Class
    ) throws {
        let row = try #require(CodeTable.rows.first { $0.meaningClass == meaningClass })
        let counts = Set(Self.scopes.map { CodeTable.kind(of: row.code, for: $0).countsAttempt })
        let policy = meaningClass.policy
        #expect(policy.contains("not counted") == counts.contains(false))
        #expect(policy.contains("is counted") == counts.contains(true))
        #expect(policy.hasSuffix(".") && policy.filter { $0 == "." }.count == 1)
        #expect(!meaningClass.rawValue.isEmpty)
    }

    @Test func `only what may have been done unseen leaves a doubt`() {
        let doubtful: Set<CodeRow.Class> = [.inProgress, .unclear, .foreign, .batch]
        for row in CodeTable.rows {
            let leavesDoubt = CodeTable.kind(of: row.code, for: .id).leavesDoubt
            #expect(leavesDoubt == doubtful.contains(row.meaningClass), "\(row.code)")
        }
    }
}
