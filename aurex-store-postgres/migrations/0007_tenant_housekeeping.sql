-- One tenant's housekeeping: it states no fact of the business, takes no turn and needs no entry.

CREATE TABLE aurex.house_tenant (
    tenant_id UUID NOT NULL,
    last_number BIGINT NOT NULL CHECK (last_number >= 0),
    PRIMARY KEY (tenant_id)
);

CREATE TABLE aurex.session_use (
    tenant_id UUID NOT NULL,
    session UUID NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, session),
    FOREIGN KEY (tenant_id) REFERENCES aurex.house_tenant (tenant_id)
);

CREATE TABLE aurex.token_use (
    tenant_id UUID NOT NULL,
    token UUID NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, token),
    FOREIGN KEY (tenant_id) REFERENCES aurex.house_tenant (tenant_id)
);

-- Raw observations waiting for the collector. Their numbers rise for ever, also when none is waiting: the log's head
-- remembers the last one it holds.
CREATE TABLE aurex.observation (
    tenant_id UUID NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    bytes BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, number),
    FOREIGN KEY (tenant_id) REFERENCES aurex.house_tenant (tenant_id)
);

CALL aurex.wall('aurex.house_tenant');
CALL aurex.wall('aurex.session_use');
CALL aurex.wall('aurex.token_use');
CALL aurex.wall('aurex.observation');
