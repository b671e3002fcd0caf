-- What precedes a tenant stands in the operator's own.

-- Throttles, by a keyed hash: no address and no account stands here.
CREATE TABLE aurex.throttle_bucket (
    tenant_id UUID NOT NULL,
    key BYTEA NOT NULL CHECK (octet_length(key) = 32),
    state BYTEA NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX throttle_bucket_by_age ON aurex.throttle_bucket (tenant_id, until);
CALL aurex.wall('aurex.throttle_bucket');

-- The tenants that have observations waiting.
CREATE TABLE aurex.observed_tenant (
    tenant_id UUID NOT NULL,
    observed UUID NOT NULL,
    PRIMARY KEY (tenant_id, observed)
);
CALL aurex.wall('aurex.observed_tenant');
