-- What comes after a bill: credit and debit notes against it, and money paid back.

CREATE TABLE aurex.bill_note (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('credit_note', 'debit_note')),
    number TEXT COLLATE "C" NOT NULL,
    invoice UUID NOT NULL,
    invoice_number TEXT COLLATE "C" NOT NULL,
    invoice_date DATE NOT NULL,
    party UUID NOT NULL,
    business_date DATE NOT NULL,
    issued_at BIGINT NOT NULL,
    place_of_supply TEXT COLLATE "C" NOT NULL CHECK (length(place_of_supply) = 2),
    reason_code TEXT COLLATE "C" NOT NULL CHECK (reason_code IN ('sales_return', 'post_sale_discount', 'deficiency', 'correction', 'change_of_place', 'finalisation', 'other')),
    reason TEXT COLLATE "C",
    tax_effect BOOLEAN NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    taxable BIGINT NOT NULL CHECK (taxable >= 0),
    cgst BIGINT NOT NULL CHECK (cgst >= 0),
    sgst BIGINT NOT NULL CHECK (sgst >= 0),
    igst BIGINT NOT NULL CHECK (igst >= 0),
    total BIGINT NOT NULL CHECK (total >= 0),
    round_off BIGINT NOT NULL,
    payable BIGINT NOT NULL CHECK (payable >= 0),
    entry UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('issued', 'cancelled')),
    cancel_reason TEXT COLLATE "C",
    cancelled_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, invoice) REFERENCES aurex.invoice (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id)
);
CREATE UNIQUE INDEX bill_note_number ON aurex.bill_note (tenant_id, number);
CREATE INDEX bill_note_against ON aurex.bill_note (tenant_id, invoice, id);
CREATE INDEX bill_note_of_party ON aurex.bill_note (tenant_id, party, id);

CREATE TABLE aurex.bill_note_line (
    tenant_id UUID NOT NULL,
    note UUID NOT NULL,
    line BIGINT NOT NULL CHECK (line > 0),
    invoice_line BIGINT NOT NULL CHECK (invoice_line > 0),
    item UUID,
    lot UUID,
    description TEXT COLLATE "C" NOT NULL,
    metal TEXT COLLATE "C" NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    hsn TEXT COLLATE "C" NOT NULL,
    fineness BIGINT NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    pieces BIGINT NOT NULL CHECK (pieces >= 0),
    net BIGINT NOT NULL CHECK (net >= 0),
    fine BIGINT NOT NULL CHECK (fine >= 0),
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    cost BIGINT NOT NULL CHECK (cost >= 0),
    metal_value BIGINT NOT NULL CHECK (metal_value >= 0),
    wastage_value BIGINT NOT NULL CHECK (wastage_value >= 0),
    making_value BIGINT NOT NULL CHECK (making_value >= 0),
    stones_value BIGINT NOT NULL CHECK (stones_value >= 0),
    other_value BIGINT NOT NULL CHECK (other_value >= 0),
    discount BIGINT NOT NULL CHECK (discount >= 0),
    bill_discount BIGINT NOT NULL CHECK (bill_discount >= 0),
    taxable BIGINT NOT NULL CHECK (taxable >= 0),
    tax_rate BIGINT NOT NULL CHECK (tax_rate >= 0),
    cgst BIGINT NOT NULL CHECK (cgst >= 0),
    sgst BIGINT NOT NULL CHECK (sgst >= 0),
    igst BIGINT NOT NULL CHECK (igst >= 0),
    PRIMARY KEY (tenant_id, note, line),
    FOREIGN KEY (tenant_id, note) REFERENCES aurex.bill_note (tenant_id, id),
    FOREIGN KEY (tenant_id, item) REFERENCES aurex.item (tenant_id, id),
    FOREIGN KEY (tenant_id, lot) REFERENCES aurex.lot (tenant_id, id)
);

CREATE TABLE aurex.refund (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    party UUID NOT NULL,
    mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('cash', 'cash_deposit', 'upi', 'card', 'bank', 'cheque_account_payee', 'cheque_other')),
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    amount BIGINT NOT NULL CHECK (amount > 0),
    reference TEXT COLLATE "C",
    note UUID,
    reason TEXT COLLATE "C",
    over_cash_limit BOOLEAN NOT NULL,
    business_date DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    entry UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('paid', 'reversed')),
    reverse_reason TEXT COLLATE "C",
    reversed_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    advance UUID,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id),
    FOREIGN KEY (tenant_id, note) REFERENCES aurex.bill_note (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id)
);
CREATE UNIQUE INDEX refund_number ON aurex.refund (tenant_id, number);
CREATE INDEX refund_of_party ON aurex.refund (tenant_id, party, id);
CREATE INDEX refund_in_cash ON aurex.refund (tenant_id, business_date) WHERE mode IN ('cash', 'cash_deposit');
CREATE INDEX refund_of_note ON aurex.refund (tenant_id, note, id);

-- Their guards, as in 0005.

CALL aurex.guard('aurex.bill_note', append_only => false);
CALL aurex.guard('aurex.bill_note_line', append_only => true);
CALL aurex.guard('aurex.refund', append_only => false);
