-- Entries that somebody wrote by hand; their lines are the postings of their journal entries.

CREATE TABLE journal_voucher (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    number TEXT NOT NULL,
    remark TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    total INTEGER NOT NULL CHECK (total > 0),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    recorded_at INTEGER NOT NULL,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    state TEXT NOT NULL CHECK (state IN ('recorded', 'reversed')),
    reverse_reason TEXT,
    reversed_at INTEGER,
    version INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX journal_voucher_number ON journal_voucher (tenant_id, number);

CREATE TRIGGER journal_voucher_insert BEFORE INSERT ON journal_voucher
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'journal_voucher is written with an entry of its own tenant');
END;
CREATE TRIGGER journal_voucher_update BEFORE UPDATE ON journal_voucher
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'journal_voucher is written with an entry of its own tenant');
END;
CREATE TRIGGER journal_voucher_delete BEFORE DELETE ON journal_voucher
BEGIN
    SELECT RAISE(ABORT, 'journal_voucher is never deleted from');
END;

-- What the planner is to think of it, as of the tables before.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('journal_voucher', 'journal_voucher', '10000 10000 1'),
    ('journal_voucher', 'journal_voucher_number', '10000 10000 1');
