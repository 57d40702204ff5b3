// Every statement that runs against the file, one case each, named for the verb that runs it.
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

    // MARK: Tokens

    case bucket = """
        SELECT mode, tokens, held_until_ns, troubles, exchange, floor_smallest_ns, floor_earlier_ns,
            floor_seen, floor_seen_earlier, floor_since_ns
        FROM bucket WHERE account = ? AND endpoint = ?
        """
    case insertBucket = """
        INSERT INTO bucket (account, endpoint, mode, tokens, floor_since_ns) VALUES (?, ?, ?, ?, ?)
        """
    case reshapeBucket = "UPDATE bucket SET mode = ?, tokens = ? WHERE account = ? AND endpoint = ?"
    case updateBucket = """
        UPDATE bucket SET held_until_ns = ?, troubles = ?, exchange = ?, floor_smallest_ns = ?,
            floor_earlier_ns = ?, floor_seen = ?, floor_seen_earlier = ?, floor_since_ns = ?
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
    case accountByFingerprint = "SELECT name FROM account WHERE key_fingerprint = ? AND name <> ?"
    case setFingerprint = """
        UPDATE account SET key_fingerprint = ?2 WHERE name = ?1 AND key_fingerprint IS NOT ?2
        """
    /// Accounts are few; each is one exchange UID.
    case accounts = """
        SELECT account, paused_at_ms, paused_reason, ready_jobs, open_requests FROM v_account
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
    /// Ids of a job that may be claimed, oldest first, after a row.
    case readyCancels = """
        SELECT id, order_id, pack_limit FROM cancel
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
        """
    case idleJob = "UPDATE job SET standing = 'idle' WHERE id = ? AND standing = 'ready'"
    case rouseJob =
        "UPDATE job SET standing = 'ready' WHERE id = ? AND (standing = 'idle' OR standing = 'closed')"
    case target = "SELECT account, contract_code, pair, contract_type FROM target WHERE id = ?"
    case insertRequest = """
        INSERT INTO request (runner_id, endpoint, target_id, order_ids, size, token, granted_at_ms,
            granted_ns, boot_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    case markSending = """
        UPDATE cancel SET state = 'sending', request_id = ? WHERE id = ? AND state = 'pending'
            AND parked = 0
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
            request.boot_id, target.account
        FROM request CROSS JOIN target ON target.id = request.target_id
        WHERE request.id = ? AND NOT EXISTS (
            SELECT 1 FROM answer WHERE request_id = request.id AND late = 0)
        """
    case hasLateAnswer = "SELECT 1 FROM answer WHERE request_id = ? AND late = 1"
    case insertAnswer = """
        INSERT INTO answer (request_id, late, kind, received_at_ms, received_ns, boot_id, round_trip_ns,
            exchange, http_status, err_code, err_msg, server_time_ms, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    case members = """
        SELECT cancel.id, cancel.job_id, cancel.order_id, cancel.attempts, cancel.waits, job.not_after_ms
        FROM cancel CROSS JOIN job ON job.id = cancel.job_id
        WHERE cancel.request_id = ? AND cancel.state = 'sending'
        """
    case insertAttempt = """
        INSERT INTO attempt (request_id, cancel_id, outcome, err_code, err_msg, counted)
        VALUES (?, ?, ?, ?, ?, ?)
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
            answer_id = ?, request_id = ?, parked = 0, due_ns = NULL
        WHERE id = ? AND (state = 'pending' OR state = 'unresolved')
        """
    /// Puts a sending cancel back, if it is still this request's.
    case postpone = """
        UPDATE cancel SET state = 'pending', class = ?, err_code = ?, err_msg = ?,
            attempts = attempts + ?, waits = ?, unknowns = unknowns + ?, parked = ?, due_ns = ?,
            pack_limit = coalesce(?, pack_limit)
        WHERE id = ? AND state = 'sending' AND request_id = ?
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

    // MARK: The inlet of `quash enqueue`

    case insertJob = """
        INSERT INTO job (account, contract_code, pair, contract_type, order_ids, priority, not_before_ms,
            not_after_ms, dedup_key, queued_by, note)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    case insertCancel = "INSERT INTO cancel (job_id, order_id) VALUES (?, ?)"

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

    case tally = "SELECT state, ids FROM tally"
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
