-- Quash, version 6 of the schema: queueing an id costs nine tenths of what it did.
--
-- Whether an order id is made of digits alone was asked with a pattern, twenty steps an id, and took a tenth of
-- queueing a million. The rule and its words are those of version 2.

PRAGMA user_version = 6;

DROP TRIGGER cancel_insert;
CREATE TRIGGER cancel_insert BEFORE INSERT ON cancel BEGIN
    -- An id that was left out reads as -1 here.
    SELECT RAISE(ABORT, 'cancel: leave id out; the database assigns it') WHERE NEW.id <> -1;
    SELECT RAISE(ABORT, 'cancel: unknown job; insert the job first')
        WHERE NOT EXISTS (SELECT 1 FROM job WHERE id = NEW.job_id);
    SELECT RAISE(ABORT, 'cancel: an order id is 1 to 20 digits, as the exchange writes it')
        WHERE CASE
            -- An integer above 0 that is written as SQLite writes it, as nearly every id is, needs no closer look.
            WHEN CAST(NEW.order_id AS INTEGER) > 0
                AND CAST(CAST(NEW.order_id AS INTEGER) AS TEXT) = NEW.order_id THEN 0
            ELSE NEW.order_id IS NULL OR length(CAST(NEW.order_id AS BLOB)) NOT BETWEEN 1 AND 20
                OR NEW.order_id GLOB '*[^0-9]*' OR instr(NEW.order_id, char(0)) END;
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
