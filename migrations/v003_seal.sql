-- Quash, version 3 of the schema: seals over the history, and purges; one refusal more of order_ids.
--
-- `answer` and `event` are sealed, each in order of id: the seal of a row is the SHA-256 of the seal before it
-- as 64 hexadecimal digits (64 zeros at the start), a line feed, and the row's record, which is one line of
-- JSON. `quash audit export` prints the records as they were sealed. The record of an answer holds its request,
-- its attempts and its findings: all of them are written in its own transaction. A turn seals what is
-- unsealed above the last sealed row; what is unsealed below it came behind the triggers' back, and stays so.
--
-- A purge removes a beginning of the history after it was archived: one row of `purge`, which holds where the
-- chains go on, and what it allows to be deleted is its range and nothing else.

PRAGMA user_version = 3;

DROP VIEW v_violation;

-------------------------------------------------------------------------------------------- seals

-- The unsealed are few, and found without a scan; so is the last sealed.
CREATE INDEX answer_unsealed ON answer (id) WHERE seal IS NULL;
CREATE INDEX answer_sealed ON answer (id) WHERE seal IS NOT NULL;
CREATE INDEX event_unsealed ON event (id) WHERE seal IS NULL;
CREATE INDEX event_sealed ON event (id) WHERE seal IS NOT NULL;
CREATE INDEX finding_by_answer ON finding (answer_id);

-- Everything that an INSERT OR IGNORE would pass over is refused here: a row that is passed over uses up an
-- id, and a gap in the ids is what a deleted row looks like.
DROP TRIGGER answer_insert;
CREATE TRIGGER answer_insert BEFORE INSERT ON answer BEGIN
    SELECT RAISE(ABORT, 'answer: that id exists already, or that request has its answer')
        WHERE NEW.id <> -1 OR EXISTS (SELECT 1 FROM answer WHERE request_id = NEW.request_id AND late = NEW.late);
    SELECT RAISE(ABORT, 'answer: unknown request')
        WHERE NOT EXISTS (SELECT 1 FROM request WHERE id = NEW.request_id);
    SELECT RAISE(ABORT, 'answer: rows come unsealed') WHERE NEW.seal IS NOT NULL;
    SELECT RAISE(ABORT, 'answer: late, kind, received_at_ms, received_ns or boot_id is not as it must be')
        WHERE NEW.late IS NULL OR NEW.late NOT IN (0, 1)
            OR NOT CASE NEW.kind WHEN 'answered' THEN 1 WHEN 'lost' THEN 1 WHEN 'unsent' THEN 1 ELSE 0 END
            OR NEW.received_at_ms IS NULL OR NEW.received_ns IS NULL OR NEW.boot_id IS NULL;
END;

DROP TRIGGER event_insert;
CREATE TRIGGER event_insert BEFORE INSERT ON event BEGIN
    SELECT RAISE(ABORT, 'event: leave id out; the database assigns it') WHERE NEW.id <> -1;
    SELECT RAISE(ABORT, 'event: rows come unsealed') WHERE NEW.seal IS NOT NULL;
    SELECT RAISE(ABORT, 'event: kind is missing, or at_ms is NULL; leave at_ms out')
        WHERE NEW.kind IS NULL OR NEW.at_ms IS NULL;
END;

-- What comes with an answer comes before its seal.
DROP TRIGGER attempt_insert;
CREATE TRIGGER attempt_insert BEFORE INSERT ON attempt BEGIN
    SELECT RAISE(ABORT, 'attempt: that row exists already') WHERE EXISTS (
        SELECT 1 FROM attempt WHERE request_id = NEW.request_id AND cancel_id = NEW.cancel_id);
    SELECT RAISE(ABORT, 'attempt: the answer to its request is sealed') WHERE EXISTS (
        SELECT 1 FROM answer AS given WHERE given.request_id = NEW.request_id AND given.late = 0
            AND NOT EXISTS (
                SELECT 1 FROM answer AS bare INDEXED BY answer_unsealed
                WHERE bare.id = given.id AND bare.seal IS NULL));
END;

DROP TRIGGER finding_insert;
CREATE TRIGGER finding_insert BEFORE INSERT ON finding BEGIN
    SELECT RAISE(ABORT, 'finding: unknown scan member or answer')
        WHERE NOT EXISTS (
                SELECT 1 FROM scan_member WHERE scan_id = NEW.scan_id AND cancel_id = NEW.cancel_id)
            OR NOT EXISTS (SELECT 1 FROM answer WHERE id = NEW.answer_id);
    SELECT RAISE(ABORT, 'finding: that row exists already') WHERE EXISTS (
        SELECT 1 FROM finding WHERE cancel_id = NEW.cancel_id AND scan_id = NEW.scan_id);
    SELECT RAISE(ABORT, 'finding: its answer is sealed') WHERE NOT EXISTS (
        SELECT 1 FROM answer INDEXED BY answer_unsealed WHERE id = NEW.answer_id AND seal IS NULL);
END;

-------------------------------------------------------------------------------------------- inlet

-- As in version 1, but for a list that begins with ] or ends with [, which was taken for one without brackets.
DROP TRIGGER job_insert;
CREATE TRIGGER job_insert BEFORE INSERT ON job BEGIN
    SELECT RAISE(ABORT, 'job: leave id out; the database assigns it') WHERE NEW.id <> -1;
    SELECT RAISE(ABORT, 'job: that dedup_key was queued before; nothing was queued twice')
        WHERE EXISTS (SELECT 1 FROM job WHERE dedup_key = NEW.dedup_key);
    SELECT RAISE(ABORT, 'job: unknown account; declare it with: quash account add NAME')
        WHERE NOT EXISTS (SELECT 1 FROM account WHERE name = NEW.account);
    SELECT RAISE(ABORT, 'job: target_id and standing are the database''s own; leave them out')
        WHERE NEW.target_id IS NOT NULL OR NEW.standing IS NOT 'idle';
    SELECT RAISE(ABORT, 'job: no contract; give contract_code, or pair and contract_type')
        WHERE NEW.contract_code IS NULL AND NEW.pair IS NULL AND NEW.contract_type IS NULL;
    SELECT RAISE(ABORT, 'job: half a contract; pair and contract_type go together')
        WHERE (NEW.pair IS NULL) <> (NEW.contract_type IS NULL);
    SELECT RAISE(ABORT, 'job: contract in lower case; write it as the exchange does, such as BTC-USDT')
        WHERE NEW.contract_code GLOB '*[a-z]*' OR NEW.pair GLOB '*[a-z]*';
    SELECT RAISE(ABORT, 'job: a contract is 1 to 64 capital letters, digits and hyphens, such as BTC-USDT')
        WHERE NEW.contract_code GLOB '*[^A-Z0-9-]*' OR NEW.pair GLOB '*[^A-Z0-9-]*'
            OR length(NEW.contract_code) NOT BETWEEN 1 AND 64 OR length(NEW.pair) NOT BETWEEN 1 AND 64
            OR instr(NEW.contract_code, char(0)) OR instr(NEW.pair, char(0));
    SELECT RAISE(ABORT, 'job: contract_type is one of swap, this_week, next_week, quarter, next_quarter')
        WHERE NEW.contract_type NOT IN ('swap', 'this_week', 'next_week', 'quarter', 'next_quarter');
    SELECT RAISE(ABORT, 'job: priority and queued_at_ms are not to be NULL; leave them out')
        WHERE NEW.priority IS NULL OR NEW.queued_at_ms IS NULL;
    SELECT RAISE(ABORT, 'job: an instant is milliseconds since 1970 UTC, up to the year 9999')
        WHERE NEW.not_before_ms NOT BETWEEN 0 AND 253402300799999
            OR NEW.not_after_ms NOT BETWEEN 0 AND 253402300799999
            OR NEW.queued_at_ms NOT BETWEEN 0 AND 253402300799999;
    SELECT RAISE(ABORT, 'job: not_after_ms lies before queued_at_ms; such a job could never be sent')
        WHERE NEW.not_after_ms < NEW.queued_at_ms;
    SELECT RAISE(ABORT, 'job: not_after_ms lies before not_before_ms; such a job could never be sent')
        WHERE NEW.not_after_ms < NEW.not_before_ms;
    SELECT RAISE(ABORT, 'job: order_ids is missing; give ids separated by commas, or a JSON array')
        WHERE NEW.order_ids IS NULL;
    -- First what is neither form at all, so that the texts below hold only digits, commas, quotes, blanks
    -- and one pair of brackets, and < and > are free to stand for other things. length() and GLOB end at a
    -- NUL, so one is looked for by name.
    SELECT RAISE(ABORT, 'job: order_ids is neither digits separated by commas nor a JSON array of strings or integers')
        FROM (SELECT trim(NEW.order_ids, char(9, 10, 13, 32)) AS given)
        WHERE given GLOB '*[^]0-9,"[ ' || char(9, 10, 13) || ']*'
            OR (given GLOB '[[]*') <> (given GLOB '*]') OR given = '['
            OR given GLOB ']*' OR given GLOB '*[[]'
            OR substr(given, 2, length(given) - 2) GLOB '*[][]*'
            OR (given NOT GLOB '[[]*' AND given GLOB '*"*') OR instr(given, char(0));
    SELECT RAISE(ABORT, 'job: order_ids has a blank inside an id; separate ids by commas')
        FROM (
            SELECT replace(replace(replace(
                replace(replace(replace(NEW.order_ids, char(9), ' '), char(10), ' '), char(13), ' '),
                ' ', '<>'), '><', ''), '<>', ' ') AS single_blanks)
        WHERE single_blanks GLOB '*[0-9] [0-9]*';
    SELECT RAISE(ABORT, 'job: order_ids is empty')
        WHERE trim(NEW.order_ids, char(9, 10, 13, 32) || '[]') = '';
    SELECT RAISE(ABORT, 'job: order_ids has an empty element; look for two commas in a row or one at an end')
        FROM (
            SELECT ',' || replace(replace(replace(replace(
                trim(trim(NEW.order_ids, char(9, 10, 13, 32)), '[]'),
                char(9), ''), char(10), ''), char(13), ''), ' ', '') || ',' AS listed)
        WHERE listed GLOB '*,,*' OR listed GLOB '*,"",*';
END;

------------------------------------------------------------------------------------------- purges

-- What was archived and removed: everything up to these ids. It comes sealed, in a chain of its own.
CREATE TABLE purge (
    id INTEGER PRIMARY KEY AUTOINCREMENT CONSTRAINT purge_id_assigned CHECK (id > 0),
    at_ms INTEGER NOT NULL,
    by TEXT,
    reason TEXT,
    -- The instant that was asked for: what was settled later is here.
    before_ms INTEGER NOT NULL,
    job_to INTEGER NOT NULL,
    request_to INTEGER NOT NULL,
    answer_to INTEGER NOT NULL,
    -- The seal of the last answer that went, from which the chain goes on.
    answer_head BLOB NOT NULL,
    event_to INTEGER NOT NULL,
    event_head BLOB NOT NULL,
    scan_to INTEGER NOT NULL,
    act_to INTEGER NOT NULL,
    -- How many rows of `cancel` went.
    cancels INTEGER NOT NULL,
    -- The name of the file that holds what went.
    archive TEXT NOT NULL,
    seal BLOB NOT NULL,
    CONSTRAINT purge_heads CHECK (length(answer_head) = 32 AND length(event_head) = 32 AND length(seal) = 32)
) STRICT;

CREATE TRIGGER purge_insert BEFORE INSERT ON purge BEGIN
    SELECT RAISE(ABORT, 'purge: leave id out; the database assigns it') WHERE NEW.id <> -1;
    SELECT RAISE(ABORT, 'purge: a column is missing, or a head or seal is not of 32 bytes')
        WHERE NEW.at_ms IS NULL OR NEW.before_ms IS NULL OR NEW.job_to IS NULL OR NEW.request_to IS NULL
            OR NEW.answer_to IS NULL OR NEW.event_to IS NULL OR NEW.scan_to IS NULL OR NEW.act_to IS NULL
            OR NEW.cancels IS NULL OR NEW.archive IS NULL OR length(NEW.answer_head) IS NOT 32
            OR length(NEW.event_head) IS NOT 32 OR length(NEW.seal) IS NOT 32;
    SELECT RAISE(ABORT, 'purge: its range ends before that of the purge before it')
        FROM (SELECT * FROM purge ORDER BY id DESC LIMIT 1) AS last
        WHERE NEW.job_to < last.job_to OR NEW.request_to < last.request_to OR NEW.answer_to < last.answer_to
            OR NEW.event_to < last.event_to OR NEW.scan_to < last.scan_to OR NEW.act_to < last.act_to;
    SELECT RAISE(ABORT, 'purge: a head is not the seal of the row it names')
        WHERE NEW.answer_head IS NOT coalesce(
                (SELECT seal FROM answer WHERE id = NEW.answer_to),
                (SELECT answer_head FROM purge WHERE answer_to = NEW.answer_to ORDER BY id DESC LIMIT 1),
                iif(NEW.answer_to = 0, zeroblob(32), NULL))
            OR NEW.event_head IS NOT coalesce(
                (SELECT seal FROM event WHERE id = NEW.event_to),
                (SELECT event_head FROM purge WHERE event_to = NEW.event_to ORDER BY id DESC LIMIT 1),
                iif(NEW.event_to = 0, zeroblob(32), NULL));
    SELECT RAISE(ABORT, 'purge: a job in its range is not over, or holds the newest id')
        WHERE EXISTS (SELECT 1 FROM cancel WHERE job_id <= NEW.job_to AND settled_at_ms IS NULL)
            OR NEW.job_to >= (SELECT job_id FROM cancel ORDER BY id DESC LIMIT 1)
            OR NEW.job_to > (SELECT max(id) FROM job);
    SELECT RAISE(ABORT, 'purge: a request in its range has no answer, or a scan has not ended')
        WHERE EXISTS (SELECT 1 FROM token WHERE request_id <= NEW.request_to)
            OR EXISTS (SELECT 1 FROM scan WHERE id <= NEW.scan_to AND ended_at_ms IS NULL);
    SELECT RAISE(ABORT, 'purge: its range goes beyond the rows there are')
        WHERE NEW.request_to > max(
                coalesce((SELECT max(id) FROM request), 0), coalesce((SELECT max(request_to) FROM purge), 0))
            OR NEW.scan_to > max(
                coalesce((SELECT max(id) FROM scan), 0), coalesce((SELECT max(scan_to) FROM purge), 0))
            OR NEW.act_to > max(
                coalesce((SELECT max(id) FROM act), 0), coalesce((SELECT max(act_to) FROM purge), 0));
    SELECT RAISE(ABORT, 'purge: it counts other ids than its range holds, or none')
        WHERE NEW.cancels < 1
            OR NEW.cancels <> (SELECT count(*) FROM cancel WHERE job_id <= NEW.job_to);
    -- What stays refers to nothing that goes: the rows of jobs behind the cut, and open ids of the same order.
    SELECT RAISE(ABORT, 'purge: what stays refers to rows in its range')
        WHERE EXISTS (SELECT 1 FROM cancel WHERE job_id > NEW.job_to AND (
                answer_id <= NEW.answer_to OR event_id <= NEW.event_to OR withdraw_event_id <= NEW.event_to
                OR request_id <= NEW.request_to OR act_id <= NEW.act_to))
            OR EXISTS (SELECT 1 FROM answer WHERE (id <= NEW.answer_to) <> (request_id <= NEW.request_to))
            OR EXISTS (
                SELECT 1 FROM attempt AS at JOIN cancel AS c ON c.id = at.cancel_id
                WHERE (at.request_id <= NEW.request_to) <> (c.job_id <= NEW.job_to))
            OR EXISTS (
                SELECT 1 FROM finding AS f JOIN cancel AS c ON c.id = f.cancel_id
                WHERE (f.scan_id <= NEW.scan_to) <> (c.job_id <= NEW.job_to)
                    OR (f.answer_id <= NEW.answer_to) <> (f.scan_id <= NEW.scan_to))
            OR EXISTS (
                SELECT 1 FROM scan_member AS m JOIN cancel AS c ON c.id = m.cancel_id
                WHERE (m.scan_id <= NEW.scan_to) <> (c.job_id <= NEW.job_to))
            OR EXISTS (
                SELECT 1 FROM request
                WHERE scan_id IS NOT NULL AND (scan_id <= NEW.scan_to) <> (id <= NEW.request_to));
    SELECT RAISE(ABORT, 'purge: an open id that stays is of an order in its range')
        WHERE EXISTS (
            SELECT 1 FROM cancel AS c
                JOIN job AS ours ON ours.id = c.job_id
                JOIN cancel AS old ON old.order_id = c.order_id AND old.job_id <= NEW.job_to
                JOIN job AS theirs ON theirs.id = old.job_id AND theirs.account = ours.account
            WHERE c.settled_at_ms IS NULL AND c.job_id > NEW.job_to);
END;

CREATE TRIGGER purge_update BEFORE UPDATE ON purge BEGIN
    SELECT RAISE(ABORT, 'purge: history never changes');
END;

CREATE TRIGGER purge_delete BEFORE DELETE ON purge BEGIN
    SELECT RAISE(ABORT, 'purge: history is never deleted');
END;

-- With 'purged', what remains of the greatest cancel.id is still the number of pending ids.
DROP TRIGGER tally_insert;
INSERT INTO tally (state, ids) VALUES ('purged', 0);
CREATE TRIGGER tally_insert BEFORE INSERT ON tally BEGIN
    SELECT RAISE(ABORT, 'tally: rows are kept by the database itself');
END;

-- Each deletion is allowed in the range of the newest purge, and nowhere else.
DROP TRIGGER job_delete;
CREATE TRIGGER job_delete BEFORE DELETE ON job
WHEN OLD.id > coalesce((SELECT job_to FROM purge ORDER BY id DESC LIMIT 1), 0) BEGIN
    SELECT RAISE(ABORT, 'job: jobs are kept for the audit');
END;

DROP TRIGGER cancel_delete;
CREATE TRIGGER cancel_delete BEFORE DELETE ON cancel
WHEN OLD.job_id > coalesce((SELECT job_to FROM purge ORDER BY id DESC LIMIT 1), 0)
    -- The greatest id is what the pending ids are counted by.
    OR OLD.settled_at_ms IS NULL OR OLD.id = (SELECT max(id) FROM cancel) BEGIN
    SELECT RAISE(ABORT, 'cancel: rows are kept for the audit');
END;

DROP TRIGGER request_delete;
CREATE TRIGGER request_delete BEFORE DELETE ON request
WHEN OLD.id > coalesce((SELECT request_to FROM purge ORDER BY id DESC LIMIT 1), 0) BEGIN
    SELECT RAISE(ABORT, 'request: history is never deleted');
END;

DROP TRIGGER answer_delete;
CREATE TRIGGER answer_delete BEFORE DELETE ON answer
WHEN OLD.id > coalesce((SELECT answer_to FROM purge ORDER BY id DESC LIMIT 1), 0) BEGIN
    SELECT RAISE(ABORT, 'answer: history is never deleted');
END;

DROP TRIGGER attempt_delete;
CREATE TRIGGER attempt_delete BEFORE DELETE ON attempt
WHEN OLD.request_id > coalesce((SELECT request_to FROM purge ORDER BY id DESC LIMIT 1), 0) BEGIN
    SELECT RAISE(ABORT, 'attempt: history is never deleted');
END;

DROP TRIGGER event_delete;
CREATE TRIGGER event_delete BEFORE DELETE ON event
WHEN OLD.id > coalesce((SELECT event_to FROM purge ORDER BY id DESC LIMIT 1), 0) BEGIN
    SELECT RAISE(ABORT, 'event: history is never deleted');
END;

DROP TRIGGER finding_delete;
CREATE TRIGGER finding_delete BEFORE DELETE ON finding
WHEN OLD.scan_id > coalesce((SELECT scan_to FROM purge ORDER BY id DESC LIMIT 1), 0) BEGIN
    SELECT RAISE(ABORT, 'finding: history is never deleted');
END;

DROP TRIGGER scan_delete;
CREATE TRIGGER scan_delete BEFORE DELETE ON scan
WHEN OLD.id > coalesce((SELECT scan_to FROM purge ORDER BY id DESC LIMIT 1), 0) BEGIN
    SELECT RAISE(ABORT, 'scan: history is never deleted');
END;

DROP TRIGGER scan_member_delete;
CREATE TRIGGER scan_member_delete BEFORE DELETE ON scan_member
WHEN OLD.scan_id > coalesce((SELECT scan_to FROM purge ORDER BY id DESC LIMIT 1), 0) BEGIN
    SELECT RAISE(ABORT, 'scan_member: history is never deleted');
END;

DROP TRIGGER act_delete;
CREATE TRIGGER act_delete BEFORE DELETE ON act
WHEN OLD.id > coalesce((SELECT act_to FROM purge ORDER BY id DESC LIMIT 1), 0) BEGIN
    SELECT RAISE(ABORT, 'act: history is never deleted');
END;

--------------------------------------------------------------------------------------------- views

-- Each promise that SQL can check, one row a breach: always empty. It scans.
CREATE VIEW v_violation AS
SELECT 'rate' AS promise,
    account || ': ' || most_in_any_second || ' ' || endpoint || ' requests in one second' AS breach
FROM v_rate WHERE most_in_any_second > CASE endpoint WHEN 'cancel' THEN 5 ELSE 24 END
UNION ALL
SELECT 'evidence', 'cancel ' || c.id || ' is accepted, but no attempt on answer ' || c.answer_id || ' says so'
FROM cancel AS c JOIN answer AS a ON a.id = c.answer_id
WHERE c.class = 'accepted' AND NOT EXISTS (
    SELECT 1 FROM attempt AS at JOIN cancel AS named ON named.id = at.cancel_id
    WHERE at.request_id = a.request_id AND at.outcome = 'accepted' AND named.order_id = c.order_id)
UNION ALL
SELECT 'evidence', 'cancel ' || c.id || ' is cancelled, but the body of answer ' || a.id || ' does not name it'
FROM cancel AS c JOIN answer AS a ON a.id = c.answer_id
WHERE c.state = 'cancelled' AND (a.body IS NULL OR instr(a.body, CAST(c.order_id AS BLOB)) = 0)
UNION ALL
SELECT 'evidence', 'cancel ' || c.id || ' is ' || c.class || ', but no finding on answer ' || c.answer_id || ' says so'
FROM cancel AS c
WHERE (c.class = 'confirmed' OR c.class = 'absent') AND NOT EXISTS (
    SELECT 1 FROM finding AS f JOIN cancel AS named ON named.id = f.cancel_id
    WHERE f.answer_id = c.answer_id AND named.order_id = c.order_id
        AND f.found = CASE c.class WHEN 'confirmed' THEN 'cancelled' ELSE 'absent' END)
UNION ALL
SELECT 'evidence', 'cancel ' || c.id || ' is ' || c.state || ' without a stored answer or event'
FROM cancel AS c
WHERE c.settled_at_ms IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM answer WHERE id = c.answer_id)
    AND NOT EXISTS (SELECT 1 FROM event WHERE id = c.event_id)
UNION ALL
SELECT 'doubt', 'cancel ' || c.id || ' is ' || c.state || ' though an attempt on its order may have worked unseen'
FROM cancel AS doubted
    JOIN cancel AS c ON c.order_id = doubted.order_id
    JOIN job AS theirs ON theirs.id = doubted.job_id
    JOIN job AS ours ON ours.id = c.job_id AND ours.account = theirs.account
    LEFT JOIN answer AS a ON a.id = c.answer_id
WHERE doubted.unknowns > 0 AND c.state IN ('rejected', 'failed', 'expired', 'withdrawn')
    -- The doubt came first: some unknown attempt was recorded before what settled this one. Of an event only the
    -- wall clock is known, which steps, so there the attempts are those of the row itself: they came before.
    AND EXISTS (
        SELECT 1 FROM attempt AS at JOIN answer AS silence ON silence.request_id = at.request_id
        WHERE at.cancel_id = doubted.id AND at.outcome IN ('unknown', 'unlisted', 'in_progress')
            AND silence.late = 0
            AND CASE WHEN c.answer_id IS NULL THEN doubted.id = c.id ELSE silence.id < c.answer_id END)
    -- And no lookup spoke between: what the lists say settles it.
    AND NOT EXISTS (SELECT 1 FROM request AS r WHERE r.id = a.request_id AND r.endpoint <> 'cancel')
    AND NOT EXISTS (
        SELECT 1 FROM finding AS f JOIN cancel AS seen ON seen.id = f.cancel_id
        WHERE c.event_id IS NOT NULL AND seen.order_id = c.order_id AND f.found <> 'absent')
UNION ALL
SELECT 'intent', 'attempt of cancel ' || at.cancel_id || ' is not among the ids of request ' || at.request_id
FROM attempt AS at JOIN cancel AS c ON c.id = at.cancel_id JOIN request AS r ON r.id = at.request_id
WHERE instr(',' || r.order_ids || ',', ',' || c.order_id || ',') = 0
UNION ALL
SELECT 'flight', 'order ' || c.order_id || ' of ' || j.account || ' is in several unfinished requests'
FROM cancel AS c JOIN job AS j ON j.id = c.job_id
WHERE c.state = 'sending'
GROUP BY j.account, c.order_id HAVING count(DISTINCT c.request_id) > 1
UNION ALL
SELECT 'flight', 'cancel ' || c.id || ' is sending, but request ' || c.request_id || ' has its answer'
FROM cancel AS c JOIN answer AS a ON a.request_id = c.request_id AND a.late = 0
WHERE c.state = 'sending'
UNION ALL
SELECT 'flight', 'request ' || r.id || ' has no answer, and no token is held for it'
FROM request AS r
WHERE NOT EXISTS (SELECT 1 FROM answer WHERE request_id = r.id AND late = 0)
    AND NOT EXISTS (SELECT 1 FROM token WHERE request_id = r.id)
UNION ALL
SELECT 'attempts', 'cancel ' || c.id || ' counts ' || c.attempts || ' attempts, its history differs'
FROM cancel AS c
WHERE c.attempts <> (SELECT count(*) FROM attempt WHERE cancel_id = c.id AND counted = 1)
UNION ALL
SELECT 'rounds', 'cancel ' || c.id || ' is round ' || c.round || ' of an id whose round before is not over, or succeeded'
FROM cancel AS c
WHERE c.round > 1 AND NOT EXISTS (
    SELECT 1 FROM cancel AS before
    WHERE before.order_id = c.order_id AND before.job_id = c.job_id AND before.round = c.round - 1
        AND before.settled_at_ms IS NOT NULL AND before.state <> 'cancelled')
UNION ALL
SELECT 'lookup', 'lookup says ' || lookup.unresolved || ' ids of target ' || lookup.target_id || ' are unresolved, the rows differ'
FROM lookup
WHERE lookup.unresolved <> (
    SELECT count(*) FROM cancel JOIN job ON job.id = cancel.job_id
    WHERE cancel.state = 'unresolved' AND job.target_id = lookup.target_id)
UNION ALL
SELECT 'lookup', 'cancel ' || cancel.id || ' is unresolved, and nothing will look it up'
FROM cancel JOIN job ON job.id = cancel.job_id
WHERE cancel.state = 'unresolved'
    AND NOT EXISTS (SELECT 1 FROM lookup WHERE target_id = job.target_id AND unresolved > 0)
UNION ALL
SELECT 'lookup', 'cancel ' || f.cancel_id || ' was found by scan ' || f.scan_id || ', which did not look for it'
FROM finding AS f
WHERE NOT EXISTS (SELECT 1 FROM scan_member WHERE scan_id = f.scan_id AND cancel_id = f.cancel_id)
UNION ALL
SELECT 'tally', 'tally says ' || tally.ids || ' ids are ' || tally.state || ', the rows differ'
FROM tally
WHERE tally.state <> 'purged' AND tally.ids <> (
    SELECT count(*) FROM cancel AS c
    WHERE iif(EXISTS (
            SELECT 1 FROM cancel AS later
            WHERE later.order_id = c.order_id AND later.job_id = c.job_id AND later.round > c.round),
        'superseded', c.state) = tally.state)
UNION ALL
SELECT 'ids', 'request ' || r.id || ' carries an id twice'
FROM request AS r
WHERE r.endpoint = 'cancel' AND r.size <> (
    SELECT count(DISTINCT value) FROM json_each('["' || replace(r.order_ids, ',', '","') || '"]'))
UNION ALL
SELECT 'tally', 'tally says ' || tally.ids || ' cancels were purged, the rows of purge differ'
FROM tally
WHERE tally.state = 'purged' AND tally.ids <> (SELECT coalesce(sum(cancels), 0) FROM purge)
UNION ALL
SELECT 'evidence', 'cancel ' || c.id || ' is ' || c.state || ' as ' || c.class || ', but answer ' || a.id || ' says no such thing of it'
FROM cancel AS c JOIN answer AS a ON a.id = c.answer_id
WHERE c.class <> 'accepted' AND c.class <> 'confirmed' AND c.class <> 'absent'
    AND NOT EXISTS (
        SELECT 1 FROM attempt AS at JOIN cancel AS named ON named.id = at.cancel_id
        WHERE at.request_id = a.request_id AND named.order_id = c.order_id AND CASE c.class
            -- An order that is not found after it was accepted cites that answer.
            WHEN 'already_done' THEN at.outcome = 'already_done' OR at.outcome = 'accepted'
            WHEN 'too_late' THEN at.outcome = 'executed'
            WHEN 'bad_request' THEN at.outcome = 'bad_request' OR at.outcome = 'bad_target'
            WHEN 'transient' THEN at.outcome = 'transient' OR at.outcome = 'suspended'
            ELSE at.outcome = c.class END)
    AND NOT EXISTS (
        SELECT 1 FROM finding AS f INDEXED BY finding_by_answer JOIN cancel AS named ON named.id = f.cancel_id
        WHERE f.answer_id = a.id AND named.order_id = c.order_id AND CASE c.class
            WHEN 'already_done' THEN f.found = 'cancelled'
            WHEN 'too_late' THEN f.found = 'fired'
            WHEN 'permanent' THEN f.found = 'failed'
            WHEN 'transient' THEN f.found = 'live'
            ELSE 0 END)
UNION ALL
SELECT 'evidence', 'cancel ' || c.id || ' is ' || c.state || ', but request ' || at.request_id || ' was answered that it is cancelled'
FROM attempt AS at JOIN cancel AS c ON c.id = at.cancel_id
WHERE at.outcome = 'accepted' AND c.state <> 'cancelled'
UNION ALL
SELECT 'evidence', 'cancel ' || c.id || ' is ' || c.state || ', but event ' || e.id || ' is no such act'
FROM cancel AS c JOIN event AS e ON e.id = c.event_id
WHERE e.kind <> CASE c.state WHEN 'withdrawn' THEN 'withdraw' ELSE 'expire' END
UNION ALL
SELECT 'seal', 'answer ' || a.id || ' is unsealed, though later ones are sealed'
FROM answer AS a INDEXED BY answer_unsealed
WHERE a.seal IS NULL AND a.id < (SELECT max(id) FROM answer WHERE seal IS NOT NULL)
UNION ALL
SELECT 'seal', 'event ' || e.id || ' is unsealed, though later ones are sealed'
FROM event AS e INDEXED BY event_unsealed
WHERE e.seal IS NULL AND e.id < (SELECT max(id) FROM event WHERE seal IS NOT NULL)
UNION ALL
SELECT 'seal', given.name || ': ' || (given.latest - given.purged - given.here) || ' rows are missing'
FROM (
    SELECT 'answer' AS name, (SELECT seq FROM sqlite_sequence WHERE name = 'answer') AS latest,
        coalesce((SELECT answer_to FROM purge ORDER BY id DESC LIMIT 1), 0) AS purged,
        (SELECT count(*) FROM answer) AS here
    UNION ALL
    SELECT 'event', (SELECT seq FROM sqlite_sequence WHERE name = 'event'),
        coalesce((SELECT event_to FROM purge ORDER BY id DESC LIMIT 1), 0),
        (SELECT count(*) FROM event)) AS given
WHERE given.latest - given.purged <> given.here;
