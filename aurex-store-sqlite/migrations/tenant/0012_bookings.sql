-- What comes before a bill: rates booked for a customer, and money paid ahead.

CREATE TABLE booking (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    number TEXT NOT NULL,
    party BLOB NOT NULL CHECK (length(party) = 16),
    metal TEXT NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness INTEGER NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    weight INTEGER NOT NULL CHECK (weight > 0),
    rate_id BLOB CHECK (rate_id IS NULL OR length(rate_id) = 16),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    rate_amount INTEGER NOT NULL CHECK (rate_amount > 0),
    rate_per INTEGER NOT NULL CHECK (rate_per > 0),
    policy TEXT NOT NULL CHECK (policy IN ('locked', 'lower_of', 'proportional')),
    least_advance INTEGER NOT NULL CHECK (least_advance >= 0),
    expires TEXT NOT NULL CHECK (length(expires) = 10),
    advanced INTEGER NOT NULL CHECK (advanced >= 0),
    used INTEGER NOT NULL CHECK (used >= 0),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    booked_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'cancelled')),
    cancel_reason TEXT,
    cancelled_at INTEGER,
    version INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id),
    FOREIGN KEY (tenant_id, rate_id) REFERENCES rate (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX booking_number ON booking (tenant_id, number);
CREATE INDEX booking_of_party ON booking (tenant_id, party, id);
CREATE INDEX booking_in_state ON booking (tenant_id, state, id);

CREATE TABLE advance (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    number TEXT NOT NULL,
    party BLOB NOT NULL CHECK (length(party) = 16),
    mode TEXT NOT NULL CHECK (mode IN ('cash', 'cash_deposit', 'upi', 'card', 'bank', 'cheque_account_payee', 'cheque_other')),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INTEGER NOT NULL CHECK (amount > 0),
    reference TEXT,
    booking BLOB CHECK (booking IS NULL OR length(booking) = 16),
    used INTEGER NOT NULL CHECK (used >= 0),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    recorded_at INTEGER NOT NULL,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    state TEXT NOT NULL CHECK (state IN ('taken', 'reversed')),
    reverse_reason TEXT,
    reversed_at INTEGER,
    version INTEGER NOT NULL CHECK (version > 0),
    occasion TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id),
    FOREIGN KEY (tenant_id, booking) REFERENCES booking (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX advance_number ON advance (tenant_id, number);
CREATE INDEX advance_of_party ON advance (tenant_id, party, id);
CREATE INDEX advance_of_booking ON advance (tenant_id, booking, id);
CREATE INDEX advance_in_cash ON advance (tenant_id, business_date) WHERE mode IN ('cash', 'cash_deposit', 'cheque_other');
CREATE INDEX advance_of_occasion ON advance (tenant_id, occasion) WHERE mode IN ('cash', 'cash_deposit', 'cheque_other');

-- Their guards, as in 0005.

CREATE TRIGGER booking_insert BEFORE INSERT ON booking
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'booking is written with an entry of its own tenant');
END;
CREATE TRIGGER booking_update BEFORE UPDATE ON booking
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'booking is written with an entry of its own tenant');
END;
CREATE TRIGGER booking_delete BEFORE DELETE ON booking
BEGIN
    SELECT RAISE(ABORT, 'booking is never deleted from');
END;

CREATE TRIGGER advance_insert BEFORE INSERT ON advance
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'advance is written with an entry of its own tenant');
END;
CREATE TRIGGER advance_update BEFORE UPDATE ON advance
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'advance is written with an entry of its own tenant');
END;
CREATE TRIGGER advance_delete BEFORE DELETE ON advance
BEGIN
    SELECT RAISE(ABORT, 'advance is never deleted from');
END;

-- What the planner is to think of them, as in 0006.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('booking', 'booking', '10000 10000 1'),
    ('booking', 'booking_number', '10000 10000 1'),
    ('booking', 'booking_of_party', '10000 10000 2 1'),
    ('booking', 'booking_in_state', '10000 10000 5000 1'),
    ('advance', 'advance', '20000 20000 1'),
    ('advance', 'advance_number', '20000 20000 1'),
    ('advance', 'advance_of_party', '20000 20000 2 1'),
    ('advance', 'advance_of_booking', '20000 20000 2 1'),
    ('advance', 'advance_in_cash', '8000 8000 5'),
    ('advance', 'advance_of_occasion', '8000 8000 5');
