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

-- Mails on their way out, of every tenant, by their ids alone. What is settled is kept for a while, so that a sender that
-- looks for mails nobody noted does not take it for one.
CREATE TABLE aurex.mail_delivery (
    tenant_id UUID NOT NULL,
    sender UUID NOT NULL,
    mail UUID NOT NULL,
    tries BIGINT NOT NULL CHECK (tries >= 0),
    due BIGINT NOT NULL,
    settled BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, sender, mail)
);
CREATE INDEX mail_delivery_by_time ON aurex.mail_delivery (tenant_id, settled, due);
CALL aurex.wall('aurex.mail_delivery');
