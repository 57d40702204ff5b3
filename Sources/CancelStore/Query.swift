// Every statement that runs against the file but those of a purge (`Survey`), one case each, named for the
// verb that runs it.
//
// All of them are prepared on the migrated schema and their plans read by a test: none may scan a table
// that grows. A partial index is used only where the statement repeats its condition word for word, which
// is why the states stand here as literals.

/// The SQL of the store.
package enum Query: String, CaseIterable, Sendable {
    // MARK: Runners and boot

    /// Declares this process.
    case registerRunner = """
        INSERT INTO runner (name, pid, process_started, process_space, boot_id, started_at_ms,
            heartbeat_ns)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    /// Renews a heartbeat that is older than the second instant.
    case beat = "UPDATE runner SET heartbeat_ns = ? WHERE id = ? AND heartbeat_ns < ?"
    /// Notes a stop with good manners. Nothing depends on it.
    case stopRunner = "UPDATE runner SET stopped_at_ms = ? WHERE id = ?"
    /// The boot of the last turn.
    case bootID = "SELECT boot_id FROM boot WHERE only_row = 1"
    case insertBoot = "INSERT INTO boot (only_row, boot_id) VALUES (1, ?)"
    case updateBoot = "UPDATE boot SET boot_id = ? WHERE only_row = 1"
    /// After a boot: what any token paid for may still be under way, so each is busy for one hold.
    case rebaseTokens = "UPDATE token SET busy_until_ns = ?"
    case rebaseBuckets = """
        UPDATE bucket SET held_until_ns = 0, troubles = 0, exchange = NULL, floor_smallest_ns = NULL,
            floor_earlier_ns = NULL, floor_seen = 0, floor_seen_earlier = 0, floor_since_ns = ?
        """
    /// After a boot: back-offs that counted on the old clock are over.
    case rebaseDue = "UPDATE cancel SET due_ns = ? WHERE state = 'pending' AND due_ns IS NOT NULL"
    /// Unfinished requests of other runners, with what tells whether those live.
    case othersRequests = """
        SELECT token.request_id, runner.id AS runner_id, runner.pid, runner.process_started,
            runner.process_space,
            runner.boot_id, runner.heartbeat_ns, runner.stopped_at_ms
        FROM token
            CROSS JOIN request ON request.id = token.request_id
            CROSS JOIN runner ON runner.id = request.runner_id
        WHERE token.request_id IS NOT NULL AND request.runner_id <> ?
        """

    /// Unfinished requests of one runner.
    case ownRequests = """
        SELECT token.request_id FROM token CROSS JOIN request ON request.id = token.request_id
        WHERE token.request_id IS NOT NULL AND request.runner_id = ?
        """

    // MARK: Tokens

    case bucket = """
        SELECT mode, tokens, held_until_ns, troubles, exchange, floor_smallest_ns, floor_earlier_ns,
            floor_seen, floor_seen_earlier, floor_since_ns, stated_limit, stated_window_ms, foreign_last,
            foreign_most, foreign_at_ms
        FROM bucket WHERE account = ? AND endpoint = ?
        """
    case insertBucket = """
        INSERT INTO bucket (account, endpoint, mode, tokens, floor_since_ns) VALUES (?, ?, ?, ?, ?)
        """
    /// What is in flight under the old shape frees its token by the old rule, so the bucket itself waits.
    case reshapeBucket = """
        UPDATE bucket SET mode = ?, tokens = ?, held_until_ns = max(held_until_ns, ?)
        WHERE account = ? AND endpoint = ?
        """
    case updateBucket = """
        UPDATE bucket SET held_until_ns = ?, troubles = ?, exchange = ?, floor_smallest_ns = ?,
            floor_earlier_ns = ?, floor_seen = ?, floor_seen_earlier = ?, floor_since_ns = ?,
            stated_limit = ?, stated_window_ms = ?, foreign_last = ?, foreign_most = ?, foreign_at_ms = ?
        WHERE account = ? AND endpoint = ?
        """
    case insertToken = """
        INSERT INTO token (account, endpoint, slot, busy_until_ns) VALUES (?, ?, ?, ?)
        """
    /// Makes every token of a bucket wait at least until an instant.
    case delayTokens = """
        UPDATE token SET busy_until_ns = ?1
        WHERE account = ?2 AND endpoint = ?3 AND busy_until_ns < ?1
        """
    /// Makes one token that no request holds wait at least until an instant.
    case delayToken = """
        UPDATE token SET busy_until_ns = max(busy_until_ns, ?)
        WHERE account = ? AND endpoint = ? AND slot = ? AND request_id IS NULL
        """
    case tokenCount = "SELECT count(*) FROM token WHERE account = ? AND endpoint = ?"
    /// The tokens of a bucket that no request holds, soonest free first.
    case idleTokens = """
        SELECT slot, busy_until_ns FROM token
        WHERE account = ? AND endpoint = ? AND slot < ? AND request_id IS NULL
        ORDER BY busy_until_ns, slot
        """
    case takeToken = """
        UPDATE token SET request_id = ?, busy_until_ns = ?
        WHERE account = ? AND endpoint = ? AND slot = ? AND request_id IS NULL
        """
    /// Takes the request off its token, which comes back at an instant.
    case returnToken = "UPDATE token SET request_id = NULL, busy_until_ns = ? WHERE request_id = ?"
    /// Takes the request off its token, which stays busy as granted and at least until an instant.
    case abandonToken = """
        UPDATE token SET request_id = NULL, busy_until_ns = max(busy_until_ns, ?) WHERE request_id = ?
        """

    // MARK: Accounts

    case accountPause = "SELECT paused_at_ms FROM account WHERE name = ?"
    case pauseAccount = """
        UPDATE account SET paused_at_ms = ?, paused_reason = ?
        WHERE name = ? AND paused_at_ms IS NULL
        """
    case insertAccount = "INSERT INTO account (name) VALUES (?)"
    case accountNames = "SELECT name FROM account"
    case accountByFingerprint = "SELECT name FROM account WHERE key_fingerprint = ? AND name <> ?"
    case setFingerprint = """
        UPDATE account SET key_fingerprint = ?2 WHERE name = ?1 AND key_fingerprint IS NOT ?2
        """
    /// Accounts are few; each is one exchange UID.
    case accounts = """
        SELECT account, paused_at_ms, paused_reason, ready_jobs, open_requests, stated_limit,
            stated_window_ms, foreign_last, foreign_most, foreign_at_ms
        FROM v_account
        """

    // MARK: Claiming

    /// The job whose ids are the most urgent of an account: priority, then age.
    case headJobOfAccount = """
        SELECT id, target_id, not_after_ms FROM job WHERE account = ? AND standing = 'ready'
        ORDER BY priority DESC, id LIMIT 1
        """
    case headJobOfTarget = """
        SELECT id, target_id, not_after_ms FROM job WHERE target_id = ? AND standing = 'ready'
        ORDER BY priority DESC, id LIMIT 1
        """
    /// Ids of a job that may be claimed, oldest first, after a row; and whether a second row is of its order.
    case readyCancels = """
        SELECT id, order_id, pack_limit, EXISTS (
            SELECT 1 FROM cancel AS one WHERE one.order_id = cancel.order_id LIMIT 1 OFFSET 1) AS is_shared
        FROM cancel
        WHERE job_id = ? AND state = 'pending' AND parked = 0 AND id > ?
        ORDER BY id LIMIT ?
        """
    /// All that was ever wanted of one order of one account.
    case wants = """
        SELECT cancel.id, cancel.job_id, cancel.state, cancel.class, cancel.parked, cancel.due_ns,
            cancel.unknowns, cancel.answer_id, job.target_id
        FROM cancel CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.order_id = ? AND job.account = ?
        """
    /// Whether an order of an account is in an unfinished request.
    case isInFlight = """
        SELECT 1 FROM cancel CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.order_id = ? AND cancel.state = 'sending' AND job.account = ? LIMIT 1
        """
    /// The rows of an order that a request to a target may be for.
    case companions = """
        SELECT cancel.id FROM cancel CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.order_id = ? AND cancel.state = 'pending' AND cancel.parked = 0
            AND job.target_id = ? AND job.standing = 'ready'
            AND (job.not_after_ms IS NULL OR job.not_after_ms >= ?)
        """
    case idleJob = "UPDATE job SET standing = 'idle' WHERE id = ? AND standing = 'ready'"
    case rouseJob =
        "UPDATE job SET standing = 'ready' WHERE id = ? AND (standing = 'idle' OR standing = 'closed')"
    case target = "SELECT account, contract_code, pair, contract_type FROM target WHERE id = ?"
    case insertRequest = """
        INSERT INTO request (runner_id, endpoint, target_id, order_ids, size, token, granted_at_ms,
            granted_ns, boot_id, scan_id, list, page)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// Ten at once cost half of ten one by one; where they are fewer, an id stands more than once.
    case markSending = """
        UPDATE cancel SET state = 'sending', request_id = ?1
        WHERE id IN (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) AND state = 'pending' AND parked = 0
        """
    /// Sets an id aside until the request its order is in has ended.
    case block = "UPDATE cancel SET parked = 1 WHERE id = ? AND state = 'pending' AND parked = 0"
    case unblock = """
        UPDATE cancel SET parked = 0
        WHERE id = ? AND state = 'pending' AND parked = 1 AND due_ns IS NULL
        """

    // MARK: Recording

    /// A request that has no answer yet.
    case openRequest = """
        SELECT request.id, request.endpoint, request.target_id, request.order_ids, request.granted_ns,
            request.boot_id, request.scan_id, request.list, request.page, target.account
        FROM request CROSS JOIN target ON target.id = request.target_id
        WHERE request.id = ? AND NOT EXISTS (
            SELECT 1 FROM answer WHERE request_id = request.id AND late = 0)
        """
    /// Whether a late answer is kept already, or this very one as its answer: a COMMIT that failed may
    /// have been carried out after all.
    case hasAnswer = """
        SELECT 1 FROM answer WHERE request_id = ? AND (late = 1 OR (received_ns = ? AND kind = ?))
        """
    case hasRequest = "SELECT 1 FROM request WHERE id = ?"
    case insertAnswer = """
        INSERT INTO answer (request_id, late, kind, received_at_ms, received_ns, boot_id, round_trip_ns,
            exchange, http_status, err_code, err_msg, server_time_ms, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// The cancels that are in a request; and whether a second row is of their order.
    case members = """
        SELECT cancel.id, cancel.job_id, cancel.order_id, cancel.attempts, cancel.waits, cancel.unknowns,
            cancel.withdraw_event_id, cancel.split_by, job.not_after_ms, EXISTS (
                SELECT 1 FROM cancel AS one WHERE one.order_id = cancel.order_id
                LIMIT 1 OFFSET 1) AS is_shared
        FROM cancel CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.request_id = ? AND cancel.state = 'sending'
        """
    case insertAttempt = """
        INSERT INTO attempt (request_id, cancel_id, outcome, err_code, err_msg, counted)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    /// One attempt each for up to ten cancels of which the answer says the same.
    case insertLikeAttempts = """
        INSERT INTO attempt (request_id, cancel_id, outcome, err_code, err_msg, counted)
        SELECT ?1, id, ?12, ?13, ?14, ?15 FROM cancel
        WHERE id IN (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """
    /// The same final state for up to ten sending cancels, where they are still this request's.
    case settleAlike = """
        UPDATE cancel SET state = ?12, class = ?13, err_code = ?14, err_msg = ?15,
            attempts = attempts + ?16, settled_at_ms = ?17, answer_id = ?18
        WHERE id IN (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            AND state = 'sending' AND request_id = ?1
        """
    /// Gives a sending cancel a new state, if it is still this request's to give.
    case settle = """
        UPDATE cancel SET state = ?, class = ?, err_code = ?, err_msg = ?, attempts = attempts + ?,
            unknowns = unknowns + ?, settled_at_ms = ?, answer_id = ?, event_id = ?
        WHERE id = ? AND state = 'sending' AND request_id = ?
        """
    /// Gives a waiting cancel the final state that another's request brought about.
    case settleWaiting = """
        UPDATE cancel SET state = ?, class = ?, err_code = ?, err_msg = ?, settled_at_ms = ?,
            answer_id = ?, event_id = ?, relation_order_id = ?, request_id = ?, parked = 0, due_ns = NULL
        WHERE id = ? AND (state = 'pending' OR state = 'unresolved')
        """
    /// Puts a sending cancel back, if it is still this request's.
    case postpone = """
        UPDATE cancel SET state = 'pending', class = ?, err_code = ?, err_msg = ?,
            attempts = attempts + ?, waits = ?, unknowns = unknowns + ?, parked = ?, due_ns = ?,
            pack_limit = coalesce(?, pack_limit), split_by = ?
        WHERE id = ? AND state = 'sending' AND request_id = ?
        """
    /// What waits for the word on the first half of a refused request, oldest first.
    case splitRest = """
        SELECT id, job_id FROM cancel
        WHERE split_by = ? AND state = 'pending' AND parked = 1 ORDER BY id
        """
    /// All of a target that waits so.
    case splitRestOfTarget = """
        SELECT cancel.id, cancel.job_id
        FROM cancel INDEXED BY cancel_split CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.split_by IS NOT NULL AND cancel.state = 'pending' AND cancel.parked = 1
            AND job.target_id = ?
        """
    case releaseSplit = """
        UPDATE cancel SET parked = 0, due_ns = NULL, pack_limit = ?1,
            split_by = iif(?1 IS NULL, NULL, split_by)
        WHERE id = ?2 AND state = 'pending' AND parked = 1
        """
    case insertEvent = """
        INSERT INTO event (at_ms, kind, account, job_id, request_id, runner_id, by, reason, detail)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    // MARK: Sweeping

    case dueCancels = """
        SELECT id, job_id FROM cancel WHERE state = 'pending' AND due_ns IS NOT NULL AND due_ns <= ?
        ORDER BY due_ns LIMIT ?
        """
    case unpark = """
        UPDATE cancel SET parked = 0, due_ns = NULL WHERE id = ? AND state = 'pending'
        """
    case startJobs = """
        UPDATE job SET standing = 'ready' WHERE standing = 'waiting' AND not_before_ms <= ?
        """
    case overdueJobs = """
        SELECT id FROM job
        WHERE not_after_ms IS NOT NULL AND standing <> 'closed' AND not_after_ms < ?
        ORDER BY not_after_ms LIMIT ?
        """
    case pendingOfJob = """
        SELECT cancel.id, EXISTS (
            SELECT 1 FROM cancel AS doubted CROSS JOIN job AS theirs ON theirs.id = doubted.job_id
            WHERE doubted.order_id = cancel.order_id AND doubted.unknowns > 0
                AND theirs.account = (SELECT account FROM job WHERE id = cancel.job_id)) AS in_doubt
        FROM cancel WHERE job_id = ? AND state = 'pending' LIMIT ?
        """
    case expire = """
        UPDATE cancel SET state = ?, class = ?, settled_at_ms = ?, event_id = ?, parked = 0, due_ns = NULL
        WHERE id = ? AND state = 'pending'
        """
    case closeJob = "UPDATE job SET standing = 'closed' WHERE id = ?"
    case nextDue = """
        SELECT due_ns FROM cancel WHERE state = 'pending' AND due_ns IS NOT NULL ORDER BY due_ns LIMIT 1
        """
    case nextStart = """
        SELECT not_before_ms FROM job WHERE standing = 'waiting' ORDER BY not_before_ms LIMIT 1
        """
    case nextDeadline = """
        SELECT not_after_ms FROM job WHERE not_after_ms IS NOT NULL AND standing <> 'closed'
        ORDER BY not_after_ms LIMIT 1
        """

    // MARK: Lookups

    /// The targets of an account with unresolved ids.
    case wantedLookups = """
        SELECT lookup.target_id, lookup.due_ns, lookup.fruitless
        FROM target CROSS JOIN lookup ON lookup.target_id = target.id
        WHERE target.account = ? AND lookup.unresolved > 0
        """
    /// A target with unresolved ids, if it has any.
    case wantedLookup = """
        SELECT target_id, due_ns, fruitless FROM lookup WHERE target_id = ? AND unresolved > 0
        """
    /// The scans of an account that a runner may go on with: those for the unresolved, and its own.
    case runningScans = """
        SELECT scan.id, scan.target_id, scan.purpose, scan.list, scan.page, scan.due_ns, scan.troubles,
            scan.request_id, scan.open_orders, scan.shrank
        FROM target CROSS JOIN scan ON scan.target_id = target.id AND scan.ended_at_ms IS NULL
        WHERE target.account = ? AND (scan.purpose = 'unresolved' OR scan.runner_id = ?)
        """
    case scan = """
        SELECT id, target_id, purpose, list, page, due_ns, troubles, request_id, open_orders, shrank
        FROM scan
        WHERE id = ? AND ended_at_ms IS NULL
        """
    case insertScan = """
        INSERT INTO scan (target_id, purpose, runner_id, began_at_ms) VALUES (?, ?, ?, ?)
        """
    /// Every unresolved id of a target; the partial index holds the unresolved alone.
    case insertUnresolvedMembers = """
        INSERT INTO scan_member (scan_id, cancel_id)
        SELECT ?1, cancel.id
        FROM cancel INDEXED BY cancel_unresolved CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.state = 'unresolved' AND job.target_id = ?2
        """
    /// What of a job a reconciliation looks at: all that is not open, in its last round.
    case insertMembersOfJob = """
        INSERT INTO scan_member (scan_id, cancel_id)
        SELECT ?1, cancel.id FROM cancel
        WHERE cancel.job_id = ?2 AND cancel.state <> 'pending' AND cancel.state <> 'sending'
            AND (cancel.settled_at_ms IS NULL OR cancel.settled_at_ms BETWEEN ?3 AND ?4)
            AND NOT EXISTS (
                SELECT 1 FROM cancel AS later
                WHERE later.order_id = cancel.order_id AND later.job_id = cancel.job_id
                    AND later.round > cancel.round)
        """
    /// What of a target, settled in a span of time, and what of it is unresolved.
    case insertMembersOfTarget = """
        INSERT INTO scan_member (scan_id, cancel_id)
        SELECT ?1, cancel.id
        FROM cancel INDEXED BY cancel_settled CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.state IN ('cancelled', 'rejected', 'failed', 'expired', 'withdrawn')
            AND cancel.settled_at_ms IS NOT NULL AND cancel.settled_at_ms BETWEEN ?3 AND ?4
            AND job.target_id = ?2
            AND NOT EXISTS (
                SELECT 1 FROM cancel AS later
                WHERE later.order_id = cancel.order_id AND later.job_id = cancel.job_id
                    AND later.round > cancel.round)
        UNION ALL
        SELECT ?1, cancel.id
        FROM cancel INDEXED BY cancel_unresolved CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.state = 'unresolved' AND job.target_id = ?2
        """
    case targetsOfAccount = "SELECT id FROM target WHERE account = ?"
    case targetOfJob = "SELECT target_id FROM job WHERE id = ?"
    case sendScan = "UPDATE scan SET request_id = ? WHERE id = ? AND request_id IS NULL"
    case advanceScan = """
        UPDATE scan SET request_id = NULL, list = ?, page = ?, due_ns = ?, troubles = ?, open_orders = ?,
            shrank = ?
        WHERE id = ?
        """
    case endScan = """
        UPDATE scan SET request_id = NULL, ended_at_ms = ?, ended = ? WHERE id = ?
        """
    /// The members of a scan with an order id of which it has said nothing yet.
    case membersByOrder = """
        SELECT cancel.id, cancel.job_id, cancel.order_id, cancel.state, cancel.class, cancel.attempts,
            cancel.withdraw_event_id, job.not_after_ms
        FROM cancel
            CROSS JOIN scan_member ON scan_member.scan_id = ?1 AND scan_member.cancel_id = cancel.id
            CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.order_id = ?2 AND NOT EXISTS (
            SELECT 1 FROM finding WHERE cancel_id = cancel.id AND scan_id = ?1)
        """
    /// The members of a scan of which it has said nothing yet.
    case unfoundMembers = """
        SELECT cancel.id, cancel.job_id, cancel.order_id, cancel.state, cancel.class, cancel.attempts,
            cancel.withdraw_event_id, job.not_after_ms
        FROM scan_member
            CROSS JOIN cancel ON cancel.id = scan_member.cancel_id
            CROSS JOIN job ON job.id = cancel.job_id
        WHERE scan_member.scan_id = ?1 AND NOT EXISTS (
            SELECT 1 FROM finding WHERE cancel_id = scan_member.cancel_id AND scan_id = ?1)
        LIMIT ?2
        """
    case insertFinding = """
        INSERT INTO finding (cancel_id, scan_id, answer_id, found, err_code, err_msg, relation_order_id,
            state, class, at_ms, at_ns, boot_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// The lookups in a row that missed a cancel since an answer: of this boot, and of no reconciliation,
    /// which anybody may run as often as he likes.
    case absences = """
        SELECT count(*) AS times, min(finding.at_ns) AS since
        FROM finding CROSS JOIN scan ON scan.id = finding.scan_id AND scan.purpose = 'unresolved'
        WHERE finding.cancel_id = ?1 AND finding.found = 'absent' AND finding.answer_id > ?2
            AND finding.boot_id = ?3
            AND finding.scan_id > coalesce((
                SELECT max(scan_id) FROM finding WHERE cancel_id = ?1 AND found <> 'absent'), 0)
        """
    /// The last word on any attempt on an order of an account: the answer, and when it came or was given up.
    /// Beside max() SQLite gives the other columns of that very row.
    case lastWord = """
        SELECT max(answer.id) AS id, answer.received_ns, answer.boot_id
        FROM cancel
            CROSS JOIN job ON job.id = cancel.job_id
            CROSS JOIN attempt ON attempt.cancel_id = cancel.id
            CROSS JOIN answer ON answer.request_id = attempt.request_id AND answer.late = 0
        WHERE cancel.order_id = ? AND job.account = ?
        """
    case reopen = """
        UPDATE cancel SET state = 'pending', class = 'unknown', err_code = ?, err_msg = ?, parked = 1,
            due_ns = ?, waits = 0
        WHERE id = ? AND state = 'unresolved'
        """
    /// A new unresolved id is looked up soon: the first of its target once the lists had time to show it,
    /// another one with those that wait. Waits that grew over others begin anew for it.
    case hastenLookup = """
        UPDATE lookup SET due_ns = iif(unresolved = 1, ?1, min(due_ns, ?2)), fruitless = 0
        WHERE target_id = (SELECT target_id FROM job WHERE id = ?3)
        """
    case postponeLookup =
        "UPDATE lookup SET due_ns = ?, fruitless = fruitless + 1 WHERE target_id = ?"
    /// After a boot: waits that counted on the old clock are over.
    case rebaseLookups = "UPDATE lookup SET due_ns = 0"
    case rebaseScans = "UPDATE scan SET due_ns = 0 WHERE ended_at_ms IS NULL"

    // MARK: The inlet of `quash enqueue`

    case insertJob = """
        INSERT INTO job (account, contract_code, pair, contract_type, order_ids, priority, not_before_ms,
            not_after_ms, dedup_key, queued_by, note)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// All ids of a JSON array at once, which costs two thirds of one by one.
    case insertCancels = """
        INSERT INTO cancel (job_id, order_id) SELECT ?, value FROM json_each(?)
        """

    // MARK: Seals

    /// The last sealed row of a chain.
    case lastSealedAnswer = """
        SELECT id, seal FROM answer INDEXED BY answer_sealed
        WHERE seal IS NOT NULL ORDER BY id DESC LIMIT 1
        """
    case lastSealedEvent = """
        SELECT id, seal FROM event INDEXED BY event_sealed
        WHERE seal IS NOT NULL ORDER BY id DESC LIMIT 1
        """
    /// What waits for its seal behind a row.
    case unsealedAnswers = """
        SELECT id FROM answer INDEXED BY answer_unsealed WHERE seal IS NULL AND id > ? ORDER BY id LIMIT ?
        """
    case unsealedEvents = """
        SELECT id FROM event INDEXED BY event_unsealed WHERE seal IS NULL AND id > ? ORDER BY id LIMIT ?
        """
    case sealAnswer = "UPDATE answer SET seal = ? WHERE id = ? AND seal IS NULL"
    case sealEvent = "UPDATE event SET seal = ? WHERE id = ? AND seal IS NULL"
    /// The answers of a range with what `History.answer` and `.request` name, in their order.
    case answerRecords = """
        SELECT answer.id, answer.seal, answer.request_id, answer.late, answer.kind, answer.received_at_ms,
            answer.received_ns, answer.boot_id, answer.round_trip_ns, answer.exchange, answer.http_status,
            answer.err_code, answer.err_msg, answer.server_time_ms, answer.body,
            request.runner_id, runner.name, request.endpoint, request.target_id, target.account,
            target.selector, request.order_ids, request.size, request.token, request.granted_at_ms,
            request.granted_ns, request.boot_id, request.scan_id, request.list, request.page
        FROM answer
            LEFT JOIN request ON request.id = answer.request_id
            LEFT JOIN runner ON runner.id = request.runner_id
            LEFT JOIN target ON target.id = request.target_id
        WHERE answer.id > ? AND answer.id <= ? ORDER BY answer.id
        """
    /// The attempts that the answers of a range speak of, in the order of those.
    case attemptRecords = """
        SELECT answer.id, attempt.cancel_id, cancel.job_id, cancel.order_id, cancel.round,
            attempt.outcome, attempt.err_code, attempt.err_msg, attempt.counted
        FROM answer
            CROSS JOIN attempt ON attempt.request_id = answer.request_id
            LEFT JOIN cancel ON cancel.id = attempt.cancel_id
        WHERE answer.id > ? AND answer.id <= ? AND answer.late = 0 ORDER BY answer.id, attempt.cancel_id
        """
    /// The findings that cite the answers of a range, in the order of those.
    case findingRecords = """
        SELECT finding.answer_id, finding.cancel_id, cancel.job_id, cancel.order_id, finding.scan_id,
            finding.found, finding.err_code, finding.err_msg, finding.relation_order_id, finding.state,
            finding.class, finding.at_ms
        FROM finding INDEXED BY finding_by_answer
            LEFT JOIN cancel ON cancel.id = finding.cancel_id
        WHERE finding.answer_id > ? AND finding.answer_id <= ?
        ORDER BY finding.answer_id, finding.cancel_id, finding.scan_id
        """
    case eventRecords = """
        SELECT id, seal, at_ms, kind, account, job_id, request_id, runner_id, by, reason, detail
        FROM event WHERE id > ? AND id <= ? ORDER BY id
        """
    /// Purges are few.
    case purgeRecords = """
        SELECT id, seal, at_ms, by, reason, before_ms, job_to, request_to, answer_to,
            lower(hex(answer_head)), event_to, lower(hex(event_head)), scan_to, act_to, cancels, archive
        FROM purge ORDER BY id
        """
    case latestPurge = """
        SELECT id, seal, at_ms, by, reason, before_ms, job_to, request_to, answer_to,
            lower(hex(answer_head)), event_to, lower(hex(event_head)), scan_to, act_to, cancels, archive
        FROM purge ORDER BY id DESC LIMIT 1
        """
    /// The greatest id that a chain ever gave out.
    case greatestID = "SELECT seq FROM sqlite_sequence WHERE name = ?"

    // MARK: Acts

    case insertAct = """
        INSERT INTO act (kind, account, job_id, order_id, state, class, err_code, since_ms, until_ms, reason,
            by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// The event that the act just inserted has written.
    case latestEvent = "SELECT max(id) FROM event"
    /// What a retry opened a round for, by target.
    case retried = """
        SELECT target.account, target.selector, count(*) AS ids
        FROM cancel INDEXED BY cancel_by_act
            CROSS JOIN job ON job.id = cancel.job_id
            CROSS JOIN target ON target.id = job.target_id
        WHERE cancel.act_id = ? GROUP BY target.id
        """
    /// What a withdrawal will apply to once the exchange has spoken.
    case wishes = """
        SELECT (SELECT count(*) FROM cancel INDEXED BY cancel_in_flight
                WHERE state = 'sending' AND withdraw_event_id = ?1)
            + (SELECT count(*) FROM cancel INDEXED BY cancel_unresolved
                WHERE state = 'unresolved' AND withdraw_event_id = ?1)
        """
    /// Whether each account is paused, and the ids of it that wait.
    case pauses = """
        SELECT account.name, account.paused_at_ms IS NOT NULL AS paused,
            (SELECT count(*) FROM token
                WHERE token.account = account.name AND request_id IS NOT NULL) AS open_requests
        FROM account WHERE ?1 IS NULL OR name = ?1
        """
    /// The pending ids of an account; it counts them one by one.
    case pendingOfAccount = """
        SELECT count(*) FROM job CROSS JOIN cancel
            ON cancel.job_id = job.id AND cancel.state = 'pending'
        WHERE job.account = ?
        """

    // MARK: The checkpointer

    case checkpointer = "SELECT runner_id, boot_id, until_ns FROM checkpointer WHERE only_row = 1"
    case insertCheckpointer = """
        INSERT INTO checkpointer (only_row, runner_id, boot_id, until_ns) VALUES (1, ?, ?, ?)
        """
    case leaseCheckpointer = """
        UPDATE checkpointer SET runner_id = ?, boot_id = ?, until_ns = ?, last_at_ms = ?
        WHERE only_row = 1
        """

    // MARK: Reports

    /// What a scan found, id by id.
    case findings = """
        SELECT job.account, target.selector, cancel.job_id, cancel.order_id, cancel.state, cancel.class,
            finding.found, finding.relation_order_id, finding.err_code, finding.err_msg
        FROM scan_member
            CROSS JOIN cancel ON cancel.id = scan_member.cancel_id
            CROSS JOIN job ON job.id = cancel.job_id
            CROSS JOIN target ON target.id = job.target_id
            LEFT JOIN finding ON finding.cancel_id = scan_member.cancel_id
                AND finding.scan_id = scan_member.scan_id
        WHERE scan_member.scan_id = ?
        """
    case anyJob = "SELECT 1 FROM target WHERE account = ? LIMIT 1"
    /// When the next unresolved id is looked up, of the accounts that are not paused.
    case nextLookup = """
        SELECT min(lookup.due_ns) FROM lookup
            CROSS JOIN target ON target.id = lookup.target_id
            CROSS JOIN account ON account.name = target.account
        WHERE lookup.unresolved > 0 AND account.paused_at_ms IS NULL
        """

    /// What is in a request, and what is unresolved, is counted in the indexes that hold just that.
    case tally = """
        SELECT state, ids FROM tally
        UNION ALL SELECT 'sending', count(*) FROM cancel INDEXED BY cancel_in_flight
            WHERE state = 'sending'
        UNION ALL SELECT 'unresolved', count(*) FROM cancel INDEXED BY cancel_unresolved
            WHERE state = 'unresolved'
        """
    /// Ids have no gaps, so the greatest is their count.
    case cancelCount = "SELECT max(id) FROM cancel"
    case latestJobs = "SELECT id FROM job ORDER BY id DESC LIMIT ?"
    case job = "SELECT * FROM v_job WHERE job_id = ?"
    case latestRequests = """
        SELECT request.size, request.granted_at_ms FROM request ORDER BY id DESC LIMIT ?
        """
    /// What needs a person, of one job.
    case failuresOfJob = """
        SELECT order_id, state, class, err_code, err_msg FROM v_cancel
        WHERE job_id = ?1 AND state IN ('rejected', 'failed', 'expired', 'unresolved')
        LIMIT ?2
        """
}
