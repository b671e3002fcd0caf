-- One tenant's housekeeping, in a file beside its own so that it never waits for a writer: synchronous=NORMAL.

CREATE TABLE house_tenant (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    last_number INTEGER NOT NULL CHECK (last_number >= 0),
    PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER house_tenant_insert BEFORE INSERT ON house_tenant
WHEN EXISTS (SELECT 1 FROM house_tenant)
BEGIN
    SELECT RAISE(ABORT, 'the file belongs to one tenant');
END;
CREATE TRIGGER house_tenant_update BEFORE UPDATE ON house_tenant
WHEN NEW.tenant_id <> OLD.tenant_id OR NEW.last_number < OLD.last_number
BEGIN
    SELECT RAISE(ABORT, 'the file belongs to one tenant');
END;
CREATE TRIGGER house_tenant_delete BEFORE DELETE ON house_tenant
BEGIN
    SELECT RAISE(ABORT, 'the file belongs to one tenant');
END;

CREATE TABLE session_use (
    tenant_id BLOB NOT NULL,
    session BLOB NOT NULL CHECK (length(session) = 16),
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, session),
    FOREIGN KEY (tenant_id) REFERENCES house_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE token_use (
    tenant_id BLOB NOT NULL,
    token BLOB NOT NULL CHECK (length(token) = 16),
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, token),
    FOREIGN KEY (tenant_id) REFERENCES house_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

-- Raw observations waiting for the collector. Their numbers rise for ever, also when none is waiting: the log's head
-- remembers the last one it holds.
CREATE TABLE observation (
    tenant_id BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    bytes BLOB NOT NULL,
    PRIMARY KEY (tenant_id, number),
    FOREIGN KEY (tenant_id) REFERENCES house_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER observation_counts AFTER INSERT ON observation
BEGIN
    UPDATE house_tenant SET last_number = NEW.number WHERE tenant_id = NEW.tenant_id;
END;
