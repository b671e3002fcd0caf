-- What comes after a bill: credit and debit notes against it, and money paid back.

CREATE TABLE bill_note (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('credit_note', 'debit_note')),
    number TEXT NOT NULL,
    invoice BLOB NOT NULL CHECK (length(invoice) = 16),
    invoice_number TEXT NOT NULL,
    invoice_date TEXT NOT NULL CHECK (length(invoice_date) = 10),
    party BLOB NOT NULL CHECK (length(party) = 16),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    issued_at INTEGER NOT NULL,
    place_of_supply TEXT NOT NULL CHECK (length(place_of_supply) = 2),
    reason_code TEXT NOT NULL CHECK (reason_code IN ('sales_return', 'post_sale_discount', 'deficiency', 'correction', 'change_of_place', 'finalisation', 'other')),
    reason TEXT,
    tax_effect INTEGER NOT NULL CHECK (tax_effect IN (0, 1)),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    taxable INTEGER NOT NULL CHECK (taxable >= 0),
    cgst INTEGER NOT NULL CHECK (cgst >= 0),
    sgst INTEGER NOT NULL CHECK (sgst >= 0),
    igst INTEGER NOT NULL CHECK (igst >= 0),
    total INTEGER NOT NULL CHECK (total >= 0),
    round_off INTEGER NOT NULL,
    payable INTEGER NOT NULL CHECK (payable >= 0),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    state TEXT NOT NULL CHECK (state IN ('issued', 'cancelled')),
    cancel_reason TEXT,
    cancelled_at INTEGER,
    version INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, invoice) REFERENCES invoice (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX bill_note_number ON bill_note (tenant_id, number);
CREATE INDEX bill_note_against ON bill_note (tenant_id, invoice, id);
CREATE INDEX bill_note_of_party ON bill_note (tenant_id, party, id);

CREATE TABLE bill_note_line (
    tenant_id BLOB NOT NULL,
    note BLOB NOT NULL CHECK (length(note) = 16),
    line INTEGER NOT NULL CHECK (line > 0),
    invoice_line INTEGER NOT NULL CHECK (invoice_line > 0),
    item BLOB CHECK (item IS NULL OR length(item) = 16),
    lot BLOB CHECK (lot IS NULL OR length(lot) = 16),
    description TEXT NOT NULL,
    metal TEXT NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    hsn TEXT NOT NULL,
    fineness INTEGER NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    pieces INTEGER NOT NULL CHECK (pieces >= 0),
    net INTEGER NOT NULL CHECK (net >= 0),
    fine INTEGER NOT NULL CHECK (fine >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    cost INTEGER NOT NULL CHECK (cost >= 0),
    metal_value INTEGER NOT NULL CHECK (metal_value >= 0),
    wastage_value INTEGER NOT NULL CHECK (wastage_value >= 0),
    making_value INTEGER NOT NULL CHECK (making_value >= 0),
    stones_value INTEGER NOT NULL CHECK (stones_value >= 0),
    other_value INTEGER NOT NULL CHECK (other_value >= 0),
    discount INTEGER NOT NULL CHECK (discount >= 0),
    bill_discount INTEGER NOT NULL CHECK (bill_discount >= 0),
    taxable INTEGER NOT NULL CHECK (taxable >= 0),
    tax_rate INTEGER NOT NULL CHECK (tax_rate >= 0),
    cgst INTEGER NOT NULL CHECK (cgst >= 0),
    sgst INTEGER NOT NULL CHECK (sgst >= 0),
    igst INTEGER NOT NULL CHECK (igst >= 0),
    PRIMARY KEY (tenant_id, note, line),
    FOREIGN KEY (tenant_id, note) REFERENCES bill_note (tenant_id, id),
    FOREIGN KEY (tenant_id, item) REFERENCES item (tenant_id, id),
    FOREIGN KEY (tenant_id, lot) REFERENCES lot (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE refund (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    number TEXT NOT NULL,
    party BLOB NOT NULL CHECK (length(party) = 16),
    mode TEXT NOT NULL CHECK (mode IN ('cash', 'cash_deposit', 'upi', 'card', 'bank', 'cheque_account_payee', 'cheque_other')),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INTEGER NOT NULL CHECK (amount > 0),
    reference TEXT,
    note BLOB CHECK (note IS NULL OR length(note) = 16),
    reason TEXT,
    over_cash_limit INTEGER NOT NULL CHECK (over_cash_limit IN (0, 1)),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    recorded_at INTEGER NOT NULL,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    state TEXT NOT NULL CHECK (state IN ('paid', 'reversed')),
    reverse_reason TEXT,
    reversed_at INTEGER,
    version INTEGER NOT NULL CHECK (version > 0),
    advance BLOB CHECK (advance IS NULL OR length(advance) = 16),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id),
    FOREIGN KEY (tenant_id, note) REFERENCES bill_note (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX refund_number ON refund (tenant_id, number);
CREATE INDEX refund_of_party ON refund (tenant_id, party, id);
CREATE INDEX refund_in_cash ON refund (tenant_id, business_date) WHERE mode IN ('cash', 'cash_deposit');
CREATE INDEX refund_of_note ON refund (tenant_id, note, id);

-- Their guards, as in 0005.

CREATE TRIGGER bill_note_insert BEFORE INSERT ON bill_note
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'bill_note is written with an entry of its own tenant');
END;
CREATE TRIGGER bill_note_update BEFORE UPDATE ON bill_note
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'bill_note is written with an entry of its own tenant');
END;
CREATE TRIGGER bill_note_delete BEFORE DELETE ON bill_note
BEGIN
    SELECT RAISE(ABORT, 'bill_note is never deleted from');
END;

CREATE TRIGGER bill_note_line_insert BEFORE INSERT ON bill_note_line
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'bill_note_line is written with an entry of its own tenant');
END;
CREATE TRIGGER bill_note_line_anew BEFORE INSERT ON bill_note_line
WHEN EXISTS (SELECT 1 FROM bill_note_line WHERE tenant_id = NEW.tenant_id AND note = NEW.note AND line = NEW.line)
BEGIN
    SELECT RAISE(ABORT, 'a row of bill_note_line is already there');
END;
CREATE TRIGGER bill_note_line_update BEFORE UPDATE ON bill_note_line
BEGIN
    SELECT RAISE(ABORT, 'bill_note_line never changes');
END;
CREATE TRIGGER bill_note_line_delete BEFORE DELETE ON bill_note_line
BEGIN
    SELECT RAISE(ABORT, 'bill_note_line is never deleted from');
END;

CREATE TRIGGER refund_insert BEFORE INSERT ON refund
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'refund is written with an entry of its own tenant');
END;
CREATE TRIGGER refund_update BEFORE UPDATE ON refund
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'refund is written with an entry of its own tenant');
END;
CREATE TRIGGER refund_delete BEFORE DELETE ON refund
BEGIN
    SELECT RAISE(ABORT, 'refund is never deleted from');
END;

-- What the planner is to think of them, as in 0006.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('bill_note', 'bill_note', '20000 20000 1'),
    ('bill_note', 'bill_note_number', '20000 20000 1'),
    ('bill_note', 'bill_note_against', '20000 20000 2 1'),
    ('bill_note', 'bill_note_of_party', '20000 20000 2 1'),
    ('bill_note_line', 'bill_note_line', '40000 40000 2 1'),
    ('refund', 'refund', '10000 10000 1'),
    ('refund', 'refund_number', '10000 10000 1'),
    ('refund', 'refund_of_party', '10000 10000 2 1'),
    ('refund', 'refund_in_cash', '4000 4000 3'),
    ('refund', 'refund_of_note', '10000 10000 2 1');
