-- Quash, version 1 of the schema: the queue, the tokens, the history.
--
-- Any SQLite client from 3.38 on may queue jobs and read the views while runners run; nothing of Quash
-- has to be loaded. So whatever must hold is held here. Every refusal is a RAISE(ABORT, …) in a BEFORE
-- trigger, because an outer INSERT OR IGNORE or OR REPLACE overrides CHECK, UNIQUE and NOT NULL, and a
-- foreign connection has foreign_keys and recursive_triggers off; the named constraints stand behind as
-- the second wall. Sentences are constants: RAISE takes no expression before SQLite 3.47.
--
-- Promised to other tools: INSERT INTO job (id … queued_at_ms), INSERT INTO cancel (job_id, order_id),
-- INSERT INTO act, the columns of cancel up to settled_at_ms, and the views. All else may change.

PRAGMA application_id = 1364546376; -- 'QUSH'
PRAGMA user_version = 1;

------------------------------------------------------------------------------------------ accounts

-- One exchange UID. Its keys never come here; key_fingerprint, a SHA-256 of the access key (which is no
-- secret), lets a runner refuse two accounts that are one UID and would share one limit.
CREATE TABLE account (
    name TEXT NOT NULL PRIMARY KEY,
    added_at_ms INTEGER NOT NULL DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)),
    paused_at_ms INTEGER,
    paused_reason TEXT,
    key_fingerprint TEXT,
    CONSTRAINT account_name_form CHECK (
        length(name) BETWEEN 1 AND 32 AND name GLOB '[a-z]*' AND name NOT GLOB '*[^a-z0-9_]*'),
    CONSTRAINT account_paused_with_reason CHECK ((paused_at_ms IS NULL) = (paused_reason IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO account (name) VALUES ('main');

CREATE TRIGGER account_insert BEFORE INSERT ON account BEGIN
    SELECT RAISE(ABORT, 'account: that name exists already')
        WHERE EXISTS (SELECT 1 FROM account WHERE name = NEW.name);
    SELECT RAISE(ABORT, 'account: a name is 1 to 32 lower-case letters, digits and underscores, and starts with a letter')
        WHERE NEW.name IS NULL OR length(CAST(NEW.name AS BLOB)) NOT BETWEEN 1 AND 32
            OR NEW.name NOT GLOB '[a-z]*' OR NEW.name GLOB '*[^a-z0-9_]*'
            OR instr(NEW.name, char(0));
END;

CREATE TRIGGER account_update BEFORE UPDATE OF name, added_at_ms ON account BEGIN
    SELECT RAISE(ABORT, 'account: a name and the time it was added never change');
END;

CREATE TRIGGER account_delete BEFORE DELETE ON account BEGIN
    SELECT RAISE(ABORT, 'account: accounts are kept, since jobs and requests name them');
END;

-- What one request can address: an account and one way to name a contract. Rows come with jobs.
CREATE TABLE target (
    id INTEGER PRIMARY KEY CONSTRAINT target_id_assigned CHECK (id > 0),
    account TEXT NOT NULL REFERENCES account (name),
    contract_code TEXT,
    pair TEXT,
    contract_type TEXT,
    selector TEXT NOT NULL,
    CONSTRAINT target_once UNIQUE (account, selector),
    CONSTRAINT target_one_selector CHECK (
        (contract_code IS NOT NULL AND pair IS NULL AND contract_type IS NULL)
        OR (contract_code IS NULL AND pair IS NOT NULL AND contract_type IS NOT NULL))
) STRICT;

CREATE TRIGGER target_insert BEFORE INSERT ON target BEGIN
    SELECT RAISE(ABORT, 'target: that row exists already')
        WHERE NEW.id <> -1 OR EXISTS (SELECT 1 FROM target WHERE account = NEW.account AND selector = NEW.selector);
END;

CREATE TRIGGER target_update BEFORE UPDATE ON target BEGIN
    SELECT RAISE(ABORT, 'target: rows never change');
END;

CREATE TRIGGER target_delete BEFORE DELETE ON target BEGIN
    SELECT RAISE(ABORT, 'target: rows are kept, since jobs and requests name them');
END;

------------------------------------------------------------------------------------------- runners

-- One process that sends. It lives while its heartbeat is fresh on the boot clock; pid and start time
-- tell whether the process is provably gone.
CREATE TABLE runner (
    id INTEGER PRIMARY KEY AUTOINCREMENT CONSTRAINT runner_id_assigned CHECK (id > 0),
    name TEXT NOT NULL CONSTRAINT runner_name_once UNIQUE,
    pid INTEGER NOT NULL,
    process_started INTEGER NOT NULL,
    -- The namespace its pid counts in: a container's process cannot be looked up from outside.
    process_space TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    heartbeat_ns INTEGER NOT NULL,
    stopped_at_ms INTEGER
) STRICT;

CREATE INDEX runner_living ON runner (id) WHERE stopped_at_ms IS NULL;

CREATE TRIGGER runner_insert BEFORE INSERT ON runner BEGIN
    SELECT RAISE(ABORT, 'runner: that row exists already')
        WHERE NEW.id <> -1 OR EXISTS (SELECT 1 FROM runner WHERE name = NEW.name);
END;

CREATE TRIGGER runner_update
BEFORE UPDATE OF id, name, pid, process_started, process_space, boot_id, started_at_ms ON runner BEGIN
    SELECT RAISE(ABORT, 'runner: only the heartbeat and the time of its stop change');
END;

-- UPDATE OF id does not see an update of the rowid by its other names.
CREATE TRIGGER runner_update_rowid BEFORE UPDATE ON runner WHEN NEW.id IS NOT OLD.id BEGIN
    SELECT RAISE(ABORT, 'runner: only the heartbeat and the time of its stop change');
END;

CREATE TRIGGER runner_delete BEFORE DELETE ON runner BEGIN
    SELECT RAISE(ABORT, 'runner: rows are kept, since requests name them');
END;

-- The last boot a turn ran under. Under another one every instant on the boot clock is void.
CREATE TABLE boot (
    only_row INTEGER PRIMARY KEY CONSTRAINT boot_one_row CHECK (only_row = 1),
    boot_id TEXT NOT NULL
) STRICT;

-- Who may checkpoint the WAL: the guard against SQLite's WAL-reset bug wants one, and never two at once.
CREATE TABLE checkpointer (
    only_row INTEGER PRIMARY KEY CONSTRAINT checkpointer_one_row CHECK (only_row = 1),
    runner_id INTEGER NOT NULL REFERENCES runner (id),
    boot_id TEXT NOT NULL,
    until_ns INTEGER NOT NULL,
    last_at_ms INTEGER
) STRICT;

------------------------------------------------------------------------------------------- the queue

-- What a tool queued. Rows never change but in `standing`, by which the runner finds work without a scan:
--   ready    it may hold ids that can be claimed now
--   waiting  not_before_ms has not come
--   idle     nothing to claim: all its ids are settled, in flight, or waiting for their time
--   closed   not_after_ms has come, and its pending ids are expired
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Held to `account` by job_insert.
    account TEXT NOT NULL DEFAULT 'main',
    contract_code TEXT,
    pair TEXT,
    contract_type TEXT,
    -- What the INSERT brought. The ids of a job are its rows of `cancel`, which may be more.
    order_ids TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    not_before_ms INTEGER,
    not_after_ms INTEGER,
    dedup_key TEXT CONSTRAINT job_dedup_key_once UNIQUE,
    queued_by TEXT,
    note TEXT,
    queued_at_ms INTEGER NOT NULL DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)),
    target_id INTEGER REFERENCES target (id),
    standing TEXT NOT NULL DEFAULT 'idle',
    CONSTRAINT job_selector CHECK (
        (pair IS NULL) = (contract_type IS NULL) AND (contract_code IS NOT NULL OR pair IS NOT NULL)),
    CONSTRAINT job_contract_type_known CHECK (
        contract_type IN ('swap', 'this_week', 'next_week', 'quarter', 'next_quarter')),
    CONSTRAINT job_instants CHECK (not_before_ms BETWEEN 0 AND 253402300799999
        AND not_after_ms BETWEEN 0 AND 253402300799999
        AND queued_at_ms BETWEEN 0 AND 253402300799999),
    CONSTRAINT job_deadline_after_queueing CHECK (not_after_ms >= queued_at_ms),
    CONSTRAINT job_standing_known CHECK (standing IN ('ready', 'waiting', 'idle', 'closed'))
) STRICT;

CREATE INDEX job_ready_by_account ON job (account, priority DESC, id) WHERE standing = 'ready';
CREATE INDEX job_ready_by_target ON job (target_id, priority DESC, id) WHERE standing = 'ready';
CREATE INDEX job_waiting ON job (not_before_ms) WHERE standing = 'waiting';
CREATE INDEX job_deadline ON job (not_after_ms)
    WHERE not_after_ms IS NOT NULL AND standing <> 'closed';

-- In a BEFORE trigger an id that was left out reads as -1.
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

-- Splits order_ids in one pass. A quote that opens an element becomes < and one that closes it >, so an
-- element is <digits> or digits; whatever is not exactly that is refused by `cancel`. json_each splits at
-- the commas: no number is ever parsed, so ids beyond 2^53 and 2^63 come through digit for digit.
CREATE TRIGGER job_inserted AFTER INSERT ON job BEGIN
    SELECT RAISE(ABORT, 'job: leave id out; the database assigns it') WHERE NEW.id < 1;
    INSERT INTO target (account, contract_code, pair, contract_type, selector)
        SELECT NEW.account, NEW.contract_code, iif(NEW.contract_code IS NULL, NEW.pair, NULL),
            iif(NEW.contract_code IS NULL, NEW.contract_type, NULL),
            coalesce(NEW.contract_code, NEW.pair || ' ' || NEW.contract_type)
        WHERE NOT EXISTS (
            SELECT 1 FROM target WHERE account = NEW.account
                AND selector = coalesce(NEW.contract_code, NEW.pair || ' ' || NEW.contract_type));
    UPDATE job
        SET target_id = (
                SELECT id FROM target WHERE account = NEW.account
                    AND selector = coalesce(NEW.contract_code, NEW.pair || ' ' || NEW.contract_type)),
            standing = iif(NEW.not_before_ms IS NULL, 'ready', 'waiting')
        WHERE id = NEW.id;
    INSERT INTO cancel (job_id, order_id)
        SELECT DISTINCT NEW.id,
            iif(element.value GLOB '<*>',
                substr(element.value, 2, length(element.value) - 2), element.value)
        FROM (
            SELECT replace(replace(
                ',' || replace(replace(replace(replace(
                    trim(trim(NEW.order_ids, char(9, 10, 13, 32)), '[]'),
                    char(9), ''), char(10), ''), char(13), ''), ' ', '') || ',',
                '",', '>,'), ',"', ',<') AS listed) AS list,
            json_each('["' || replace(replace(
                substr(list.listed, 2, length(list.listed) - 2), '"', '?'), ',', '","') || '"]')
                AS element;
END;

CREATE TRIGGER job_update BEFORE UPDATE OF id, account, contract_code, pair, contract_type, order_ids,
    priority, not_before_ms, not_after_ms, dedup_key, queued_by, note, queued_at_ms ON job BEGIN
    SELECT RAISE(ABORT, 'job: what was queued never changes; queue another job');
END;

CREATE TRIGGER job_update_target BEFORE UPDATE OF target_id ON job
WHEN OLD.target_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'job: what was queued never changes; queue another job');
END;

-- UPDATE OF id does not see an update of the rowid by its other names.
CREATE TRIGGER job_update_rowid BEFORE UPDATE ON job WHEN NEW.id IS NOT OLD.id BEGIN
    SELECT RAISE(ABORT, 'job: what was queued never changes; queue another job');
END;

CREATE TRIGGER job_delete BEFORE DELETE ON job BEGIN
    SELECT RAISE(ABORT, 'job: jobs are kept for the audit');
END;

-- One order id of one job, and what became of it; one row a round.
CREATE TABLE cancel (
    -- Without gaps, so that the greatest is also the count of rows.
    id INTEGER PRIMARY KEY CONSTRAINT cancel_id_assigned CHECK (id > 0),
    job_id INTEGER NOT NULL REFERENCES job (id),
    order_id TEXT NOT NULL,
    round INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'pending',
    class TEXT,
    err_code TEXT,
    err_msg TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    settled_at_ms INTEGER,
    -- Waits in a row that counted no attempt.
    waits INTEGER NOT NULL DEFAULT 0,
    -- Attempts that may have cancelled it unseen.
    unknowns INTEGER NOT NULL DEFAULT 0,
    -- 1: not to be claimed before due_ns on the boot clock; without due_ns, not before the request that
    -- its order id is in, under another name of the contract, has ended.
    parked INTEGER NOT NULL DEFAULT 0,
    due_ns INTEGER,
    -- The most ids its next request may carry; NULL is the endpoint's limit.
    pack_limit INTEGER,
    -- The request it is in, or was in last.
    request_id INTEGER,
    -- What its final state rests on. These three are held to their tables by cancel_update: a REFERENCES
    -- here would make every insert into those tables look for children, without an index to do it by.
    answer_id INTEGER,
    event_id INTEGER,
    -- Order id first: one lookup finds all that was ever wanted of an order.
    CONSTRAINT cancel_once UNIQUE (order_id, job_id, round),
    CONSTRAINT cancel_order_id_form CHECK (
        length(CAST(order_id AS BLOB)) BETWEEN 1 AND 20 AND order_id NOT GLOB '*[^0-9]*'
        AND NOT instr(order_id, char(0))),
    -- Written with CASE, not IN: a list of three words or more is built into a table of its own for every
    -- statement that runs, which made inserting six times slower.
    CONSTRAINT cancel_class_of_state CHECK (CASE state
        WHEN 'cancelled' THEN CASE class
            WHEN 'accepted' THEN 1 WHEN 'already_done' THEN 1 WHEN 'confirmed' THEN 1 ELSE 0 END
        WHEN 'rejected' THEN CASE class
            WHEN 'too_late' THEN 1 WHEN 'not_found' THEN 1 WHEN 'absent' THEN 1
            WHEN 'permanent' THEN 1 WHEN 'bad_request' THEN 1 ELSE 0 END
        WHEN 'failed' THEN class IS 'transient'
        WHEN 'pending' THEN class IS NULL OR CASE class
            WHEN 'bad_request' THEN 1 WHEN 'transient' THEN 1 WHEN 'in_progress' THEN 1
            WHEN 'throttled' THEN 1 WHEN 'unavailable' THEN 1 WHEN 'account_trouble' THEN 1
            WHEN 'unknown' THEN 1 ELSE 0 END
        WHEN 'sending' THEN 1
        WHEN 'unresolved' THEN class IS 'unknown' OR class IS 'in_progress'
        WHEN 'expired' THEN class IS NULL
        WHEN 'withdrawn' THEN class IS NULL
        ELSE 0 END),
    CONSTRAINT cancel_final_with_evidence CHECK (CASE state
        WHEN 'cancelled' THEN settled_at_ms IS NOT NULL AND answer_id IS NOT NULL
        WHEN 'rejected' THEN settled_at_ms IS NOT NULL AND answer_id IS NOT NULL
        WHEN 'failed' THEN settled_at_ms IS NOT NULL AND answer_id IS NOT NULL
        WHEN 'expired' THEN settled_at_ms IS NOT NULL AND event_id IS NOT NULL
        WHEN 'withdrawn' THEN settled_at_ms IS NOT NULL AND event_id IS NOT NULL
        ELSE settled_at_ms IS NULL AND answer_id IS NULL AND event_id IS NULL END),
    CONSTRAINT cancel_sending_in_request CHECK (state <> 'sending' OR request_id IS NOT NULL),
    CONSTRAINT cancel_parked_while_pending CHECK (
        parked IN (0, 1) AND (parked = 0 OR state = 'pending') AND (due_ns IS NULL OR parked = 1)),
    CONSTRAINT cancel_counts CHECK (round >= 1 AND attempts >= 0 AND waits >= 0 AND unknowns >= 0
        AND (pack_limit IS NULL OR pack_limit >= 1))
) STRICT;

-- Walked by the claim (job, 'pending', 0), in order of age since the rowid follows; and by counts.
CREATE INDEX cancel_by_job ON cancel (job_id, state, parked);
CREATE INDEX cancel_in_flight ON cancel (request_id) WHERE state = 'sending';
CREATE INDEX cancel_order_in_flight ON cancel (order_id, request_id) WHERE state = 'sending';
CREATE INDEX cancel_due ON cancel (due_ns) WHERE state = 'pending' AND due_ns IS NOT NULL;
CREATE INDEX cancel_unresolved ON cancel (id) WHERE state = 'unresolved';

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
            OR NEW.answer_id IS NOT NULL OR NEW.event_id IS NOT NULL OR NEW.round IS NOT 1;
    -- The same id twice in one job is folded, whatever the outer statement says of conflicts.
    SELECT RAISE(IGNORE) WHERE EXISTS (
        SELECT 1 FROM cancel
        WHERE order_id = NEW.order_id AND job_id = NEW.job_id AND round = NEW.round);
END;

CREATE TRIGGER cancel_inserted AFTER INSERT ON cancel
WHEN (SELECT standing FROM job WHERE id = NEW.job_id) IN ('idle', 'closed') BEGIN
    UPDATE job SET standing = 'ready' WHERE id = NEW.job_id;
END;

CREATE TRIGGER cancel_update BEFORE UPDATE ON cancel BEGIN
    SELECT RAISE(ABORT, 'cancel: a final state never changes; a retry opens the next round')
        WHERE OLD.settled_at_ms IS NOT NULL;
    SELECT RAISE(ABORT, 'cancel: id, job_id, order_id and round never change')
        WHERE NEW.id IS NOT OLD.id OR NEW.job_id IS NOT OLD.job_id
            OR NEW.order_id IS NOT OLD.order_id OR NEW.round IS NOT OLD.round;
    SELECT RAISE(ABORT, 'cancel: its request, answer or event is not in the file')
        WHERE (NEW.request_id IS NOT OLD.request_id
                AND NOT EXISTS (SELECT 1 FROM request WHERE id = NEW.request_id))
            OR (NEW.answer_id IS NOT OLD.answer_id
                AND NOT EXISTS (SELECT 1 FROM answer WHERE id = NEW.answer_id))
            OR (NEW.event_id IS NOT OLD.event_id
                AND NOT EXISTS (SELECT 1 FROM event WHERE id = NEW.event_id));
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

CREATE TRIGGER cancel_delete BEFORE DELETE ON cancel BEGIN
    SELECT RAISE(ABORT, 'cancel: rows are kept for the audit');
END;

-- How many cancels are in each state but pending, which is what remains of the greatest cancel.id. Kept
-- here so that progress and exit status are a few lookups at any size.
CREATE TABLE tally (
    state TEXT NOT NULL PRIMARY KEY,
    ids INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO tally (state, ids) VALUES ('sending', 0), ('unresolved', 0), ('cancelled', 0),
    ('rejected', 0), ('failed', 0), ('expired', 0), ('withdrawn', 0);

CREATE TRIGGER cancel_moved AFTER UPDATE OF state ON cancel WHEN NEW.state <> OLD.state BEGIN
    UPDATE tally SET ids = ids - 1 WHERE state = OLD.state;
    UPDATE tally SET ids = ids + 1 WHERE state = NEW.state;
END;

CREATE TRIGGER tally_insert BEFORE INSERT ON tally BEGIN
    SELECT RAISE(ABORT, 'tally: rows are kept by the database itself');
END;

CREATE TRIGGER tally_delete BEFORE DELETE ON tally BEGIN
    SELECT RAISE(ABORT, 'tally: rows are kept by the database itself');
END;

-------------------------------------------------------------------------------------------- tokens

-- The tokens of one account and endpoint as a whole.
CREATE TABLE bucket (
    account TEXT NOT NULL REFERENCES account (name),
    endpoint TEXT NOT NULL,
    mode TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    -- No token is taken before this instant: throttled, or an outage.
    held_until_ns INTEGER NOT NULL DEFAULT 0,
    -- Notices in a row that held it.
    troubles INTEGER NOT NULL DEFAULT 0,
    -- The base URL of the last answer: a round trip is proven for one way only.
    exchange TEXT,
    -- The round trip that none has beaten, in two periods.
    floor_smallest_ns INTEGER,
    floor_earlier_ns INTEGER,
    floor_seen INTEGER NOT NULL DEFAULT 0,
    floor_seen_earlier INTEGER NOT NULL DEFAULT 0,
    floor_since_ns INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT bucket_identity PRIMARY KEY (account, endpoint),
    CONSTRAINT bucket_mode_known CHECK (mode IN ('window', 'smooth')),
    CONSTRAINT bucket_has_tokens CHECK (tokens >= 1)
) STRICT, WITHOUT ROWID;

-- Permission to send one request. Free when no request holds it and busy_until_ns has passed.
CREATE TABLE token (
    account TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    slot INTEGER NOT NULL,
    -- The unfinished request that holds it.
    request_id INTEGER REFERENCES request (id),
    busy_until_ns INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT token_identity PRIMARY KEY (account, endpoint, slot),
    CONSTRAINT token_of_bucket FOREIGN KEY (account, endpoint) REFERENCES bucket (account, endpoint)
) STRICT, WITHOUT ROWID;

CREATE INDEX token_in_use ON token (request_id) WHERE request_id IS NOT NULL;

CREATE TRIGGER bucket_insert BEFORE INSERT ON bucket BEGIN
    SELECT RAISE(ABORT, 'bucket: that row exists already') WHERE EXISTS (
        SELECT 1 FROM bucket WHERE account = NEW.account AND endpoint = NEW.endpoint);
END;

CREATE TRIGGER bucket_update BEFORE UPDATE OF account, endpoint ON bucket BEGIN
    SELECT RAISE(ABORT, 'bucket: account and endpoint never change');
END;

CREATE TRIGGER bucket_delete BEFORE DELETE ON bucket BEGIN
    SELECT RAISE(ABORT, 'bucket: rows are kept, since the limit rests on them');
END;

CREATE TRIGGER token_insert BEFORE INSERT ON token BEGIN
    SELECT RAISE(ABORT, 'token: that row exists already') WHERE EXISTS (
        SELECT 1 FROM token
        WHERE account = NEW.account AND endpoint = NEW.endpoint AND slot = NEW.slot);
END;

CREATE TRIGGER token_update BEFORE UPDATE OF account, endpoint, slot ON token BEGIN
    SELECT RAISE(ABORT, 'token: account, endpoint and slot never change');
END;

CREATE TRIGGER token_delete BEFORE DELETE ON token BEGIN
    SELECT RAISE(ABORT, 'token: rows are kept, since the limit rests on them');
END;

------------------------------------------------------------------------------------------- history

-- One HTTP call, written before its first byte leaves.
CREATE TABLE request (
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
    CONSTRAINT request_size CHECK (
        size BETWEEN 1 AND 10 AND size = 1 + length(order_ids) - length(replace(order_ids, ',', ''))),
    CONSTRAINT request_order_ids_form CHECK (order_ids NOT GLOB '*[^0-9,]*'
        AND ',' || order_ids || ',' NOT GLOB '*,,*')
) STRICT;

CREATE INDEX request_by_target ON request (target_id, id);

-- What came back for a request, or that nothing did. A late one, from a runner that had lost its lease,
-- changes nothing but is kept.
CREATE TABLE answer (
    id INTEGER PRIMARY KEY AUTOINCREMENT CONSTRAINT answer_id_assigned CHECK (id > 0),
    request_id INTEGER NOT NULL REFERENCES request (id),
    late INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    received_ns INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    round_trip_ns INTEGER,
    exchange TEXT,
    http_status INTEGER,
    err_code TEXT,
    err_msg TEXT,
    server_time_ms INTEGER,
    body BLOB,
    seal BLOB,
    CONSTRAINT answer_once UNIQUE (request_id, late),
    CONSTRAINT answer_late_known CHECK (late IN (0, 1)),
    CONSTRAINT answer_kind_known CHECK (kind IN ('answered', 'lost', 'unsent'))
) STRICT;

-- One cancel in one request, and what the answer says of it.
CREATE TABLE attempt (
    request_id INTEGER NOT NULL REFERENCES request (id),
    cancel_id INTEGER NOT NULL REFERENCES cancel (id),
    outcome TEXT NOT NULL,
    err_code TEXT,
    err_msg TEXT,
    counted INTEGER NOT NULL,
    CONSTRAINT attempt_once PRIMARY KEY (request_id, cancel_id),
    CONSTRAINT attempt_outcome_known CHECK (outcome IN ('accepted', 'already_done', 'in_progress',
        'executed', 'not_found', 'permanent', 'transient', 'bad_request', 'bad_target', 'throttled',
        'unavailable', 'not_sent', 'account_trouble', 'unknown')),
    CONSTRAINT attempt_counted_known CHECK (counted IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX attempt_by_cancel ON attempt (cancel_id);

-- Acts, pauses, starts, stops, recoveries.
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT CONSTRAINT event_id_assigned CHECK (id > 0),
    at_ms INTEGER NOT NULL DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)),
    kind TEXT NOT NULL,
    account TEXT,
    job_id INTEGER,
    request_id INTEGER,
    runner_id INTEGER,
    by TEXT,
    reason TEXT,
    detail TEXT,
    seal BLOB
) STRICT;

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

CREATE TRIGGER answer_insert BEFORE INSERT ON answer BEGIN
    SELECT RAISE(ABORT, 'answer: that id exists already, or that request has its answer')
        WHERE NEW.id <> -1 OR EXISTS (SELECT 1 FROM answer WHERE request_id = NEW.request_id AND late = NEW.late);
    SELECT RAISE(ABORT, 'answer: unknown request')
        WHERE NOT EXISTS (SELECT 1 FROM request WHERE id = NEW.request_id);
    SELECT RAISE(ABORT, 'answer: rows come unsealed') WHERE NEW.seal IS NOT NULL;
END;

CREATE TRIGGER answer_update BEFORE UPDATE OF id, request_id, late, kind, received_at_ms, received_ns,
    boot_id, round_trip_ns, exchange, http_status, err_code, err_msg, server_time_ms, body ON answer BEGIN
    SELECT RAISE(ABORT, 'answer: history never changes');
END;

CREATE TRIGGER answer_seal BEFORE UPDATE OF seal ON answer
WHEN OLD.seal IS NOT NULL OR NEW.seal IS NULL BEGIN
    SELECT RAISE(ABORT, 'answer: a seal is set once and never changes');
END;

-- UPDATE OF id does not see an update of the rowid by its other names.
CREATE TRIGGER answer_update_rowid BEFORE UPDATE ON answer WHEN NEW.id IS NOT OLD.id BEGIN
    SELECT RAISE(ABORT, 'answer: history never changes');
END;

CREATE TRIGGER answer_delete BEFORE DELETE ON answer BEGIN
    SELECT RAISE(ABORT, 'answer: history is never deleted');
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

CREATE TRIGGER event_insert BEFORE INSERT ON event BEGIN
    SELECT RAISE(ABORT, 'event: leave id out; the database assigns it') WHERE NEW.id <> -1;
    SELECT RAISE(ABORT, 'event: rows come unsealed') WHERE NEW.seal IS NOT NULL;
END;

CREATE TRIGGER event_update
BEFORE UPDATE OF id, at_ms, kind, account, job_id, request_id, runner_id, by, reason, detail ON event BEGIN
    SELECT RAISE(ABORT, 'event: history never changes');
END;

CREATE TRIGGER event_seal BEFORE UPDATE OF seal ON event
WHEN OLD.seal IS NOT NULL OR NEW.seal IS NULL BEGIN
    SELECT RAISE(ABORT, 'event: a seal is set once and never changes');
END;

-- UPDATE OF id does not see an update of the rowid by its other names.
CREATE TRIGGER event_update_rowid BEFORE UPDATE ON event WHEN NEW.id IS NOT OLD.id BEGIN
    SELECT RAISE(ABORT, 'event: history never changes');
END;

CREATE TRIGGER event_delete BEFORE DELETE ON event BEGIN
    SELECT RAISE(ABORT, 'event: history is never deleted');
END;

---------------------------------------------------------------------------------------------- acts

-- What an operator does, one insert each: pause or resume an account, carried out by the trigger in the
-- operator's own transaction, so that after its commit nothing more is claimed.
CREATE TABLE act (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    account TEXT,
    reason TEXT,
    by TEXT,
    at_ms INTEGER NOT NULL DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER))
) STRICT;

CREATE TRIGGER act_insert BEFORE INSERT ON act BEGIN
    SELECT RAISE(ABORT, 'act: leave id out; the database assigns it') WHERE NEW.id <> -1;
    SELECT RAISE(ABORT, 'act: kind is pause or resume')
        WHERE NEW.kind IS NULL OR NEW.kind NOT IN ('pause', 'resume');
    SELECT RAISE(ABORT, 'act: unknown account')
        WHERE NEW.account IS NULL OR NOT EXISTS (SELECT 1 FROM account WHERE name = NEW.account);
    SELECT RAISE(ABORT, 'act: at_ms is not to be NULL; leave it out') WHERE NEW.at_ms IS NULL;
END;

CREATE TRIGGER act_inserted AFTER INSERT ON act BEGIN
    SELECT RAISE(ABORT, 'act: leave id out; the database assigns it') WHERE NEW.id < 1;
    INSERT INTO event (at_ms, kind, account, by, reason)
        VALUES (NEW.at_ms, NEW.kind, NEW.account, NEW.by, NEW.reason);
    UPDATE account
        SET paused_at_ms = iif(NEW.kind = 'pause', NEW.at_ms, NULL),
            paused_reason = iif(NEW.kind = 'pause', coalesce(NEW.reason, 'paused by an operator'), NULL)
        WHERE name = NEW.account;
END;

CREATE TRIGGER act_update BEFORE UPDATE ON act BEGIN
    SELECT RAISE(ABORT, 'act: history never changes');
END;

CREATE TRIGGER act_delete BEFORE DELETE ON act BEGIN
    SELECT RAISE(ABORT, 'act: history is never deleted');
END;

--------------------------------------------------------------------------------------------- views

-- An id, once: its last round.
CREATE VIEW v_cancel AS
SELECT c.id AS cancel_id, c.job_id, j.account, t.selector AS contract, c.order_id, c.round, c.state,
    c.class, c.err_code, c.err_msg, c.attempts, c.settled_at_ms, c.request_id, c.answer_id, c.event_id
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
    late.id AS late_answer_id
FROM request AS r
    JOIN target AS t ON t.id = r.target_id
    LEFT JOIN answer AS a ON a.request_id = r.id AND a.late = 0
    LEFT JOIN answer AS late ON late.request_id = r.id AND late.late = 1;

-- Each attempt on each id.
CREATE VIEW v_attempt AS
SELECT c.job_id, c.order_id, c.round, at.cancel_id, at.request_id, at.outcome, at.err_code, at.err_msg,
    at.counted, r.granted_at_ms, a.received_at_ms, a.http_status
FROM attempt AS at
    JOIN cancel AS c ON c.id = at.cancel_id
    JOIN request AS r ON r.id = at.request_id
    LEFT JOIN answer AS a ON a.request_id = at.request_id AND a.late = 0;

-- What needs a person.
CREATE VIEW v_failure AS
SELECT * FROM v_cancel WHERE state IN ('rejected', 'failed', 'expired', 'unresolved');

-- An account: whether it is paused, and how many jobs still have work.
CREATE VIEW v_account AS
SELECT a.name AS account, a.paused_at_ms, a.paused_reason,
    (SELECT count(*) FROM job WHERE account = a.name AND standing = 'ready') AS ready_jobs,
    (SELECT count(*) FROM token WHERE account = a.name AND request_id IS NOT NULL) AS open_requests,
    b.held_until_ns, b.troubles
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
SELECT 'rate' AS promise, account || ': ' || most_in_any_second || ' requests in one second' AS breach
FROM v_rate WHERE most_in_any_second > 5
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
        WHERE at.cancel_id = doubted.id AND at.outcome IN ('unknown', 'in_progress')
            AND silence.late = 0
            AND silence.id < coalesce(c.answer_id, (
                SELECT max(id) FROM answer WHERE received_at_ms < e.at_ms)))
    AND NOT EXISTS (SELECT 1 FROM request AS r WHERE r.id = a.request_id AND r.endpoint <> 'cancel')
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
SELECT 'tally', 'tally says ' || tally.ids || ' ids are ' || tally.state || ', the rows differ'
FROM tally
WHERE tally.ids <> (SELECT count(*) FROM cancel WHERE cancel.state = tally.state)
UNION ALL
SELECT 'ids', 'request ' || r.id || ' carries an id twice'
FROM request AS r
WHERE r.size <> (
    SELECT count(DISTINCT value) FROM json_each('["' || replace(r.order_ids, ',', '","') || '"]'));
