-- Entries that somebody wrote by hand; their lines are the postings of their journal entries.

CREATE TABLE aurex.journal_voucher (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    remark TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    total BIGINT NOT NULL CHECK (total > 0),
    business_date DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    entry UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('recorded', 'reversed')),
    reverse_reason TEXT COLLATE "C",
    reversed_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id)
);
CREATE UNIQUE INDEX journal_voucher_number ON aurex.journal_voucher (tenant_id, number);

CALL aurex.guard('aurex.journal_voucher', append_only => false);

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA aurex FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA aurex FROM PUBLIC;
