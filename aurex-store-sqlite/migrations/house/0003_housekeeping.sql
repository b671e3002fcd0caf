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

-- Mails on their way out, of every tenant, by their ids alone. What is settled is kept for a while, so that a sender that
-- looks for mails nobody noted does not take it for one.
CREATE TABLE mail_delivery (
    sender BLOB NOT NULL CHECK (length(sender) = 16),
    mail BLOB NOT NULL CHECK (length(mail) = 16),
    tries INTEGER NOT NULL CHECK (tries >= 0),
    due INTEGER NOT NULL,
    settled INTEGER NOT NULL CHECK (settled IN (0, 1)),
    PRIMARY KEY (sender, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_delivery_by_time ON mail_delivery (settled, due);
