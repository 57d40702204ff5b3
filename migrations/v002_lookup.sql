-- Quash, version 2 of the schema: lookups, retry and withdraw, the limit as the exchange states it.
--
-- `request` and `attempt` are made anew, since what they may hold is wider now and SQLite cannot change a
-- CHECK in place; their rows are carried over one for one. Foreign keys must be off while this runs, as they
-- are in the sqlite3 shell by default and as `quash migrate` sees to, or the DROP would look for children.
--
-- Promised to other tools from here on: INSERT INTO act with the kinds below, and the view v_lookup.

PRAGMA user_version = 2;

-- Names in triggers, views and foreign keys stay as they are written while tables change places.
PRAGMA legacy_alter_table = ON;

DROP VIEW v_violation;
DROP VIEW v_rate;
DROP VIEW v_account;
DROP VIEW v_failure;
DROP VIEW v_attempt;
DROP VIEW v_request;
DROP VIEW v_job;
DROP VIEW v_cancel;

------------------------------------------------------------------------------------------- history

-- One HTTP call, written before its first byte leaves. A cancel carries 1 to 10 ids; a lookup carries none,
-- but names the scan it belongs to and the page of the list it asks for.
CREATE TABLE request_2 (
    id INTEGER PRIMARY KEY AUTOINCREMENT CONSTRAINT request_id_assigned CHECK (id > 0),
    runner_id INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    target_id INTEGER NOT NULL REFERENCES target (id),
    -- The distinct ids it carries, separated by commas, in the order sent.
    order_ids TEXT NOT NULL,
    -- How many those are.
    size INTEGER NOT NULL,
    token INTEGER NOT NULL,
    granted_at_ms INTEGER NOT NULL,
    granted_ns INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    scan_id INTEGER,
    list TEXT,
    page INTEGER,
    CONSTRAINT request_size CHECK (CASE endpoint
        WHEN 'cancel' THEN size BETWEEN 1 AND 10
            AND size = 1 + length(order_ids) - length(replace(order_ids, ',', ''))
        WHEN 'lookup' THEN size = 0 AND order_ids = ''
        ELSE 0 END),
    CONSTRAINT request_order_ids_form CHECK (order_ids = '' OR (order_ids NOT GLOB '*[^0-9,]*'
        AND ',' || order_ids || ',' NOT GLOB '*,,*')),
    CONSTRAINT request_of_lookup CHECK (CASE endpoint
        WHEN 'lookup' THEN scan_id IS NOT NULL AND page >= 1 AND (list = 'open' OR list = 'history')
        ELSE scan_id IS NULL AND page IS NULL AND list IS NULL END)
) STRICT;

INSERT INTO request_2 (id, runner_id, endpoint, target_id, order_ids, size, token, granted_at_ms,
        granted_ns, boot_id)
    SELECT id, runner_id, endpoint, target_id, order_ids, size, token, granted_at_ms, granted_ns, boot_id
    FROM request ORDER BY id;

DROP TABLE request;
ALTER TABLE request_2 RENAME TO request;

CREATE INDEX request_by_target ON request (target_id, id);

-- One cancel in one request, and what the answer says of it.
CREATE TABLE attempt_2 (
    request_id INTEGER NOT NULL REFERENCES request (id),
    cancel_id INTEGER NOT NULL REFERENCES cancel (id),
    outcome TEXT NOT NULL,
    err_code TEXT,
    err_msg TEXT,
    counted INTEGER NOT NULL,
    CONSTRAINT attempt_once PRIMARY KEY (request_id, cancel_id),
    CONSTRAINT attempt_outcome_known CHECK (outcome IN ('accepted', 'already_done', 'in_progress',
        'executed', 'not_found', 'permanent', 'transient', 'suspended', 'bad_request', 'bad_target',
        'throttled', 'unavailable', 'not_sent', 'account_trouble', 'unknown', 'unlisted')),
    CONSTRAINT attempt_counted_known CHECK (counted IN (0, 1))
) STRICT, WITHOUT ROWID;

INSERT INTO attempt_2 (request_id, cancel_id, outcome, err_code, err_msg, counted)
    SELECT request_id, cancel_id, outcome, err_code, err_msg, counted FROM attempt
    ORDER BY request_id, cancel_id;

DROP TABLE attempt;
ALTER TABLE attempt_2 RENAME TO attempt;

CREATE INDEX attempt_by_cancel ON attempt (cancel_id);

PRAGMA legacy_alter_table = OFF;

CREATE TRIGGER request_insert BEFORE INSERT ON request BEGIN
    SELECT RAISE(ABORT, 'request: leave id out; the database assigns it') WHERE NEW.id <> -1;
    SELECT RAISE(ABORT, 'request: unknown runner')
        WHERE NOT EXISTS (SELECT 1 FROM runner WHERE id = NEW.runner_id);
END;

CREATE TRIGGER request_update BEFORE UPDATE ON request BEGIN
    SELECT RAISE(ABORT, 'request: history never changes');
END;

CREATE TRIGGER request_delete BEFORE DELETE ON request BEGIN
    SELECT RAISE(ABORT, 'request: history is never deleted');
END;

CREATE TRIGGER attempt_insert BEFORE INSERT ON attempt BEGIN
    SELECT RAISE(ABORT, 'attempt: that row exists already') WHERE EXISTS (
        SELECT 1 FROM attempt WHERE request_id = NEW.request_id AND cancel_id = NEW.cancel_id);
END;

CREATE TRIGGER attempt_update BEFORE UPDATE ON attempt BEGIN
    SELECT RAISE(ABORT, 'attempt: history never changes');
END;

CREATE TRIGGER attempt_delete BEFORE DELETE ON attempt BEGIN
    SELECT RAISE(ABORT, 'attempt: history is never deleted');
END;

------------------------------------------------------------------------------------------- cancels

-- The act that opened this round; NULL for the first.
ALTER TABLE cancel ADD COLUMN act_id INTEGER;
-- The event of a withdrawal that came while it was sending or unresolved: a wish, applied at its verdict.
ALTER TABLE cancel ADD COLUMN withdraw_event_id INTEGER;
-- The refused request that is being split to find its poisonous id; the first half is sent alone, and the
-- rest is parked until the word on it.
ALTER TABLE cancel ADD COLUMN split_by INTEGER;
-- The child order that a fired order became, as the exchange's history says.
ALTER TABLE cancel ADD COLUMN relation_order_id TEXT;

CREATE INDEX cancel_settled ON cancel (state, settled_at_ms) WHERE settled_at_ms IS NOT NULL;
CREATE INDEX cancel_by_act ON cancel (act_id, job_id) WHERE act_id IS NOT NULL;
CREATE INDEX cancel_split ON cancel (split_by) WHERE split_by IS NOT NULL;

DROP TRIGGER cancel_insert;
CREATE TRIGGER cancel_insert BEFORE INSERT ON cancel BEGIN
    -- An id that was left out reads as -1 here.
    SELECT RAISE(ABORT, 'cancel: leave id out; the database assigns it') WHERE NEW.id <> -1;
    SELECT RAISE(ABORT, 'cancel: unknown job; insert the job first')
        WHERE NOT EXISTS (SELECT 1 FROM job WHERE id = NEW.job_id);
    SELECT RAISE(ABORT, 'cancel: an order id is 1 to 20 digits, as the exchange writes it')
        WHERE NEW.order_id IS NULL OR length(CAST(NEW.order_id AS BLOB)) NOT BETWEEN 1 AND 20
            OR NEW.order_id GLOB '*[^0-9]*' OR instr(NEW.order_id, char(0));
    SELECT RAISE(ABORT, 'cancel: only job_id and order_id are given; the rest is the database''s own')
        WHERE NEW.state IS NOT 'pending' OR NEW.class IS NOT NULL OR NEW.err_code IS NOT NULL
            OR NEW.err_msg IS NOT NULL OR NEW.attempts IS NOT 0 OR NEW.settled_at_ms IS NOT NULL
            OR NEW.waits IS NOT 0 OR NEW.unknowns IS NOT 0 OR NEW.parked IS NOT 0
            OR NEW.due_ns IS NOT NULL OR NEW.pack_limit IS NOT NULL OR NEW.request_id IS NOT NULL
            OR NEW.answer_id IS NOT NULL OR NEW.event_id IS NOT NULL
            OR NEW.withdraw_event_id IS NOT NULL OR NEW.split_by IS NOT NULL
            OR NEW.relation_order_id IS NOT NULL OR (NEW.round = 1) IS NOT (NEW.act_id IS NULL);
    SELECT RAISE(ABORT, 'cancel: a round after the first is opened by an act of kind retry')
        WHERE NEW.round <> 1 AND NOT (
            -- The act that is being carried out, not one of long ago.
            EXISTS (SELECT 1 FROM act WHERE id = NEW.act_id AND kind = 'retry'
                AND id = (SELECT max(id) FROM act))
            AND EXISTS (
                SELECT 1 FROM cancel
                WHERE order_id = NEW.order_id AND job_id = NEW.job_id AND round = NEW.round - 1
                    AND settled_at_ms IS NOT NULL AND state <> 'cancelled'));
    -- The same id twice in one job is folded, whatever the outer statement says of conflicts.
    SELECT RAISE(IGNORE) WHERE EXISTS (
        SELECT 1 FROM cancel
        WHERE order_id = NEW.order_id AND job_id = NEW.job_id AND round = NEW.round);
END;

-- Whether a job rests is read from an index: its row lies behind its list of ids, and reading a long one for
-- each of its ids made one insert of 200,000 ids take minutes.
CREATE INDEX job_resting ON job (id) WHERE standing = 'idle' OR standing = 'closed';

DROP TRIGGER cancel_inserted;
CREATE TRIGGER cancel_inserted AFTER INSERT ON cancel
WHEN EXISTS (
    SELECT 1 FROM job INDEXED BY job_resting
    WHERE id = NEW.job_id AND (standing = 'idle' OR standing = 'closed')) BEGIN
    UPDATE job SET standing = 'ready' WHERE id = NEW.job_id;
END;

DROP TRIGGER cancel_update;
CREATE TRIGGER cancel_update BEFORE UPDATE ON cancel BEGIN
    SELECT RAISE(ABORT, 'cancel: a final state never changes; a retry opens the next round')
        WHERE OLD.settled_at_ms IS NOT NULL;
    SELECT RAISE(ABORT, 'cancel: id, job_id, order_id, round and act_id never change')
        WHERE NEW.id IS NOT OLD.id OR NEW.job_id IS NOT OLD.job_id
            OR NEW.order_id IS NOT OLD.order_id OR NEW.round IS NOT OLD.round
            OR NEW.act_id IS NOT OLD.act_id;
    SELECT RAISE(ABORT, 'cancel: its request, answer or event is not in the file')
        WHERE (NEW.request_id IS NOT OLD.request_id
                AND NOT EXISTS (SELECT 1 FROM request WHERE id = NEW.request_id))
            OR (NEW.answer_id IS NOT OLD.answer_id
                AND NOT EXISTS (SELECT 1 FROM answer WHERE id = NEW.answer_id))
            OR (NEW.event_id IS NOT OLD.event_id
                AND NOT EXISTS (SELECT 1 FROM event WHERE id = NEW.event_id))
            OR (NEW.withdraw_event_id IS NOT OLD.withdraw_event_id
                AND NOT EXISTS (
                    SELECT 1 FROM event WHERE id = NEW.withdraw_event_id AND kind = 'withdraw'));
    SELECT RAISE(ABORT, 'cancel: an order with an unknown attempt behind it goes through unresolved first')
        WHERE OLD.state <> 'unresolved'
            AND (NEW.state = 'failed' OR NEW.state = 'expired' OR NEW.state = 'withdrawn')
            AND EXISTS (
                SELECT 1 FROM cancel AS doubted
                    JOIN job AS theirs ON theirs.id = doubted.job_id
                    JOIN job AS ours ON ours.id = NEW.job_id
                WHERE doubted.order_id = NEW.order_id AND doubted.unknowns > 0
                    AND theirs.account = ours.account);
    -- Ids of requests grow, so another unfinished one is a smaller one.
    SELECT RAISE(ABORT, 'cancel: that order id is in an unfinished request already')
        WHERE NEW.state = 'sending' AND OLD.state <> 'sending' AND EXISTS (
            SELECT 1 FROM cancel AS other
                JOIN job AS theirs ON theirs.id = other.job_id
                JOIN job AS ours ON ours.id = NEW.job_id
            WHERE other.order_id = NEW.order_id AND other.state = 'sending'
                AND other.request_id < NEW.request_id AND theirs.account = ours.account);
END;

-- The tally counts an id once, in its last round. With 'superseded', what remains of the greatest
-- cancel.id is still the number of pending ids.
DROP TRIGGER tally_insert;
INSERT INTO tally (state, ids) VALUES ('superseded', 0);
CREATE TRIGGER tally_insert BEFORE INSERT ON tally BEGIN
    SELECT RAISE(ABORT, 'tally: rows are kept by the database itself');
END;

CREATE TRIGGER cancel_round_opened AFTER INSERT ON cancel WHEN NEW.round > 1 BEGIN
    UPDATE tally SET ids = ids - 1 WHERE state = (
        SELECT state FROM cancel
        WHERE order_id = NEW.order_id AND job_id = NEW.job_id AND round = NEW.round - 1);
    UPDATE tally SET ids = ids + 1 WHERE state = 'superseded';
END;

------------------------------------------------------------------------------------------- lookups

-- What is unresolved of a target, and when it is to be looked up next.
CREATE TABLE lookup (
    target_id INTEGER PRIMARY KEY REFERENCES target (id),
    unresolved INTEGER NOT NULL DEFAULT 0,
    -- Not before this instant of the boot clock.
    due_ns INTEGER NOT NULL DEFAULT 0,
    -- Scans in a row that settled nothing.
    fruitless INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT lookup_counts CHECK (unresolved >= 0 AND fruitless >= 0)
) STRICT;

CREATE INDEX lookup_wanted ON lookup (target_id) WHERE unresolved > 0;

INSERT INTO lookup (target_id, unresolved)
    SELECT job.target_id, count(*) FROM cancel JOIN job ON job.id = cancel.job_id
    WHERE cancel.state = 'unresolved' GROUP BY job.target_id;

CREATE TRIGGER lookup_insert BEFORE INSERT ON lookup BEGIN
    SELECT RAISE(ABORT, 'lookup: that row exists already')
        WHERE EXISTS (SELECT 1 FROM lookup WHERE target_id = NEW.target_id);
END;

CREATE TRIGGER lookup_update BEFORE UPDATE ON lookup WHEN NEW.target_id IS NOT OLD.target_id BEGIN
    SELECT RAISE(ABORT, 'lookup: target_id never changes');
END;

CREATE TRIGGER lookup_delete BEFORE DELETE ON lookup BEGIN
    SELECT RAISE(ABORT, 'lookup: rows are kept by the database itself');
END;

CREATE TRIGGER cancel_became_unresolved AFTER UPDATE OF state ON cancel
WHEN NEW.state = 'unresolved' AND OLD.state <> 'unresolved' BEGIN
    INSERT INTO lookup (target_id)
        SELECT target_id FROM job WHERE id = NEW.job_id
            AND NOT EXISTS (SELECT 1 FROM lookup WHERE target_id = job.target_id);
    -- The first of its target does not wait for an instant that was set for others, long resolved.
    UPDATE lookup SET unresolved = unresolved + 1, due_ns = iif(unresolved = 0, 0, due_ns)
        WHERE target_id = (SELECT target_id FROM job WHERE id = NEW.job_id);
END;

CREATE TRIGGER cancel_resolved AFTER UPDATE OF state ON cancel
WHEN OLD.state = 'unresolved' AND NEW.state <> 'unresolved' BEGIN
    UPDATE lookup SET unresolved = unresolved - 1, fruitless = 0
        WHERE target_id = (SELECT target_id FROM job WHERE id = NEW.job_id);
END;

-- One reading of the exchange's two lists of a target, page after page, for the ids in `scan_member`: the
-- open orders first, so that an order which moves between the lists meanwhile is seen in the second.
CREATE TABLE scan (
    id INTEGER PRIMARY KEY AUTOINCREMENT CONSTRAINT scan_id_assigned CHECK (id > 0),
    target_id INTEGER NOT NULL REFERENCES target (id),
    -- 'unresolved': any runner goes on with it. 'reconcile': only the process that began it.
    purpose TEXT NOT NULL,
    runner_id INTEGER NOT NULL,
    began_at_ms INTEGER NOT NULL,
    -- The page to ask for next.
    list TEXT NOT NULL DEFAULT 'open',
    page INTEGER NOT NULL DEFAULT 1,
    due_ns INTEGER NOT NULL DEFAULT 0,
    -- Troubles in a row with that page.
    troubles INTEGER NOT NULL DEFAULT 0,
    -- The unfinished request that asks for it.
    request_id INTEGER,
    -- How many orders the open list had on its first page's word, and whether it shrank while it was read:
    -- then an order may have slipped from one page to the one before, unseen.
    open_orders INTEGER,
    shrank INTEGER NOT NULL DEFAULT 0,
    ended_at_ms INTEGER,
    -- How it ended: 'complete', or 'given_up' with nothing said of the members that were not found.
    ended TEXT,
    CONSTRAINT scan_purpose_known CHECK (purpose IN ('unresolved', 'reconcile')),
    CONSTRAINT scan_list_known CHECK (list IN ('open', 'history') AND page >= 1),
    CONSTRAINT scan_end CHECK ((ended_at_ms IS NULL) = (ended IS NULL)
        AND (ended IS NULL OR (request_id IS NULL AND ended IN ('complete', 'given_up'))))
) STRICT;

CREATE INDEX scan_running ON scan (target_id) WHERE ended_at_ms IS NULL;

CREATE TRIGGER scan_insert BEFORE INSERT ON scan BEGIN
    SELECT RAISE(ABORT, 'scan: leave id out; the database assigns it') WHERE NEW.id <> -1;
END;

CREATE TRIGGER scan_update BEFORE UPDATE ON scan BEGIN
    SELECT RAISE(ABORT, 'scan: what has ended, and what it is for, never changes')
        WHERE OLD.ended_at_ms IS NOT NULL OR NEW.id IS NOT OLD.id
            OR NEW.target_id IS NOT OLD.target_id OR NEW.purpose IS NOT OLD.purpose
            OR NEW.runner_id IS NOT OLD.runner_id OR NEW.began_at_ms IS NOT OLD.began_at_ms;
END;

CREATE TRIGGER scan_delete BEFORE DELETE ON scan BEGIN
    SELECT RAISE(ABORT, 'scan: history is never deleted');
END;

-- A cancel that a scan looks for.
CREATE TABLE scan_member (
    scan_id INTEGER NOT NULL REFERENCES scan (id),
    -- Held to its table by scan_member_insert: a REFERENCES without an index makes every insert into
    -- `cancel` scan for children. The same holds for `finding`.
    cancel_id INTEGER NOT NULL,
    CONSTRAINT scan_member_once PRIMARY KEY (scan_id, cancel_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER scan_member_insert BEFORE INSERT ON scan_member BEGIN
    SELECT RAISE(ABORT, 'scan_member: unknown cancel')
        WHERE NOT EXISTS (SELECT 1 FROM cancel WHERE id = NEW.cancel_id);
    SELECT RAISE(ABORT, 'scan_member: that row exists already') WHERE EXISTS (
        SELECT 1 FROM scan_member WHERE scan_id = NEW.scan_id AND cancel_id = NEW.cancel_id);
END;

CREATE TRIGGER scan_member_update BEFORE UPDATE ON scan_member BEGIN
    SELECT RAISE(ABORT, 'scan_member: history never changes');
END;

CREATE TRIGGER scan_member_delete BEFORE DELETE ON scan_member BEGIN
    SELECT RAISE(ABORT, 'scan_member: history is never deleted');
END;

-- What a scan says of a cancel, and which answer says so; of one in neither list, the last answer.
CREATE TABLE finding (
    cancel_id INTEGER NOT NULL REFERENCES cancel (id),
    scan_id INTEGER NOT NULL,
    answer_id INTEGER NOT NULL,
    found TEXT NOT NULL,
    err_code TEXT,
    err_msg TEXT,
    relation_order_id TEXT,
    -- What was recorded of the cancel when it was found.
    state TEXT NOT NULL,
    class TEXT,
    at_ms INTEGER NOT NULL,
    at_ns INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    CONSTRAINT finding_once PRIMARY KEY (cancel_id, scan_id),
    CONSTRAINT finding_known CHECK (
        found IN ('live', 'cancelled', 'fired', 'failed', 'absent', 'unclear'))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER finding_insert BEFORE INSERT ON finding BEGIN
    SELECT RAISE(ABORT, 'finding: unknown scan member or answer')
        WHERE NOT EXISTS (
                SELECT 1 FROM scan_member WHERE scan_id = NEW.scan_id AND cancel_id = NEW.cancel_id)
            OR NOT EXISTS (SELECT 1 FROM answer WHERE id = NEW.answer_id);
    SELECT RAISE(ABORT, 'finding: that row exists already') WHERE EXISTS (
        SELECT 1 FROM finding WHERE cancel_id = NEW.cancel_id AND scan_id = NEW.scan_id);
END;

CREATE TRIGGER finding_update BEFORE UPDATE ON finding BEGIN
    SELECT RAISE(ABORT, 'finding: history never changes');
END;

CREATE TRIGGER finding_delete BEFORE DELETE ON finding BEGIN
    SELECT RAISE(ABORT, 'finding: history is never deleted');
END;

-------------------------------------------------------------------------------------------- tokens

-- The limit as the exchange's headers state it, where that is stricter than ours; NULL is ours.
ALTER TABLE bucket ADD COLUMN stated_limit INTEGER;
ALTER TABLE bucket ADD COLUMN stated_window_ms INTEGER;
-- Requests of other tools on the account, as far as the headers show them: in the window of the last answer
-- that showed any, the most so far, and when that was.
ALTER TABLE bucket ADD COLUMN foreign_last INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bucket ADD COLUMN foreign_most INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bucket ADD COLUMN foreign_at_ms INTEGER;

CREATE TRIGGER boot_insert BEFORE INSERT ON boot WHEN EXISTS (SELECT 1 FROM boot) BEGIN
    SELECT RAISE(ABORT, 'boot: the row exists already');
END;

CREATE TRIGGER boot_delete BEFORE DELETE ON boot BEGIN
    SELECT RAISE(ABORT, 'boot: the row is kept, since the limit rests on it');
END;

CREATE TRIGGER checkpointer_insert BEFORE INSERT ON checkpointer
WHEN EXISTS (SELECT 1 FROM checkpointer) BEGIN
    SELECT RAISE(ABORT, 'checkpointer: the row exists already');
END;

CREATE TRIGGER checkpointer_delete BEFORE DELETE ON checkpointer BEGIN
    SELECT RAISE(ABORT, 'checkpointer: the row is kept; its lease ends by itself');
END;

---------------------------------------------------------------------------------------------- acts

-- What an operator does, one insert each, carried out by triggers in the operator's own transaction:
--
--   pause, resume   account, or none for all
--   retry           a next round for ids in `state` ('failed' unless given; 'rejected', 'withdrawn'), of a
--                   job, an account, a class, an err_code, an order_id, settled in since_ms … until_ms
--   withdraw        the open ids of a job, an account or an order_id
--
-- An id that is sending, or in doubt, is withdrawn at its verdict.
ALTER TABLE act ADD COLUMN job_id INTEGER;
ALTER TABLE act ADD COLUMN order_id TEXT;
ALTER TABLE act ADD COLUMN state TEXT;
ALTER TABLE act ADD COLUMN class TEXT;
ALTER TABLE act ADD COLUMN err_code TEXT;
ALTER TABLE act ADD COLUMN since_ms INTEGER;
ALTER TABLE act ADD COLUMN until_ms INTEGER;

DROP TRIGGER act_insert;
CREATE TRIGGER act_insert BEFORE INSERT ON act BEGIN
    SELECT RAISE(ABORT, 'act: leave id out; the database assigns it') WHERE NEW.id <> -1;
    SELECT RAISE(ABORT, 'act: kind is one of pause, resume, retry, withdraw')
        WHERE NEW.kind IS NULL OR NEW.kind NOT IN ('pause', 'resume', 'retry', 'withdraw');
    SELECT RAISE(ABORT, 'act: unknown account')
        WHERE NEW.account IS NOT NULL AND NOT EXISTS (SELECT 1 FROM account WHERE name = NEW.account);
    SELECT RAISE(ABORT, 'act: unknown job')
        WHERE NEW.job_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM job WHERE id = NEW.job_id);
    SELECT RAISE(ABORT, 'act: pause and resume take an account, or none for all, and nothing else')
        WHERE NEW.kind IN ('pause', 'resume') AND (NEW.job_id IS NOT NULL OR NEW.order_id IS NOT NULL);
    SELECT RAISE(ABORT, 'act: withdraw takes a job_id, an account or an order_id')
        WHERE NEW.kind = 'withdraw' AND NEW.job_id IS NULL AND NEW.account IS NULL
            AND NEW.order_id IS NULL;
    SELECT RAISE(ABORT, 'act: state, class, err_code, since_ms and until_ms are for retry alone')
        WHERE NEW.kind <> 'retry' AND (NEW.state IS NOT NULL OR NEW.class IS NOT NULL
            OR NEW.err_code IS NOT NULL OR NEW.since_ms IS NOT NULL OR NEW.until_ms IS NOT NULL);
    SELECT RAISE(ABORT, 'act: retry takes ids in state failed, rejected or withdrawn')
        WHERE NEW.state IS NOT NULL AND NEW.state NOT IN ('failed', 'rejected', 'withdrawn');
    SELECT RAISE(ABORT, 'act: at_ms is milliseconds since 1970 UTC; leave it out')
        WHERE NEW.at_ms IS NULL OR NEW.at_ms NOT BETWEEN 0 AND 253402300799999;
END;

-- Each of these writes its event first: triggers of one insert run in no order to rely on.
DROP TRIGGER act_inserted;
CREATE TRIGGER act_inserted AFTER INSERT ON act WHEN NEW.id < 1 BEGIN
    SELECT RAISE(ABORT, 'act: leave id out; the database assigns it');
END;

CREATE TRIGGER act_pause AFTER INSERT ON act WHEN NEW.kind IN ('pause', 'resume') BEGIN
    INSERT INTO event (at_ms, kind, account, job_id, by, reason, detail)
        VALUES (NEW.at_ms, NEW.kind, NEW.account, NEW.job_id, NEW.by, NEW.reason, 'act ' || NEW.id);
    UPDATE account
        SET paused_at_ms = iif(NEW.kind = 'pause', NEW.at_ms, NULL),
            paused_reason = iif(NEW.kind = 'pause', coalesce(NEW.reason, 'paused by an operator'), NULL)
        WHERE NEW.account IS NULL OR name = NEW.account;
END;

-- The ids a retry is for: those of a job by the job's own index, others by state and time. Jobs are asked
-- once for all, not row by row, because a job's columns lie behind its list of ids, which may be long.
CREATE TRIGGER act_retry_job AFTER INSERT ON act WHEN NEW.kind = 'retry' AND NEW.job_id IS NOT NULL BEGIN
    INSERT INTO event (at_ms, kind, account, job_id, by, reason, detail)
        VALUES (NEW.at_ms, NEW.kind, NEW.account, NEW.job_id, NEW.by, NEW.reason, 'act ' || NEW.id);
    INSERT INTO cancel (job_id, order_id, round, act_id)
        SELECT c.job_id, c.order_id, c.round + 1, NEW.id
        FROM cancel AS c INDEXED BY cancel_by_job
        WHERE c.job_id = NEW.job_id AND c.state = coalesce(NEW.state, 'failed')
            AND c.settled_at_ms BETWEEN coalesce(NEW.since_ms, 0) AND coalesce(NEW.until_ms, 253402300799999)
            AND (NEW.order_id IS NULL OR c.order_id = NEW.order_id)
            AND (NEW.class IS NULL OR c.class = NEW.class)
            AND (NEW.err_code IS NULL OR c.err_code = NEW.err_code)
            AND c.job_id IN (
                SELECT id FROM job
                WHERE (NEW.job_id IS NULL OR id = NEW.job_id)
                    AND (NEW.account IS NULL OR account = NEW.account)
                    AND (not_after_ms IS NULL OR not_after_ms >= NEW.at_ms))
            AND NOT EXISTS (
                SELECT 1 FROM cancel AS later
                WHERE later.order_id = c.order_id AND later.job_id = c.job_id AND later.round > c.round)
        ORDER BY c.id;
END;

CREATE TRIGGER act_retry AFTER INSERT ON act WHEN NEW.kind = 'retry' AND NEW.job_id IS NULL BEGIN
    INSERT INTO event (at_ms, kind, account, job_id, by, reason, detail)
        VALUES (NEW.at_ms, NEW.kind, NEW.account, NEW.job_id, NEW.by, NEW.reason, 'act ' || NEW.id);
    INSERT INTO cancel (job_id, order_id, round, act_id)
        SELECT c.job_id, c.order_id, c.round + 1, NEW.id
        FROM cancel AS c
        WHERE c.state = coalesce(NEW.state, 'failed')
            AND c.settled_at_ms BETWEEN coalesce(NEW.since_ms, 0) AND coalesce(NEW.until_ms, 253402300799999)
            AND (NEW.order_id IS NULL OR c.order_id = NEW.order_id)
            AND (NEW.class IS NULL OR c.class = NEW.class)
            AND (NEW.err_code IS NULL OR c.err_code = NEW.err_code)
            AND c.job_id IN (
                SELECT id FROM job
                WHERE (NEW.job_id IS NULL OR id = NEW.job_id)
                    AND (NEW.account IS NULL OR account = NEW.account)
                    AND (not_after_ms IS NULL OR not_after_ms >= NEW.at_ms))
            AND NOT EXISTS (
                SELECT 1 FROM cancel AS later
                WHERE later.order_id = c.order_id AND later.job_id = c.job_id AND later.round > c.round)
        ORDER BY c.id;
END;

-- An order with an unknown attempt behind it goes through unresolved, and is withdrawn only if a lookup
-- finds it live. The event is the one this act has just written.
CREATE TRIGGER act_withdraw AFTER INSERT ON act WHEN NEW.kind = 'withdraw' BEGIN
    INSERT INTO event (at_ms, kind, account, job_id, by, reason, detail)
        VALUES (NEW.at_ms, NEW.kind, NEW.account, NEW.job_id, NEW.by, NEW.reason, 'act ' || NEW.id);
    UPDATE cancel SET withdraw_event_id = (SELECT max(id) FROM event)
        WHERE state IN ('sending', 'unresolved') AND job_id IN (
                SELECT id FROM job
                WHERE (NEW.job_id IS NULL OR id = NEW.job_id) AND (NEW.account IS NULL OR account = NEW.account))
            AND (NEW.order_id IS NULL OR order_id = NEW.order_id);
    UPDATE cancel SET state = 'unresolved', class = 'unknown', parked = 0, due_ns = NULL,
            withdraw_event_id = (SELECT max(id) FROM event)
        WHERE state = 'pending' AND job_id IN (
                SELECT id FROM job
                WHERE (NEW.job_id IS NULL OR id = NEW.job_id) AND (NEW.account IS NULL OR account = NEW.account))
            AND (NEW.order_id IS NULL OR order_id = NEW.order_id)
            AND EXISTS (
                SELECT 1 FROM cancel AS doubted
                    JOIN job AS theirs ON theirs.id = doubted.job_id
                    JOIN job AS ours ON ours.id = cancel.job_id
                WHERE doubted.order_id = cancel.order_id AND doubted.unknowns > 0
                    AND theirs.account = ours.account);
    UPDATE cancel SET state = 'withdrawn', class = NULL, err_code = NULL, err_msg = NULL,
            settled_at_ms = NEW.at_ms, event_id = (SELECT max(id) FROM event), parked = 0, due_ns = NULL
        WHERE state = 'pending' AND job_id IN (
                SELECT id FROM job
                WHERE (NEW.job_id IS NULL OR id = NEW.job_id) AND (NEW.account IS NULL OR account = NEW.account))
            AND (NEW.order_id IS NULL OR order_id = NEW.order_id);
END;

--------------------------------------------------------------------------------------------- views

-- An id, once: its last round.
CREATE VIEW v_cancel AS
SELECT c.id AS cancel_id, c.job_id, j.account, t.selector AS contract, c.order_id, c.round, c.state,
    c.class, c.err_code, c.err_msg, c.attempts, c.settled_at_ms, c.request_id, c.answer_id, c.event_id,
    c.relation_order_id
FROM cancel AS c
    JOIN job AS j ON j.id = c.job_id
    JOIN target AS t ON t.id = j.target_id
WHERE NOT EXISTS (
    SELECT 1 FROM cancel AS later
    WHERE later.order_id = c.order_id AND later.job_id = c.job_id AND later.round > c.round);

-- A job: how far it is, and what became of its ids.
CREATE VIEW v_job AS
SELECT j.id AS job_id, j.account, t.selector AS contract, j.priority, j.queued_at_ms, j.queued_by, j.note,
    j.not_before_ms, j.not_after_ms, j.dedup_key, count(c.id) AS ids,
    count(*) FILTER (WHERE c.state = 'pending') AS pending,
    count(*) FILTER (WHERE c.state = 'sending') AS sending,
    count(*) FILTER (WHERE c.state = 'unresolved') AS unresolved,
    count(*) FILTER (WHERE c.state = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE c.state = 'rejected') AS rejected,
    count(*) FILTER (WHERE c.state = 'failed') AS failed,
    count(*) FILTER (WHERE c.state = 'expired') AS expired,
    count(*) FILTER (WHERE c.state = 'withdrawn') AS withdrawn,
    max(c.settled_at_ms) AS last_settled_at_ms
FROM job AS j
    JOIN target AS t ON t.id = j.target_id
    LEFT JOIN cancel AS c ON c.job_id = j.id AND NOT EXISTS (
        SELECT 1 FROM cancel AS later
        WHERE later.order_id = c.order_id AND later.job_id = c.job_id AND later.round > c.round)
GROUP BY j.id;

-- A request and its answer.
CREATE VIEW v_request AS
SELECT r.id AS request_id, t.account, r.endpoint, t.selector AS contract, r.size, r.order_ids, r.token,
    r.granted_at_ms, r.granted_ns, r.boot_id, r.runner_id, a.id AS answer_id,
    coalesce(a.kind, 'open') AS answer, a.received_at_ms, a.round_trip_ns / 1e6 AS round_trip_ms,
    a.exchange, a.http_status, a.err_code, a.err_msg, a.server_time_ms, CAST(a.body AS TEXT) AS body,
    late.id AS late_answer_id, r.scan_id, r.list, r.page
FROM request AS r
    JOIN target AS t ON t.id = r.target_id
    LEFT JOIN answer AS a ON a.request_id = r.id AND a.late = 0
    LEFT JOIN answer AS late ON late.request_id = r.id AND late.late = 1;

-- Each attempt on each id, of every round.
CREATE VIEW v_attempt AS
SELECT c.job_id, c.order_id, c.round, at.cancel_id, at.request_id, at.outcome, at.err_code, at.err_msg,
    at.counted, r.granted_at_ms, a.received_at_ms, a.http_status
FROM attempt AS at
    JOIN cancel AS c ON c.id = at.cancel_id
    JOIN request AS r ON r.id = at.request_id
    LEFT JOIN answer AS a ON a.request_id = at.request_id AND a.late = 0;

-- What the exchange's lists said of an id, each time they were read for it, beside what was recorded then.
CREATE VIEW v_lookup AS
SELECT f.scan_id, s.purpose, j.account, t.selector AS contract, c.job_id, c.order_id, c.round, f.cancel_id,
    f.state, f.class, f.found, f.err_code, f.err_msg, f.relation_order_id, f.at_ms, f.answer_id
FROM finding AS f
    JOIN scan AS s ON s.id = f.scan_id
    JOIN cancel AS c ON c.id = f.cancel_id
    JOIN job AS j ON j.id = c.job_id
    JOIN target AS t ON t.id = s.target_id;

-- What needs a person.
CREATE VIEW v_failure AS
SELECT * FROM v_cancel WHERE state IN ('rejected', 'failed', 'expired', 'unresolved');

-- An account: whether it is paused, how much work it has, and whether other tools use its limit.
CREATE VIEW v_account AS
SELECT a.name AS account, a.paused_at_ms, a.paused_reason,
    (SELECT count(*) FROM job WHERE account = a.name AND standing = 'ready') AS ready_jobs,
    (SELECT count(*) FROM token WHERE account = a.name AND request_id IS NOT NULL) AS open_requests,
    b.held_until_ns, b.troubles, b.stated_limit, b.stated_window_ms, b.foreign_last, b.foreign_most,
    b.foreign_at_ms
FROM account AS a
    LEFT JOIN bucket AS b ON b.account = a.name AND b.endpoint = 'cancel';

-- The proof of the limit: the most requests in any half-open second of the boot clock. It scans.
CREATE VIEW v_rate AS
SELECT account, endpoint, boot_id, max(in_second) AS most_in_any_second, count(*) AS requests,
    min(granted_at_ms) AS first_at_ms, max(granted_at_ms) AS last_at_ms
FROM (
    SELECT t.account, r.endpoint, r.boot_id, r.granted_at_ms,
        count(*) OVER (
            PARTITION BY t.account, r.endpoint, r.boot_id ORDER BY r.granted_ns
            RANGE BETWEEN CURRENT ROW AND 999999999 FOLLOWING) AS in_second
    FROM request AS r
        JOIN target AS t ON t.id = r.target_id
    WHERE NOT EXISTS (SELECT 1 FROM answer WHERE request_id = r.id AND late = 0 AND kind = 'unsent'))
GROUP BY account, endpoint, boot_id;

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
    LEFT JOIN event AS e ON e.id = c.event_id
WHERE doubted.unknowns > 0 AND c.state IN ('rejected', 'failed', 'expired', 'withdrawn')
    -- The doubt came first: some unknown attempt was recorded before what settled this one.
    AND EXISTS (
        SELECT 1 FROM attempt AS at JOIN answer AS silence ON silence.request_id = at.request_id
        WHERE at.cancel_id = doubted.id AND at.outcome IN ('unknown', 'unlisted', 'in_progress')
            AND silence.late = 0
            AND silence.id < coalesce(c.answer_id, (
                SELECT max(id) FROM answer WHERE received_at_ms < e.at_ms)))
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
WHERE tally.ids <> (
    SELECT count(*) FROM cancel AS c
    WHERE iif(EXISTS (
            SELECT 1 FROM cancel AS later
            WHERE later.order_id = c.order_id AND later.job_id = c.job_id AND later.round > c.round),
        'superseded', c.state) = tally.state)
UNION ALL
SELECT 'ids', 'request ' || r.id || ' carries an id twice'
FROM request AS r
WHERE r.endpoint = 'cancel' AND r.size <> (
    SELECT count(DISTINCT value) FROM json_each('["' || replace(r.order_ids, ',', '","') || '"]'));
