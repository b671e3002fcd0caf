-- The guards: see aurex.guard. Row-level security, the canonical policy and the triggers of every table above.

CALL aurex.guard('aurex.audit_entry', append_only => true);
CALL aurex.guard('aurex.workspace', append_only => false);
CREATE TRIGGER end_is_noted AFTER INSERT OR UPDATE ON aurex.workspace
FOR EACH ROW EXECUTE FUNCTION aurex.note_end();
ALTER TABLE aurex.workspace ENABLE ALWAYS TRIGGER end_is_noted;
CALL aurex.guard('aurex.member', append_only => false);
CALL aurex.guard('aurex.credential', append_only => false);
CALL aurex.guard('aurex.session', append_only => false);
CALL aurex.guard('aurex.api_token', append_only => false);
CALL aurex.guard('aurex.custom_role', append_only => false);
CALL aurex.guard('aurex.second_factor', append_only => false);
CALL aurex.guard('aurex.pin', append_only => false);
CALL aurex.guard('aurex.till', append_only => false);
CALL aurex.guard('aurex.link', append_only => false);
CALL aurex.guard('aurex.approval', append_only => false);
CALL aurex.guard('aurex.mail', append_only => false);
CALL aurex.guard('aurex.account', append_only => false);
CALL aurex.guard('aurex.journal_entry', append_only => true);
CALL aurex.guard('aurex.posting', append_only => true);
CALL aurex.guard('aurex.series', append_only => false);
CALL aurex.guard('aurex.business', append_only => false);
CALL aurex.guard('aurex.rate', append_only => true);
CALL aurex.guard('aurex.party', append_only => false);
CALL aurex.guard('aurex.item', append_only => false);
CALL aurex.guard('aurex.lot', append_only => false);
CALL aurex.guard('aurex.stock_movement', append_only => true);
CALL aurex.guard('aurex.invoice', append_only => false);
CALL aurex.guard('aurex.invoice_line', append_only => true);
CALL aurex.guard('aurex.receipt', append_only => false);
CALL aurex.guard('aurex.settlement', append_only => true);
CALL aurex.guard('aurex.balance', append_only => false);
CALL aurex.guard('aurex.lot_on_hand', append_only => false);
CALL aurex.guard('aurex.invoice_settled', append_only => false);

-- The head never goes back, and is one row a tenant by its key.
CALL aurex.guard('aurex.head', append_only => false);
CREATE FUNCTION aurex.head_moves_on() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.tenant_id <> OLD.tenant_id OR NEW.last_at < OLD.last_at OR NEW.epoch < OLD.epoch
        OR NEW.observed < OLD.observed THEN
        RAISE EXCEPTION 'head never goes back' USING ERRCODE = 'AX002';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER head_moves_on BEFORE UPDATE ON aurex.head FOR EACH ROW EXECUTE FUNCTION aurex.head_moves_on();
ALTER TABLE aurex.head ENABLE ALWAYS TRIGGER head_moves_on;

-- Openings change by erasure alone: salt and content become nothing, together, in the transaction that has appended the
-- entry of the erasure, and before it appends another. What opens slot 0 stays. The row's own mark is compared beside its
-- `tx`, as the guard of every table does (aurex.sees_an_entry).
CALL aurex.guard('aurex.audit_opening', append_only => false);
CREATE FUNCTION aurex.audit_opening_is_erased() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_sort = off AS $$
DECLARE
    last record;
    this CONSTANT bigint := pg_current_xact_id()::text::bigint;
    later bigint;
BEGIN
    SELECT tx, xmin, action INTO last FROM aurex.audit_entry WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1;
    later := (last.xmin::text::bigint - this) & 4294967295;
    IF NEW.tenant_id <> OLD.tenant_id OR NEW.seq <> OLD.seq OR NEW.slot <> OLD.slot OR NEW.name <> OLD.name
        OR OLD.slot = 0 OR OLD.salt IS NULL OR NEW.salt IS NOT NULL
        OR last.action IS NULL OR last.action NOT IN ('personal.erase', 'personal.expire') OR last.tx <> pg_current_xact_id() OR later >= 2147483648
        OR pg_xact_status((this + later)::text::xid8) <> 'in progress' THEN
        RAISE EXCEPTION 'audit_opening changes by erasure alone' USING ERRCODE = 'AX002';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER erasure_alone BEFORE UPDATE ON aurex.audit_opening
FOR EACH ROW EXECUTE FUNCTION aurex.audit_opening_is_erased();
ALTER TABLE aurex.audit_opening ENABLE ALWAYS TRIGGER erasure_alone;

-- So do mails: address and content go, in a transaction whose last entry is an erasure's. Only COMMIT can tell: row and
-- entry come in one statement, which does not see the entry yet.
CREATE FUNCTION aurex.mail_is_erased() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_sort = off AS $$
DECLARE
    last record;
    this CONSTANT bigint := pg_current_xact_id()::text::bigint;
    later bigint;
BEGIN
    SELECT tx, xmin, action INTO last FROM aurex.audit_entry WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1;
    later := (last.xmin::text::bigint - this) & 4294967295;
    IF NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind
        OR NEW.member IS DISTINCT FROM OLD.member OR NEW.queued_at <> OLD.queued_at
        OR NEW.recipient IS NOT NULL OR NEW.content <> ''::bytea
        OR last.action IS NULL OR last.action NOT IN ('personal.erase', 'personal.expire')
        OR last.tx <> pg_current_xact_id() OR later >= 2147483648
        OR pg_xact_status((this + later)::text::xid8) <> 'in progress' THEN
        RAISE EXCEPTION 'mail changes by erasure alone' USING ERRCODE = 'AX002';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER erasure_alone AFTER UPDATE ON aurex.mail
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION aurex.mail_is_erased();
ALTER TABLE aurex.mail ENABLE ALWAYS TRIGGER erasure_alone;

-- Idempotency keys are written with an entry, and swept when they have had their 72 hours; from then on the key's next
-- use may take its place.
CALL aurex.wall('aurex.idempotency_key');
CREATE CONSTRAINT TRIGGER with_an_entry AFTER INSERT OR UPDATE ON aurex.idempotency_key
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION aurex.with_an_entry();
ALTER TABLE aurex.idempotency_key ENABLE ALWAYS TRIGGER with_an_entry;
CREATE FUNCTION aurex.key_had_its_hours() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.tenant_id <> OLD.tenant_id OR NEW.holder <> OLD.holder OR NEW.action <> OLD.action OR NEW.key <> OLD.key
        OR NEW.at < OLD.at + 72 * 3600 * 1000000::bigint THEN
        RAISE EXCEPTION 'idempotency_key refuses UPDATE for 72 hours' USING ERRCODE = 'AX002';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER had_its_hours BEFORE UPDATE ON aurex.idempotency_key
FOR EACH ROW EXECUTE FUNCTION aurex.key_had_its_hours();
ALTER TABLE aurex.idempotency_key ENABLE ALWAYS TRIGGER had_its_hours;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA aurex FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA aurex FROM PUBLIC;
