-- Quash, version 5 of the schema: a change of a cancel costs three quarters of what it did, and queueing less.
--
-- Every trigger is a program that is set up for each row, and every table a program may look into is opened for it,
-- needed or not. So: what only a change of certain columns can break is asked when those are in the statement; the
-- questions of one trigger are one CASE, which ends with the first answer; accounts are compared only where another
-- row of the order is found at all; and `sending` is not tallied, for its ids are as few as an index holds. The
-- rules, their words and the rows are those of version 4.

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

-- The ids of both are counted in the indexes that hold them alone.
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
