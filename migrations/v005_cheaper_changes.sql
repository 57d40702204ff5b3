-- Quash, version 5 of the schema: a change of a cancel costs three quarters of what it did, and queueing less.
--
-- Every trigger is a program that is set up for each row, and every table a program may look into is opened for it,
-- needed or not. So: what only a change of certain columns can break is asked when those are in the statement;
-- accounts are compared only where another row of the order is found at all; three programs after a change are one;
-- and the ids that are sending or unresolved, few at any time, are not tallied but counted in their own indexes. The
-- rules and their words are those of version 4.

PRAGMA user_version = 5;

------------------------------------------------------------------------------------------- cancels

DROP TRIGGER cancel_update;
CREATE TRIGGER cancel_identity BEFORE UPDATE OF job_id, order_id, round, act_id ON cancel BEGIN
    SELECT RAISE(ABORT, 'cancel: id, job_id, order_id, round and act_id never change')
        WHERE NEW.job_id IS NOT OLD.job_id OR NEW.order_id IS NOT OLD.order_id
            OR NEW.round IS NOT OLD.round OR NEW.act_id IS NOT OLD.act_id;
END;
CREATE TRIGGER cancel_update BEFORE UPDATE ON cancel BEGIN
    SELECT CASE
        WHEN OLD.settled_at_ms IS NOT NULL
            THEN RAISE(ABORT, 'cancel: a final state never changes; a retry opens the next round')
        WHEN NEW.id IS NOT OLD.id
            THEN RAISE(ABORT, 'cancel: id, job_id, order_id, round and act_id never change')
        WHEN NEW.request_id IS NOT OLD.request_id
                AND NOT EXISTS (SELECT 1 FROM request WHERE id = NEW.request_id)
            OR NEW.answer_id IS NOT OLD.answer_id
                AND NOT EXISTS (SELECT 1 FROM answer WHERE id = NEW.answer_id)
            OR NEW.event_id IS NOT OLD.event_id
                AND NOT EXISTS (SELECT 1 FROM event WHERE id = NEW.event_id)
            OR NEW.withdraw_event_id IS NOT OLD.withdraw_event_id
                AND NOT EXISTS (
                    SELECT 1 FROM event WHERE id = NEW.withdraw_event_id AND kind = 'withdraw')
            THEN RAISE(ABORT, 'cancel: its request, answer or event is not in the file')
        WHEN OLD.state <> 'unresolved'
            AND (NEW.state = 'failed' OR NEW.state = 'expired' OR NEW.state = 'withdrawn')
            AND EXISTS (
                SELECT 1 FROM cancel AS doubted
                WHERE doubted.order_id = NEW.order_id AND doubted.unknowns > 0
                    AND (SELECT account FROM job WHERE id = doubted.job_id)
                        = (SELECT account FROM job WHERE id = NEW.job_id))
            THEN RAISE(ABORT,
                'cancel: an order with an unknown attempt behind it goes through unresolved first')
        -- Ids of requests grow, so another unfinished one is a smaller one.
        WHEN NEW.state = 'sending' AND OLD.state <> 'sending' AND EXISTS (
                SELECT 1 FROM cancel AS other
                WHERE other.order_id = NEW.order_id AND other.state = 'sending'
                    AND other.request_id < NEW.request_id
                    AND (SELECT account FROM job WHERE id = other.job_id)
                        = (SELECT account FROM job WHERE id = NEW.job_id))
            THEN RAISE(ABORT, 'cancel: that order id is in an unfinished request already')
        END;
END;

-------------------------------------------------------------------------------------------- tally

DROP TRIGGER cancel_moved;
DROP TRIGGER cancel_became_unresolved;
DROP TRIGGER cancel_resolved;

-- These two are counted in the indexes that hold them alone.
DROP TRIGGER tally_delete;
DELETE FROM tally WHERE state = 'sending' OR state = 'unresolved';
CREATE TRIGGER tally_delete BEFORE DELETE ON tally BEGIN
    SELECT RAISE(ABORT, 'tally: rows are kept by the database itself');
END;

------------------------------------------------------------------------------------------- lookups

-- Every target has its row from the start.
INSERT INTO lookup (target_id)
    SELECT id FROM target WHERE NOT EXISTS (SELECT 1 FROM lookup WHERE target_id = target.id);
CREATE TRIGGER target_inserted AFTER INSERT ON target BEGIN
    INSERT INTO lookup (target_id) VALUES (NEW.id);
END;

-- One program for both, for setting one up costs more than what it does.
CREATE TRIGGER cancel_moved AFTER UPDATE OF state ON cancel
WHEN NEW.settled_at_ms IS NOT NULL OR (NEW.state = 'unresolved') <> (OLD.state = 'unresolved') BEGIN
    UPDATE tally SET ids = ids + 1 WHERE state = NEW.state;
    -- The first of its target does not wait for an instant that was set for others, long resolved.
    UPDATE lookup
        SET unresolved = unresolved + iif(NEW.state = 'unresolved', 1, -1),
            due_ns = iif(NEW.state = 'unresolved' AND unresolved = 0, 0, due_ns),
            fruitless = iif(NEW.state = 'unresolved', fruitless, 0)
        WHERE (NEW.state = 'unresolved') <> (OLD.state = 'unresolved')
            AND target_id = (SELECT target_id FROM job WHERE id = NEW.job_id);
END;

-------------------------------------------------------------------------------------------- inlet

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
        WHERE NEW.contract_type IS NOT NULL AND NOT CASE NEW.contract_type
            WHEN 'swap' THEN 1 WHEN 'this_week' THEN 1 WHEN 'next_week' THEN 1
            WHEN 'quarter' THEN 1 WHEN 'next_quarter' THEN 1 ELSE 0 END;
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
    -- Digits and commas alone, as nearly every list is, need no closer look. Of the others, first what is neither
    -- form at all, so that the texts below hold only digits, commas, quotes, blanks and one pair of brackets, and
    -- < and > are free to stand for other things. length() and GLOB end at a NUL, so one is looked for by name.
    SELECT CASE
        WHEN NEW.order_ids NOT GLOB '*[^0-9,]*' AND ',' || NEW.order_ids || ',' NOT GLOB '*,,*'
            AND NOT instr(NEW.order_ids, char(0)) THEN NULL
        WHEN EXISTS (
            SELECT 1 FROM (SELECT trim(NEW.order_ids, char(9, 10, 13, 32)) AS given)
            WHERE given GLOB '*[^]0-9,"[ ' || char(9, 10, 13) || ']*'
                OR (given GLOB '[[]*') <> (given GLOB '*]') OR given = '['
                OR given GLOB ']*' OR given GLOB '*[[]'
                OR substr(given, 2, length(given) - 2) GLOB '*[][]*'
                OR (given NOT GLOB '[[]*' AND given GLOB '*"*') OR instr(given, char(0)))
            THEN RAISE(ABORT,
                'job: order_ids is neither digits separated by commas nor a JSON array of strings or integers')
        WHEN EXISTS (
            SELECT 1 FROM (
                SELECT replace(replace(replace(
                    replace(replace(replace(NEW.order_ids, char(9), ' '), char(10), ' '), char(13), ' '),
                    ' ', '<>'), '><', ''), '<>', ' ') AS single_blanks)
            WHERE single_blanks GLOB '*[0-9] [0-9]*')
            THEN RAISE(ABORT, 'job: order_ids has a blank inside an id; separate ids by commas')
        WHEN trim(NEW.order_ids, char(9, 10, 13, 32) || '[]') = ''
            THEN RAISE(ABORT, 'job: order_ids is empty')
        WHEN EXISTS (
            SELECT 1 FROM (
                SELECT ',' || replace(replace(replace(replace(
                    trim(trim(NEW.order_ids, char(9, 10, 13, 32)), '[]'),
                    char(9), ''), char(10), ''), char(13), ''), ' ', '') || ',' AS listed)
            WHERE listed GLOB '*,,*' OR listed GLOB '*,"",*')
            THEN RAISE(ABORT,
                'job: order_ids has an empty element; look for two commas in a row or one at an end')
        END;
END;

-- The same id twice in one job is folded by cancel_insert; DISTINCT folded it before, at the price of an index.
DROP TRIGGER job_inserted;
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
        SELECT NEW.id,
            iif(element.value GLOB '<*>',
                substr(element.value, 2, length(element.value) - 2), element.value)
        FROM json_each(CASE
            WHEN NEW.order_ids NOT GLOB '*[^0-9,]*' THEN '["' || replace(NEW.order_ids, ',', '","') || '"]'
            ELSE (
                SELECT '["' || replace(replace(
                    substr(list.listed, 2, length(list.listed) - 2), '"', '?'), ',', '","') || '"]'
                FROM (
                    SELECT replace(replace(
                        ',' || replace(replace(replace(replace(
                            trim(trim(NEW.order_ids, char(9, 10, 13, 32)), '[]'),
                            char(9), ''), char(10), ''), char(13), ''), ' ', '') || ',',
                        '",', '>,'), ',"', ',<') AS listed) AS list)
            END) AS element;
END;
