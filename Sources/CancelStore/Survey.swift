// The statements that may walk the whole file; only a purge runs them.

/// The SQL of a purge.
enum Survey: String, CaseIterable {
    /// Each job: whether it is over, and what its cancels cite.
    case jobs = """
        SELECT job.id, job.queued_at_ms,
            count(*) FILTER (WHERE c.id IS NOT NULL AND c.settled_at_ms IS NULL) AS open,
            max(c.settled_at_ms) AS settled, count(c.id) AS cancels, max(c.id) AS newest,
            min(c.request_id) AS request_lo, max(c.request_id) AS request_hi,
            min(c.answer_id) AS answer_lo, max(c.answer_id) AS answer_hi,
            min(c.event_id) AS event_lo, min(c.withdraw_event_id) AS wish_lo, min(c.act_id) AS act_lo
        FROM job LEFT JOIN cancel AS c ON c.job_id = job.id
        GROUP BY job.id ORDER BY job.id
        """
    case attempts = """
        SELECT c.job_id, min(at.request_id) AS request_lo, max(at.request_id) AS request_hi,
            min(a.id) AS answer_lo, max(a.id) AS answer_hi
        FROM attempt AS at
            JOIN cancel AS c ON c.id = at.cancel_id
            LEFT JOIN answer AS a ON a.request_id = at.request_id
        GROUP BY c.job_id
        """
    case memberships = """
        SELECT DISTINCT c.job_id, m.scan_id FROM scan_member AS m JOIN cancel AS c ON c.id = m.cancel_id
        """
    case scans = """
        SELECT r.scan_id, min(r.id) AS request_lo, max(r.id) AS request_hi,
            min(a.id) AS answer_lo, max(a.id) AS answer_hi
        FROM request AS r LEFT JOIN answer AS a ON a.request_id = r.id
        WHERE r.scan_id IS NOT NULL GROUP BY r.scan_id
        """
    case events = "SELECT job_id, min(id) AS id FROM event WHERE job_id IS NOT NULL GROUP BY job_id"
    case acts = "SELECT job_id, min(id) AS id FROM act WHERE job_id IS NOT NULL GROUP BY job_id"
    /// The first of each table that must stay, whatever job it belongs to.
    case firsts = """
        SELECT
            (SELECT min(id) FROM (
                SELECT r.id FROM request AS r WHERE NOT EXISTS (
                    SELECT 1 FROM answer WHERE request_id = r.id AND late = 0)
                UNION ALL SELECT request_id FROM token WHERE request_id IS NOT NULL)) AS request,
            (SELECT min(id) FROM answer WHERE seal IS NULL) AS answer,
            (SELECT min(id) FROM event WHERE seal IS NULL OR at_ms >= ?1) AS event,
            (SELECT min(id) FROM scan WHERE ended_at_ms IS NULL) AS scan,
            (SELECT min(id) FROM act WHERE at_ms >= ?1) AS act
        """
    case firstEventOfLaterRequest = "SELECT min(id) FROM event WHERE request_id > ?"
    case greatestEvent = "SELECT max(id) FROM event"
    case greatestAct = "SELECT max(id) FROM act"
    /// Rows that a cut would part from what they refer to.
    case straddling = """
        SELECT (SELECT count(*) FROM answer WHERE (id <= ?3) <> (request_id <= ?2))
            + (SELECT count(*) FROM attempt AS at JOIN cancel AS c ON c.id = at.cancel_id
                WHERE (at.request_id <= ?2) <> (c.job_id <= ?1))
            + (SELECT count(*) FROM finding AS f JOIN cancel AS c ON c.id = f.cancel_id
                WHERE (f.scan_id <= ?4) <> (c.job_id <= ?1) OR (f.answer_id <= ?3) <> (f.scan_id <= ?4))
            + (SELECT count(*) FROM scan_member AS m JOIN cancel AS c ON c.id = m.cancel_id
                WHERE (m.scan_id <= ?4) <> (c.job_id <= ?1))
            + (SELECT count(*) FROM request
                WHERE scan_id IS NOT NULL AND (scan_id <= ?4) <> (id <= ?2))
            + (SELECT count(*) FROM cancel
                WHERE job_id > ?1 AND (answer_id <= ?3 OR request_id <= ?2))
        """
    /// An open id behind a cut whose order was asked for before it: what was said of it there is still needed.
    case stillWanted = """
        SELECT c.job_id FROM cancel AS c
            JOIN job AS ours ON ours.id = c.job_id
            JOIN cancel AS old ON old.order_id = c.order_id AND old.job_id <= ?1
            JOIN job AS theirs ON theirs.id = old.job_id AND theirs.account = ours.account
        WHERE c.settled_at_ms IS NULL AND c.job_id > ?1 LIMIT 1
        """
    case answerSeal = "SELECT seal FROM answer WHERE id = ?"
    case eventSeal = "SELECT seal FROM event WHERE id = ?"

    /// A row of `purge` that is not in the file yet, as `Query.purgeRecords` would give it.
    case draft = "SELECT ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
    case insertPurge = """
        INSERT INTO purge (seal, at_ms, by, reason, before_ms, job_to, request_to, answer_to, answer_head,
            event_to, event_head, scan_to, act_to, cancels, archive)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    case subtractFromTally = """
        UPDATE tally SET ids = ids - (
            SELECT count(*) FROM cancel AS c
            WHERE c.job_id <= ? AND tally.state = iif(EXISTS (
                SELECT 1 FROM cancel AS later
                WHERE later.order_id = c.order_id AND later.job_id = c.job_id
                    AND later.round > c.round), 'superseded', c.state))
        WHERE state <> 'purged'
        """
    case addToTally = "UPDATE tally SET ids = ids + ? WHERE state = 'purged'"
    // In this order no row refers to one that is gone.
    case deleteFindings = "DELETE FROM finding WHERE scan_id <= ?"
    case deleteMembers = "DELETE FROM scan_member WHERE scan_id <= ?"
    case deleteScans = "DELETE FROM scan WHERE id <= ?"
    case deleteAttempts = "DELETE FROM attempt WHERE request_id <= ?"
    case deleteAnswers = "DELETE FROM answer WHERE id <= ?"
    case deleteRequests = "DELETE FROM request WHERE id <= ?"
    case deleteCancels = "DELETE FROM cancel WHERE job_id <= ?"
    case deleteJobs = "DELETE FROM job WHERE id <= ?"
    case deleteEvents = "DELETE FROM event WHERE id <= ?"
    case deleteActs = "DELETE FROM act WHERE id <= ?"
}
