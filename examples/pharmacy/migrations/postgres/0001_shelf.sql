-- The pharmacy's own tables, of all workspaces. The tenant leads every key, so that no row can refer to another
-- workspace's; the guards are put on by `guard_table`, and what the store may do is granted with them.

CREATE TABLE pharmacy.medicine_batch (
    tenant_id   uuid    NOT NULL,
    id          uuid    NOT NULL,
    medicine    text    COLLATE "C" NOT NULL,
    number      text    COLLATE "C" NOT NULL,
    expires     date    NOT NULL,
    controlled  boolean NOT NULL,
    on_hand     bigint  NOT NULL CHECK (on_hand >= 0),
    received_at bigint  NOT NULL,
    version     bigint  NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, medicine, number)
);

CREATE TABLE pharmacy.dispensing (
    tenant_id    uuid   NOT NULL,
    id           uuid   NOT NULL,
    batch        uuid   NOT NULL,
    medicine     text   COLLATE "C" NOT NULL,
    pieces       bigint NOT NULL CHECK (pieces > 0),
    patient      text   COLLATE "C" NOT NULL,
    prescriber   text   COLLATE "C",
    dispensed_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, batch) REFERENCES pharmacy.medicine_batch (tenant_id, id)
);

CREATE INDEX dispensing_of_batch ON pharmacy.dispensing (tenant_id, batch, id);
