-- What precedes a tenant, and may be lost in a power cut: synchronous=NORMAL.

-- Throttles, by a keyed hash: no address and no account stands here.
CREATE TABLE throttle_bucket (
    key BLOB NOT NULL CHECK (length(key) = 32),
    state BLOB NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (key)
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_bucket_by_age ON throttle_bucket (until);

-- The tenants that have observations waiting in their own files.
CREATE TABLE observed_tenant (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;
