-- Every table of this schema carries a tenant id, first in every key, and stands behind one policy: a session sees and
-- writes the rows of the tenant named in `aurex.tenant_id` and no others. The setting is made by SET LOCAL in the message
-- that opens a transaction and ends with it; where it is missing, there are no rows.

-- Names in functions are looked for where their caller says, unless they are spelt with their schema or the function says
-- otherwise; neither a guard nor what puts one up may come upon somebody else's.

-- Puts a table behind the wall. Its first key column is to be `tenant_id UUID NOT NULL`.
CREATE PROCEDURE aurex.wall(walled regclass) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format(
        'CREATE POLICY own_tenant ON %s
         USING (tenant_id = nullif(current_setting(''aurex.tenant_id'', true), '''')::uuid)',
        walled
    );
END
$$;

-- What the guard below has seen in this transaction, so that it looks once and not once a row: which transaction, or which
-- part of it after a savepoint, appended the entry, and the two halves of its tenant's id. It is kept as the session's own
-- values of three sequences: nobody but their owner can set them, and nobody else can ask for them.
CREATE UNLOGGED SEQUENCE aurex.seen_appended_by;
CREATE UNLOGGED SEQUENCE aurex.seen_tenant_high MINVALUE -9223372036854775808;
CREATE UNLOGGED SEQUENCE aurex.seen_tenant_low MINVALUE -9223372036854775808;

-- Whether this transaction appended an entry to the log of this tenant, which the session then remembers. Without sorting,
-- the log's last entry can only be read from the end of its key, however little the planner knows of a new database or a
-- long log.
CREATE FUNCTION aurex.sees_an_entry(of_tenant uuid) RETURNS boolean LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_sort = off AS $$
DECLARE
    last record;
    this CONSTANT bigint := pg_current_xact_id()::text::bigint;
    later bigint;
    bits CONSTANT bit(128) := ('x' || replace(of_tenant::text, '-', ''))::bit(128);
BEGIN
    SELECT tx, xmin INTO last FROM aurex.audit_entry WHERE tenant_id = of_tenant ORDER BY seq DESC LIMIT 1;
    IF NOT FOUND OR last.tx <> pg_current_xact_id() THEN
        RETURN false;
    END IF;
    -- The row's own mark says the same of whoever may write `tx`, a restored database among them. It is that of the
    -- savepoint's part, never below the transaction's own, and has 32 bits.
    later := (last.xmin::text::bigint - this) & 4294967295;
    IF later >= 2147483648 THEN
        RETURN false;
    END IF;
    IF pg_xact_status((this + later)::text::xid8) <> 'in progress' THEN
        RETURN false;
    END IF;
    PERFORM setval('aurex.seen_appended_by', this + later);
    PERFORM setval('aurex.seen_tenant_high', substring(bits FROM 1 FOR 64)::bigint);
    PERFORM setval('aurex.seen_tenant_low', substring(bits FROM 65 FOR 64)::bigint);
    PERFORM set_config('aurex.seen', 'yes', true);
    RETURN true;
END
$$;

-- Refuses at COMMIT a row whose transaction appended no entry to the log of the row's tenant. Only COMMIT can tell: rows
-- and entry may come in one statement or in several, in any order.
--
-- It runs once a row, and as its owner, because of the sequences. Hence no search path, which would cost more than all
-- else here; every name, operator and type is spelt with its schema instead. `aurex.seen` ends with the transaction, or
-- with the part that is rolled back; whoever sets it by hand learns that the session has seen nothing, or that what it saw
-- is of an earlier transaction (below this one's number), of another tenant, or was rolled back (not in progress).
CREATE FUNCTION aurex.with_an_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    appended_by pg_catalog.xid8;
BEGIN
    IF pg_catalog.current_setting('aurex.seen', true) OPERATOR(pg_catalog.=) 'yes' THEN
        appended_by := pg_catalog.currval('aurex.seen_appended_by'::pg_catalog.regclass)::pg_catalog.text::pg_catalog.xid8;
        IF appended_by OPERATOR(pg_catalog.>=) pg_catalog.pg_current_xact_id()
            AND pg_catalog.uuid_send(NEW.tenant_id) OPERATOR(pg_catalog.=) (
                pg_catalog.int8send(pg_catalog.currval('aurex.seen_tenant_high'::pg_catalog.regclass))
                OPERATOR(pg_catalog.||) pg_catalog.int8send(pg_catalog.currval('aurex.seen_tenant_low'::pg_catalog.regclass))
            )
            AND pg_catalog.pg_xact_status(appended_by) OPERATOR(pg_catalog.=) 'in progress'
        THEN
            RETURN NULL;
        END IF;
    END IF;
    IF NOT aurex.sees_an_entry(NEW.tenant_id) THEN
        RAISE EXCEPTION '% is written with an entry of its own tenant', TG_TABLE_NAME USING ERRCODE = 'AX001';
    END IF;
    RETURN NULL;
END
$$;

-- Refuses whatever it is installed for.
CREATE FUNCTION aurex.never() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% refuses %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'AX002';
END
$$;

-- Refuses to delete a row before its workspace has ended. As its owner, because nobody else reads the directory.
CREATE FUNCTION aurex.until_the_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM aurex.directory WHERE tenant_id = OLD.tenant_id AND status = 'ended') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% refuses %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'AX002';
END
$$;

-- Puts a table of facts behind the wall and under guard: written only with an entry of the log, never deleted from, and
-- where it is append-only never changed. Guards that fire ALWAYS are not switched off by a session of replication.
CREATE PROCEDURE aurex.guard(guarded regclass, append_only boolean) LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CALL aurex.wall(guarded);
    EXECUTE format(
        'CREATE CONSTRAINT TRIGGER with_an_entry AFTER INSERT OR UPDATE ON %s
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION aurex.with_an_entry()',
        guarded
    );
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER with_an_entry', guarded);
    EXECUTE format(
        'CREATE TRIGGER never_deleted BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION aurex.until_the_end()',
        guarded
    );
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER never_deleted', guarded);
    EXECUTE format(
        'CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION aurex.never()',
        guarded
    );
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER never_emptied', guarded);
    IF append_only THEN
        EXECUTE format(
            'CREATE TRIGGER never_changed BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION aurex.never()', guarded
        );
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER never_changed', guarded);
    END IF;
END
$$;

-- Which workspaces there are. The one table that is keyed by the tenant id itself; a slug that was used once is never
-- free again, whatever becomes of its workspace. Of one that has ended, this row is all that is left: when it did, and the
-- last checkpoint that was signed of its log. When a workspace's end was last set is by this server's clock. The application has no privilege on it but the functions below,
-- which run as its owner: that is why row-level security is not forced on the owner here, and only here.
CREATE TABLE aurex.directory (
    tenant_id UUID NOT NULL,
    slug TEXT COLLATE "C" NOT NULL CHECK (length(slug) BETWEEN 3 AND 30),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'closed', 'ended')),
    end_set_at BIGINT,
    ended_at BIGINT CHECK ((ended_at IS NOT NULL) = (status = 'ended')),
    last_size BIGINT,
    last_root BYTEA,
    PRIMARY KEY (tenant_id)
);
CREATE UNIQUE INDEX directory_slug ON aurex.directory (slug);
-- The operator's own tenant, in which stands what precedes tenants, has no workspace.
ALTER TABLE aurex.directory ADD CONSTRAINT not_the_operators
CHECK (tenant_id <> '00000000-0000-0000-0000-000000000000'::uuid);
ALTER TABLE aurex.directory ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON aurex.directory
USING (tenant_id = nullif(current_setting('aurex.tenant_id', true), '')::uuid);

CREATE FUNCTION aurex.directory_keeps_names() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.tenant_id <> OLD.tenant_id OR NEW.slug <> OLD.slug OR OLD.status <> 'open' THEN
        RAISE EXCEPTION 'directory keeps names for ever' USING ERRCODE = 'AX002';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER names_are_kept BEFORE UPDATE ON aurex.directory
FOR EACH ROW EXECUTE FUNCTION aurex.directory_keeps_names();
ALTER TABLE aurex.directory ENABLE ALWAYS TRIGGER names_are_kept;
CREATE TRIGGER never_deleted BEFORE DELETE ON aurex.directory FOR EACH ROW EXECUTE FUNCTION aurex.never();
ALTER TABLE aurex.directory ENABLE ALWAYS TRIGGER never_deleted;
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON aurex.directory
FOR EACH STATEMENT EXECUTE FUNCTION aurex.never();
ALTER TABLE aurex.directory ENABLE ALWAYS TRIGGER never_emptied;

-- The tenant behind a slug, if its workspace is open.
CREATE FUNCTION aurex.door(wanted text) RETURNS uuid
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT tenant_id FROM aurex.directory WHERE slug = wanted AND status = 'open'
$$;

-- Enters the workspace of the session's own tenant. False: the slug is taken, or was once, or the tenant has one.
CREATE FUNCTION aurex.open_workspace(tenant uuid, wanted text) RETURNS boolean
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tenant IS DISTINCT FROM nullif(current_setting('aurex.tenant_id', true), '')::uuid THEN
        RAISE EXCEPTION 'a workspace is opened by its own tenant' USING ERRCODE = 'AX001';
    END IF;
    INSERT INTO aurex.directory (tenant_id, slug, status) VALUES (tenant, wanted, 'open') ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

-- Closes the workspace of the session's own tenant, for good. False: it is closed, or there is none.
CREATE FUNCTION aurex.close_workspace(tenant uuid) RETURNS boolean
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tenant IS DISTINCT FROM nullif(current_setting('aurex.tenant_id', true), '')::uuid THEN
        RAISE EXCEPTION 'a workspace is closed by its own tenant' USING ERRCODE = 'AX001';
    END IF;
    UPDATE aurex.directory SET status = 'closed' WHERE tenant_id = tenant AND status = 'open';
    RETURN FOUND;
END
$$;

-- Notes by this server's clock that the end of a workspace was set, set anew or taken back: for its row in the directory, whose
-- name it has. As its owner, because nobody else writes the directory.
CREATE FUNCTION aurex.note_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.ends_at IS DISTINCT FROM OLD.ends_at THEN
        UPDATE aurex.directory SET end_set_at = CASE
            WHEN NEW.ends_at IS NOT NULL THEN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        END
        WHERE tenant_id = NEW.tenant_id AND slug = NEW.slug AND status = 'open';
    END IF;
    RETURN NULL;
END
$$;

-- Ends the workspace of the session's own tenant, whose row says that it ends by this time, and deletes every row of it. False:
-- there is none that is open. What is left is the directory's row.
--
-- Whoever took the application over can set an end and say what time it is. So it does not end before it stood for a week by
-- this server's own clock, and not before that clock too says it is time: until then there is somebody to see it. Tests have
-- clocks of their own: a schema of a superuser's, which nobody else can make, says that this server is for them.
--
-- Tables are emptied from the youngest to the oldest, and again where a row is still pointed to from another table, until
-- nothing is: a table that is added needs no word here.
CREATE FUNCTION aurex.end_workspace(tenant uuid, at bigint) RETURNS boolean
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    week bigint := 7 * 86400 * 1000000::bigint;
    by_clock bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    emptied regclass;
    held integer;
    held_before integer := NULL;
    last record;
BEGIN
    IF tenant IS DISTINCT FROM nullif(current_setting('aurex.tenant_id', true), '')::uuid THEN
        RAISE EXCEPTION 'a workspace is ended by its own tenant' USING ERRCODE = 'AX001';
    END IF;
    IF EXISTS (
        SELECT FROM pg_namespace AS n JOIN pg_roles AS r ON r.oid = n.nspowner AND r.rolsuper
        WHERE n.nspname = 'aurex_test_clock'
    ) THEN
        week := 0;
        by_clock := at;
    END IF;
    PERFORM FROM aurex.head WHERE tenant_id = tenant FOR UPDATE;
    IF NOT EXISTS (SELECT FROM aurex.directory WHERE tenant_id = tenant AND status = 'open') THEN
        RETURN false;
    END IF;
    IF NOT EXISTS (
        SELECT FROM aurex.workspace AS w JOIN aurex.directory AS d ON d.tenant_id = w.tenant_id AND d.slug = w.slug
        WHERE w.tenant_id = tenant AND w.ends_at <= least(at, by_clock)
        AND (week = 0 OR d.end_set_at <= by_clock - week)
    ) THEN
        RAISE EXCEPTION 'the workspace does not end by then' USING ERRCODE = 'AX002';
    END IF;
    SELECT size, root INTO last FROM aurex.audit_checkpoint WHERE tenant_id = tenant ORDER BY size DESC LIMIT 1;
    UPDATE aurex.directory SET status = 'ended', ended_at = least(at, by_clock), last_size = last.size, last_root = last.root
    WHERE tenant_id = tenant;
    LOOP
        held := 0;
        FOR emptied IN
            SELECT c.oid::regclass FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
            WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.oid <> 'aurex.directory'::regclass
            AND (
                c.relnamespace = 'aurex'::regnamespace
                OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgfoid = 'aurex.until_the_end'::regproc)
            )
            ORDER BY c.oid DESC
        LOOP
            BEGIN
                EXECUTE format('DELETE FROM %s WHERE tenant_id = $1', emptied) USING tenant;
            EXCEPTION WHEN foreign_key_violation THEN
                held := held + 1;
                IF held_before IS NOT NULL AND held >= held_before THEN
                    RAISE;
                END IF;
            END;
        END LOOP;
        EXIT WHEN held = 0;
        held_before := held;
    END LOOP;
    -- Its mails on their way out stand in the operator's own tenant, and so does that something of it was observed.
    PERFORM set_config('aurex.tenant_id', '00000000-0000-0000-0000-000000000000', true);
    DELETE FROM aurex.mail_delivery WHERE sender = tenant;
    DELETE FROM aurex.observed_tenant WHERE observed = tenant;
    PERFORM set_config('aurex.tenant_id', tenant::text, true);
    RETURN true;
END
$$;

-- Whether the workspace of a tenant is open.
CREATE FUNCTION aurex.is_open(tenant uuid) RETURNS boolean
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM aurex.directory WHERE tenant_id = tenant AND status = 'open')
$$;

-- The open workspaces, for jobs and the shell.
CREATE FUNCTION aurex.workspaces() RETURNS TABLE (tenant_id uuid, slug text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.tenant_id, d.slug FROM aurex.directory AS d WHERE d.status = 'open' ORDER BY d.slug
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA aurex FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA aurex FROM PUBLIC;
