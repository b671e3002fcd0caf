-- What is published of a tenant's log: made from the log outside of any turn, and made again where it is lost. Rows are only
-- ever added, but for one a tenant: how far.

CREATE TABLE aurex.audit_edge (
    tenant_id UUID NOT NULL,
    size BIGINT NOT NULL CHECK (size >= 0),
    frontier BYTEA NOT NULL,
    at BIGINT,
    beat TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.house_tenant (tenant_id)
);

-- Full tiles of 256 hashes. The root stands before them: a tile that is not full yet is made of the roots below it.
CREATE TABLE aurex.audit_tile (
    tenant_id UUID NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 0 AND 7),
    number BIGINT NOT NULL CHECK (number >= 0),
    root BYTEA NOT NULL CHECK (octet_length(root) = 32),
    hashes BYTEA NOT NULL CHECK (octet_length(hashes) = 8192),
    PRIMARY KEY (tenant_id, level, number),
    FOREIGN KEY (tenant_id) REFERENCES aurex.house_tenant (tenant_id)
);
-- Hashes do not become smaller.
ALTER TABLE aurex.audit_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE aurex.audit_checkpoint (
    tenant_id UUID NOT NULL,
    size BIGINT NOT NULL CHECK (size >= 0),
    root BYTEA NOT NULL CHECK (octet_length(root) = 32),
    note TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, size),
    FOREIGN KEY (tenant_id) REFERENCES aurex.house_tenant (tenant_id)
);

CREATE TABLE aurex.audit_cosignature (
    tenant_id UUID NOT NULL,
    size BIGINT NOT NULL CHECK (size >= 0),
    signer TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, size, signer),
    FOREIGN KEY (tenant_id) REFERENCES aurex.house_tenant (tenant_id)
);

-- The keys that signed checkpoints, as verifiers know them; none is forgotten when the deployment retires it.
CREATE TABLE aurex.audit_key (
    tenant_id UUID NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL CHECK (since >= 0),
    PRIMARY KEY (tenant_id, key),
    FOREIGN KEY (tenant_id) REFERENCES aurex.house_tenant (tenant_id)
);

-- The entry behind the link that is printed on a bill.
CREATE TABLE aurex.audit_link (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.house_tenant (tenant_id)
);

-- Puts a table that no entry goes with behind the wall, and lets rows only be added to it.
CREATE PROCEDURE aurex.only_added_to(guarded regclass, append_only boolean) LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CALL aurex.wall(guarded);
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

CALL aurex.only_added_to('aurex.audit_edge', append_only => false);
CALL aurex.only_added_to('aurex.audit_tile', append_only => true);
CALL aurex.only_added_to('aurex.audit_checkpoint', append_only => true);
CALL aurex.only_added_to('aurex.audit_cosignature', append_only => true);
CALL aurex.only_added_to('aurex.audit_key', append_only => true);
CALL aurex.only_added_to('aurex.audit_link', append_only => true);

CREATE FUNCTION aurex.edge_moves_on() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.tenant_id <> OLD.tenant_id OR NEW.size < OLD.size OR coalesce(NEW.at < OLD.at, OLD.at IS NOT NULL) THEN
        RAISE EXCEPTION 'audit_edge never goes back' USING ERRCODE = 'AX002';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER edge_moves_on BEFORE UPDATE ON aurex.audit_edge FOR EACH ROW EXECUTE FUNCTION aurex.edge_moves_on();
ALTER TABLE aurex.audit_edge ENABLE ALWAYS TRIGGER edge_moves_on;

-- A checkpoint is never taken back: the next one is larger.
CREATE FUNCTION aurex.checkpoints_grow() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM aurex.audit_checkpoint WHERE tenant_id = NEW.tenant_id AND size >= NEW.size
    ) THEN
        RAISE EXCEPTION 'audit_checkpoint only grows' USING ERRCODE = 'AX002';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER checkpoints_grow BEFORE INSERT ON aurex.audit_checkpoint
FOR EACH ROW EXECUTE FUNCTION aurex.checkpoints_grow();
ALTER TABLE aurex.audit_checkpoint ENABLE ALWAYS TRIGGER checkpoints_grow;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA aurex FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA aurex FROM PUBLIC;
