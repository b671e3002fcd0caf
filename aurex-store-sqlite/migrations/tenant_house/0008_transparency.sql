-- What is published of the tenant's log: made from the log outside of any turn, and made again where it is lost. Rows are
-- only ever added, but for one: how far.

CREATE TABLE audit_edge (
    tenant_id BLOB NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    frontier BLOB NOT NULL,
    at INTEGER,
    beat TEXT NOT NULL,
    PRIMARY KEY (tenant_id),
    FOREIGN KEY (tenant_id) REFERENCES house_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

-- Full tiles of 256 hashes. The root stands before them: a tile that is not full yet is made of the roots below it.
CREATE TABLE audit_tile (
    tenant_id BLOB NOT NULL,
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 7),
    number INTEGER NOT NULL CHECK (number >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (tenant_id, level, number),
    FOREIGN KEY (tenant_id) REFERENCES house_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_checkpoint (
    tenant_id BLOB NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, size),
    FOREIGN KEY (tenant_id) REFERENCES house_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_cosignature (
    tenant_id BLOB NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    signer TEXT NOT NULL,
    line TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, size, signer),
    FOREIGN KEY (tenant_id) REFERENCES house_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

-- The keys that signed checkpoints, as verifiers know them; none is forgotten when the deployment retires it.
CREATE TABLE audit_key (
    tenant_id BLOB NOT NULL,
    key TEXT NOT NULL,
    since INTEGER NOT NULL CHECK (since >= 0),
    PRIMARY KEY (tenant_id, key),
    FOREIGN KEY (tenant_id) REFERENCES house_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

-- The entry behind the link that is printed on a bill.
CREATE TABLE audit_link (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    seq INTEGER NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES house_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_edge_insert BEFORE INSERT ON audit_edge
WHEN EXISTS (SELECT 1 FROM audit_edge) OR NOT EXISTS (SELECT 1 FROM house_tenant WHERE tenant_id = NEW.tenant_id)
BEGIN
    SELECT RAISE(ABORT, 'audit_edge is one row of its own tenant');
END;
CREATE TRIGGER audit_edge_update BEFORE UPDATE ON audit_edge
WHEN NEW.tenant_id <> OLD.tenant_id OR NEW.size < OLD.size OR coalesce(NEW.at < OLD.at, OLD.at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'audit_edge never goes back');
END;
CREATE TRIGGER audit_edge_delete BEFORE DELETE ON audit_edge
BEGIN
    SELECT RAISE(ABORT, 'audit_edge is never deleted from');
END;

CREATE TRIGGER audit_tile_insert BEFORE INSERT ON audit_tile
WHEN NOT EXISTS (SELECT 1 FROM house_tenant WHERE tenant_id = NEW.tenant_id)
BEGIN
    SELECT RAISE(ABORT, 'audit_tile is written for its own tenant');
END;
CREATE TRIGGER audit_tile_anew BEFORE INSERT ON audit_tile
WHEN EXISTS (SELECT 1 FROM audit_tile WHERE tenant_id = NEW.tenant_id AND level = NEW.level AND number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'a row of audit_tile is already there');
END;
CREATE TRIGGER audit_tile_update BEFORE UPDATE ON audit_tile
BEGIN
    SELECT RAISE(ABORT, 'audit_tile never changes');
END;
CREATE TRIGGER audit_tile_delete BEFORE DELETE ON audit_tile
BEGIN
    SELECT RAISE(ABORT, 'audit_tile is never deleted from');
END;

CREATE TRIGGER audit_checkpoint_insert BEFORE INSERT ON audit_checkpoint
WHEN NOT EXISTS (SELECT 1 FROM house_tenant WHERE tenant_id = NEW.tenant_id)
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoint is written for its own tenant');
END;
-- A checkpoint is never taken back: the next one is larger.
CREATE TRIGGER audit_checkpoint_anew BEFORE INSERT ON audit_checkpoint
WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE tenant_id = NEW.tenant_id AND size >= NEW.size)
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoint only grows');
END;
CREATE TRIGGER audit_checkpoint_update BEFORE UPDATE ON audit_checkpoint
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoint never changes');
END;
CREATE TRIGGER audit_checkpoint_delete BEFORE DELETE ON audit_checkpoint
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoint is never deleted from');
END;

CREATE TRIGGER audit_cosignature_insert BEFORE INSERT ON audit_cosignature
WHEN NOT EXISTS (SELECT 1 FROM house_tenant WHERE tenant_id = NEW.tenant_id)
BEGIN
    SELECT RAISE(ABORT, 'audit_cosignature is written for its own tenant');
END;
CREATE TRIGGER audit_cosignature_anew BEFORE INSERT ON audit_cosignature
WHEN EXISTS (SELECT 1 FROM audit_cosignature WHERE tenant_id = NEW.tenant_id AND size = NEW.size AND signer = NEW.signer)
BEGIN
    SELECT RAISE(ABORT, 'a row of audit_cosignature is already there');
END;
CREATE TRIGGER audit_cosignature_update BEFORE UPDATE ON audit_cosignature
BEGIN
    SELECT RAISE(ABORT, 'audit_cosignature never changes');
END;
CREATE TRIGGER audit_cosignature_delete BEFORE DELETE ON audit_cosignature
BEGIN
    SELECT RAISE(ABORT, 'audit_cosignature is never deleted from');
END;

CREATE TRIGGER audit_key_insert BEFORE INSERT ON audit_key
WHEN NOT EXISTS (SELECT 1 FROM house_tenant WHERE tenant_id = NEW.tenant_id)
BEGIN
    SELECT RAISE(ABORT, 'audit_key is written for its own tenant');
END;
CREATE TRIGGER audit_key_anew BEFORE INSERT ON audit_key
WHEN EXISTS (SELECT 1 FROM audit_key WHERE tenant_id = NEW.tenant_id AND key = NEW.key)
BEGIN
    SELECT RAISE(ABORT, 'a row of audit_key is already there');
END;
CREATE TRIGGER audit_key_update BEFORE UPDATE ON audit_key
BEGIN
    SELECT RAISE(ABORT, 'audit_key never changes');
END;
CREATE TRIGGER audit_key_delete BEFORE DELETE ON audit_key
BEGIN
    SELECT RAISE(ABORT, 'audit_key is never deleted from');
END;

CREATE TRIGGER audit_link_insert BEFORE INSERT ON audit_link
WHEN NOT EXISTS (SELECT 1 FROM house_tenant WHERE tenant_id = NEW.tenant_id)
BEGIN
    SELECT RAISE(ABORT, 'audit_link is written for its own tenant');
END;
CREATE TRIGGER audit_link_anew BEFORE INSERT ON audit_link
WHEN EXISTS (SELECT 1 FROM audit_link WHERE tenant_id = NEW.tenant_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'a row of audit_link is already there');
END;
CREATE TRIGGER audit_link_update BEFORE UPDATE ON audit_link
BEGIN
    SELECT RAISE(ABORT, 'audit_link never changes');
END;
CREATE TRIGGER audit_link_delete BEFORE DELETE ON audit_link
BEGIN
    SELECT RAISE(ABORT, 'audit_link is never deleted from');
END;
