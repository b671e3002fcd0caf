-- Metal that comes in and goes round: vouchers of one shape, and what is paid for them. A receipt that is paid with old metal
-- names its purchase without a reference, because its table is older.

CREATE TABLE metal_voucher (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('old_metal_purchase', 'purchase', 'goldsmith_issue', 'goldsmith_receipt', 'melt', 'write_off')),
    number TEXT NOT NULL,
    party BLOB CHECK (party IS NULL OR length(party) = 16),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    recorded_at INTEGER NOT NULL,
    reference TEXT,
    reference_date TEXT CHECK (reference_date IS NULL OR length(reference_date) = 10),
    reference_year INTEGER,
    declared INTEGER NOT NULL CHECK (declared IN (0, 1)),
    place_of_supply TEXT CHECK (place_of_supply IS NULL OR length(place_of_supply) = 2),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    value INTEGER NOT NULL CHECK (value >= 0),
    cgst INTEGER NOT NULL CHECK (cgst >= 0),
    sgst INTEGER NOT NULL CHECK (sgst >= 0),
    igst INTEGER NOT NULL CHECK (igst >= 0),
    round_off INTEGER NOT NULL,
    total INTEGER NOT NULL CHECK (total >= 0),
    settled INTEGER NOT NULL CHECK (settled >= 0),
    reason TEXT,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    state TEXT NOT NULL CHECK (state IN ('recorded', 'cancelled')),
    cancel_reason TEXT,
    cancelled_at INTEGER,
    version INTEGER NOT NULL CHECK (version > 0),
    rate_kind TEXT CHECK (rate_kind IN ('sell', 'buy', 'exchange')),
    PRIMARY KEY (tenant_id, id),
    CHECK (settled <= total),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX metal_voucher_number ON metal_voucher (tenant_id, number);
CREATE UNIQUE INDEX metal_voucher_of_bill ON metal_voucher (tenant_id, party, reference, reference_year)
WHERE reference IS NOT NULL AND state = 'recorded';
CREATE INDEX metal_voucher_of_party ON metal_voucher (tenant_id, party, id);
CREATE INDEX metal_voucher_of_kind ON metal_voucher (tenant_id, kind, id);

CREATE TABLE metal_voucher_line (
    tenant_id BLOB NOT NULL,
    voucher BLOB NOT NULL CHECK (length(voucher) = 16),
    line INTEGER NOT NULL CHECK (line > 0),
    role TEXT NOT NULL CHECK (role IN ('in', 'out', 'agreed_loss', 'loss_owed', 'loss_borne')),
    item BLOB CHECK (item IS NULL OR length(item) = 16),
    lot BLOB CHECK (lot IS NULL OR length(lot) = 16),
    description TEXT NOT NULL,
    metal TEXT NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness INTEGER NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    gross INTEGER NOT NULL CHECK (gross >= 0),
    less INTEGER NOT NULL CHECK (less >= 0),
    net INTEGER NOT NULL CHECK (net >= 0),
    fine INTEGER NOT NULL CHECK (fine >= 0),
    hsn TEXT,
    rate_id BLOB CHECK (rate_id IS NULL OR length(rate_id) = 16),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    rate_amount INTEGER NOT NULL CHECK (rate_amount >= 0),
    rate_per INTEGER NOT NULL CHECK (rate_per >= 0),
    value INTEGER NOT NULL CHECK (value >= 0),
    labour INTEGER NOT NULL CHECK (labour >= 0),
    tax_rate INTEGER NOT NULL CHECK (tax_rate >= 0),
    cgst INTEGER NOT NULL CHECK (cgst >= 0),
    sgst INTEGER NOT NULL CHECK (sgst >= 0),
    igst INTEGER NOT NULL CHECK (igst >= 0),
    cost INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, voucher, line),
    FOREIGN KEY (tenant_id, voucher) REFERENCES metal_voucher (tenant_id, id),
    FOREIGN KEY (tenant_id, item) REFERENCES item (tenant_id, id),
    FOREIGN KEY (tenant_id, lot) REFERENCES lot (tenant_id, id),
    FOREIGN KEY (tenant_id, rate_id) REFERENCES rate (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    number TEXT NOT NULL,
    party BLOB NOT NULL CHECK (length(party) = 16),
    mode TEXT NOT NULL CHECK (mode IN ('cash', 'cash_deposit', 'upi', 'card', 'bank', 'cheque_account_payee', 'cheque_other')),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INTEGER NOT NULL CHECK (amount > 0),
    reference TEXT,
    voucher BLOB CHECK (voucher IS NULL OR length(voucher) = 16),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    recorded_at INTEGER NOT NULL,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    over_cash_limit INTEGER NOT NULL CHECK (over_cash_limit IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('recorded', 'reversed')),
    reverse_reason TEXT,
    reversed_at INTEGER,
    version INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id),
    FOREIGN KEY (tenant_id, voucher) REFERENCES metal_voucher (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX payment_number ON payment (tenant_id, number);
CREATE INDEX payment_of_party ON payment (tenant_id, party, id);
CREATE INDEX payment_in_cash ON payment (tenant_id, business_date) WHERE mode IN ('cash', 'cash_deposit');

CREATE TRIGGER metal_voucher_insert BEFORE INSERT ON metal_voucher
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'metal_voucher is written with an entry of its own tenant');
END;
CREATE TRIGGER metal_voucher_update BEFORE UPDATE ON metal_voucher
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'metal_voucher is written with an entry of its own tenant');
END;
CREATE TRIGGER metal_voucher_delete BEFORE DELETE ON metal_voucher
BEGIN
    SELECT RAISE(ABORT, 'metal_voucher is never deleted from');
END;

CREATE TRIGGER metal_voucher_line_insert BEFORE INSERT ON metal_voucher_line
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'metal_voucher_line is written with an entry of its own tenant');
END;
CREATE TRIGGER metal_voucher_line_anew BEFORE INSERT ON metal_voucher_line
WHEN EXISTS (SELECT 1 FROM metal_voucher_line WHERE tenant_id = NEW.tenant_id AND voucher = NEW.voucher AND line = NEW.line)
BEGIN
    SELECT RAISE(ABORT, 'a row of metal_voucher_line is already there');
END;
CREATE TRIGGER metal_voucher_line_update BEFORE UPDATE ON metal_voucher_line
BEGIN
    SELECT RAISE(ABORT, 'metal_voucher_line never changes');
END;
CREATE TRIGGER metal_voucher_line_delete BEFORE DELETE ON metal_voucher_line
BEGIN
    SELECT RAISE(ABORT, 'metal_voucher_line is never deleted from');
END;

CREATE TRIGGER payment_insert BEFORE INSERT ON payment
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'payment is written with an entry of its own tenant');
END;
CREATE TRIGGER payment_update BEFORE UPDATE ON payment
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'payment is written with an entry of its own tenant');
END;
CREATE TRIGGER payment_delete BEFORE DELETE ON payment
BEGIN
    SELECT RAISE(ABORT, 'payment is never deleted from');
END;

-- What the planner is to think of them, as of the tables before.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('metal_voucher', 'metal_voucher', '100000 100000 1'),
    ('metal_voucher', 'metal_voucher_number', '100000 100000 1'),
    ('metal_voucher', 'metal_voucher_of_bill', '20000 20000 100 1 1'),
    ('metal_voucher', 'metal_voucher_of_party', '100000 100000 20 1'),
    ('metal_voucher', 'metal_voucher_of_kind', '100000 100000 20000 1'),
    ('metal_voucher_line', 'metal_voucher_line', '300000 300000 3 1'),
    ('payment', 'payment', '100000 100000 1'),
    ('payment', 'payment_number', '100000 100000 1'),
    ('payment', 'payment_of_party', '100000 100000 20 1'),
    ('payment', 'payment_in_cash', '20000 20000 6');
