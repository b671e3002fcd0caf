-- Metal that comes in and goes round: vouchers of one shape, and what is paid for them. A receipt that is paid with old metal
-- names its purchase without a reference, because its table is older.

CREATE TABLE aurex.metal_voucher (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('old_metal_purchase', 'purchase', 'goldsmith_issue', 'goldsmith_receipt', 'melt', 'write_off')),
    number TEXT COLLATE "C" NOT NULL,
    party UUID,
    business_date DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    reference TEXT COLLATE "C",
    reference_date DATE,
    reference_year BIGINT,
    declared BOOLEAN NOT NULL,
    place_of_supply TEXT COLLATE "C" CHECK (length(place_of_supply) = 2),
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    value BIGINT NOT NULL CHECK (value >= 0),
    cgst BIGINT NOT NULL CHECK (cgst >= 0),
    sgst BIGINT NOT NULL CHECK (sgst >= 0),
    igst BIGINT NOT NULL CHECK (igst >= 0),
    round_off BIGINT NOT NULL,
    total BIGINT NOT NULL CHECK (total >= 0),
    settled BIGINT NOT NULL CHECK (settled >= 0),
    reason TEXT COLLATE "C",
    entry UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('recorded', 'cancelled')),
    cancel_reason TEXT COLLATE "C",
    cancelled_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    rate_kind TEXT COLLATE "C" CHECK (rate_kind IN ('sell', 'buy', 'exchange')),
    PRIMARY KEY (tenant_id, id),
    CHECK (settled <= total),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id)
);
CREATE UNIQUE INDEX metal_voucher_number ON aurex.metal_voucher (tenant_id, number);
CREATE UNIQUE INDEX metal_voucher_of_bill ON aurex.metal_voucher (tenant_id, party, reference, reference_year)
WHERE reference IS NOT NULL AND state = 'recorded';
CREATE INDEX metal_voucher_of_party ON aurex.metal_voucher (tenant_id, party, id);
CREATE INDEX metal_voucher_of_kind ON aurex.metal_voucher (tenant_id, kind, id);

CREATE TABLE aurex.metal_voucher_line (
    tenant_id UUID NOT NULL,
    voucher UUID NOT NULL,
    line BIGINT NOT NULL CHECK (line > 0),
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('in', 'out', 'agreed_loss', 'loss_owed', 'loss_borne')),
    item UUID,
    lot UUID,
    description TEXT COLLATE "C" NOT NULL,
    metal TEXT COLLATE "C" NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness BIGINT NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    gross BIGINT NOT NULL CHECK (gross >= 0),
    less BIGINT NOT NULL CHECK (less >= 0),
    net BIGINT NOT NULL CHECK (net >= 0),
    fine BIGINT NOT NULL CHECK (fine >= 0),
    hsn TEXT COLLATE "C",
    rate_id UUID,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    rate_amount BIGINT NOT NULL CHECK (rate_amount >= 0),
    rate_per BIGINT NOT NULL CHECK (rate_per >= 0),
    value BIGINT NOT NULL CHECK (value >= 0),
    labour BIGINT NOT NULL CHECK (labour >= 0),
    tax_rate BIGINT NOT NULL CHECK (tax_rate >= 0),
    cgst BIGINT NOT NULL CHECK (cgst >= 0),
    sgst BIGINT NOT NULL CHECK (sgst >= 0),
    igst BIGINT NOT NULL CHECK (igst >= 0),
    cost BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, voucher, line),
    FOREIGN KEY (tenant_id, voucher) REFERENCES aurex.metal_voucher (tenant_id, id),
    FOREIGN KEY (tenant_id, item) REFERENCES aurex.item (tenant_id, id),
    FOREIGN KEY (tenant_id, lot) REFERENCES aurex.lot (tenant_id, id),
    FOREIGN KEY (tenant_id, rate_id) REFERENCES aurex.rate (tenant_id, id)
);

CREATE TABLE aurex.payment (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    party UUID NOT NULL,
    mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('cash', 'cash_deposit', 'upi', 'card', 'bank', 'cheque_account_payee', 'cheque_other')),
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    amount BIGINT NOT NULL CHECK (amount > 0),
    reference TEXT COLLATE "C",
    voucher UUID,
    business_date DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    entry UUID NOT NULL,
    over_cash_limit BOOLEAN NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('recorded', 'reversed')),
    reverse_reason TEXT COLLATE "C",
    reversed_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id),
    FOREIGN KEY (tenant_id, voucher) REFERENCES aurex.metal_voucher (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id)
);
CREATE UNIQUE INDEX payment_number ON aurex.payment (tenant_id, number);
CREATE INDEX payment_of_party ON aurex.payment (tenant_id, party, id);
CREATE INDEX payment_in_cash ON aurex.payment (tenant_id, business_date) WHERE mode IN ('cash', 'cash_deposit');

CALL aurex.guard('aurex.metal_voucher', append_only => false);
CALL aurex.guard('aurex.metal_voucher_line', append_only => true);
CALL aurex.guard('aurex.payment', append_only => false);

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA aurex FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA aurex FROM PUBLIC;
