-- Which workspaces there are. The one table that is keyed by the tenant id itself; a slug that was used once is never
-- free again, whatever becomes of its workspace. Of one that has ended, this row is all that is left: when it did, and the
-- last checkpoint that was signed of its log.
CREATE TABLE directory (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    slug TEXT NOT NULL CHECK (length(slug) BETWEEN 3 AND 30),
    status TEXT NOT NULL CHECK (status IN ('open', 'closed', 'ended')),
    ended_at INTEGER CHECK ((ended_at IS NOT NULL) = (status = 'ended')),
    last_size INTEGER,
    last_root BLOB,
    PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX directory_slug ON directory (slug);

CREATE TRIGGER directory_insert BEFORE INSERT ON directory
WHEN EXISTS (SELECT 1 FROM directory WHERE tenant_id = NEW.tenant_id OR slug = NEW.slug)
BEGIN
    SELECT RAISE(ABORT, 'a row of directory is already there');
END;
CREATE TRIGGER directory_update BEFORE UPDATE ON directory
WHEN NEW.tenant_id <> OLD.tenant_id OR NEW.slug <> OLD.slug OR OLD.status <> 'open'
BEGIN
    SELECT RAISE(ABORT, 'directory keeps names for ever');
END;
CREATE TRIGGER directory_delete BEFORE DELETE ON directory
BEGIN
    SELECT RAISE(ABORT, 'directory keeps names for ever');
END;
