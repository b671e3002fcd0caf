-- What comes before a bill: rates booked for a customer, and money paid ahead.

CREATE TABLE aurex.booking (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    party UUID NOT NULL,
    metal TEXT COLLATE "C" NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness BIGINT NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    weight BIGINT NOT NULL CHECK (weight > 0),
    rate_id UUID,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    rate_amount BIGINT NOT NULL CHECK (rate_amount > 0),
    rate_per BIGINT NOT NULL CHECK (rate_per > 0),
    policy TEXT COLLATE "C" NOT NULL CHECK (policy IN ('locked', 'lower_of', 'proportional')),
    least_advance BIGINT NOT NULL CHECK (least_advance >= 0),
    expires DATE NOT NULL,
    advanced BIGINT NOT NULL CHECK (advanced >= 0),
    used BIGINT NOT NULL CHECK (used >= 0),
    business_date DATE NOT NULL,
    booked_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'cancelled')),
    cancel_reason TEXT COLLATE "C",
    cancelled_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id),
    FOREIGN KEY (tenant_id, rate_id) REFERENCES aurex.rate (tenant_id, id)
);
CREATE UNIQUE INDEX booking_number ON aurex.booking (tenant_id, number);
CREATE INDEX booking_of_party ON aurex.booking (tenant_id, party, id);
CREATE INDEX booking_in_state ON aurex.booking (tenant_id, state, id);

CREATE TABLE aurex.advance (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    party UUID NOT NULL,
    mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('cash', 'cash_deposit', 'upi', 'card', 'bank', 'cheque_account_payee', 'cheque_other')),
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    amount BIGINT NOT NULL CHECK (amount > 0),
    reference TEXT COLLATE "C",
    booking UUID,
    used BIGINT NOT NULL CHECK (used >= 0),
    business_date DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    entry UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('taken', 'reversed')),
    reverse_reason TEXT COLLATE "C",
    reversed_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    occasion TEXT COLLATE "C",
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id),
    FOREIGN KEY (tenant_id, booking) REFERENCES aurex.booking (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id)
);
CREATE UNIQUE INDEX advance_number ON aurex.advance (tenant_id, number);
CREATE INDEX advance_of_party ON aurex.advance (tenant_id, party, id);
CREATE INDEX advance_of_booking ON aurex.advance (tenant_id, booking, id);
CREATE INDEX advance_in_cash ON aurex.advance (tenant_id, business_date) WHERE mode IN ('cash', 'cash_deposit', 'cheque_other');
CREATE INDEX advance_of_occasion ON aurex.advance (tenant_id, occasion) WHERE mode IN ('cash', 'cash_deposit', 'cheque_other');

-- Their guards, as in 0005.

CALL aurex.guard('aurex.booking', append_only => false);
CALL aurex.guard('aurex.advance', append_only => false);
