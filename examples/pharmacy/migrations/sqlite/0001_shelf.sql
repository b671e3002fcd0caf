-- The pharmacy's own tables in each workspace's file. The tenant leads every key, so that no row can refer to another
-- workspace's; the guards are put on by `guard_table`, which refuses a table of any other shape.

CREATE TABLE medicine_batch (
    tenant_id   BLOB    NOT NULL,
    id          BLOB    NOT NULL,
    medicine    TEXT    NOT NULL,
    number      TEXT    NOT NULL,
    expires     TEXT    NOT NULL,
    controlled  INTEGER NOT NULL CHECK (controlled IN (0, 1)),
    on_hand     INTEGER NOT NULL CHECK (on_hand >= 0),
    received_at INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, medicine, number)
) STRICT;

CREATE TABLE dispensing (
    tenant_id    BLOB    NOT NULL,
    id           BLOB    NOT NULL,
    batch        BLOB    NOT NULL,
    medicine     TEXT    NOT NULL,
    pieces       INTEGER NOT NULL CHECK (pieces > 0),
    patient      TEXT    NOT NULL,
    prescriber   TEXT,
    dispensed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, batch) REFERENCES medicine_batch (tenant_id, id)
) STRICT;

CREATE INDEX dispensing_of_batch ON dispensing (tenant_id, batch, id);
