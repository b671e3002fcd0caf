-- The tables of the log and of facts. The tenant id leads every key, so that a reference across tenants cannot be
-- written, whatever row-level security says: foreign keys and unique indexes do not ask it.

-- The head of the log. No foreign key references it: locking it for a turn blocks nobody who inserts elsewhere.
CREATE TABLE aurex.head (
    tenant_id UUID NOT NULL,
    frontier BYTEA NOT NULL,
    last_at BIGINT NOT NULL,
    epoch BIGINT NOT NULL CHECK (epoch > 0),
    observed BIGINT NOT NULL CHECK (observed >= 0),
    PRIMARY KEY (tenant_id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);

-- The log. `at`, `actor_id`, `action`, `subject_id` and `outcome` repeat what the bytes say, for searching. `tx` is the transaction
-- that appended the entry; the application may not write it, and every guard asks for it.
CREATE TABLE aurex.audit_entry (
    tenant_id UUID NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 0),
    bytes BYTEA NOT NULL,
    leaf BYTEA NOT NULL CHECK (octet_length(leaf) = 32),
    at BIGINT NOT NULL,
    actor_id TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject_id TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('done', 'refused', 'seen')),
    tx XID8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);
-- Each search of the log has an index that ends in the entry's place, so that a page is a seek. By time there is none:
-- an entry is never earlier than the one before it, so that the place of an instant is found in the key itself. Nearly
-- everything is done: only what was not is looked for by its outcome. What is asked of each entry on the way stands in the
-- index beside the place, so that conditions that hardly ever meet are looked through without fetching an entry.
CREATE INDEX audit_entry_of_subject ON aurex.audit_entry (tenant_id, subject_id, seq);
CREATE INDEX audit_entry_of_actor ON aurex.audit_entry (tenant_id, actor_id, seq) INCLUDE (action, outcome);
CREATE INDEX audit_entry_of_action ON aurex.audit_entry (tenant_id, action, seq) INCLUDE (outcome);
CREATE INDEX audit_entry_not_done ON aurex.audit_entry (tenant_id, outcome, seq) WHERE outcome <> 'done';

-- What opens an entry's commitments. Erasure empties salt and content together, and nothing else changes ever.
CREATE TABLE aurex.audit_opening (
    tenant_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    slot BIGINT NOT NULL CHECK (slot >= 0),
    name TEXT COLLATE "C" NOT NULL,
    salt BYTEA CHECK (octet_length(salt) = 32),
    content BYTEA,
    PRIMARY KEY (tenant_id, seq, slot),
    FOREIGN KEY (tenant_id, seq) REFERENCES aurex.audit_entry (tenant_id, seq),
    CHECK ((salt IS NULL) = (content IS NULL))
);

-- Kept in the transaction of the change; swept after 72 hours, which is why it may be deleted from.
CREATE TABLE aurex.idempotency_key (
    tenant_id UUID NOT NULL,
    holder UUID NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    fields BYTEA NOT NULL,
    resource TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, holder, action, key),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);

-- The tables of facts: columns as the records declare them. Money is minor units with its currency once a row, nested
-- values are in the log's binary form, times are microseconds since 1970, and texts compare by their
-- bytes, as in core.

CREATE TABLE aurex.workspace (
    tenant_id UUID NOT NULL,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    zone TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    magic_links BOOLEAN NOT NULL,
    second_factor_for BYTEA NOT NULL,
    access_rules BYTEA NOT NULL,
    contacts BYTEA NOT NULL,
    ends_at BIGINT,
    plan TEXT COLLATE "C" NOT NULL CHECK (plan IN ('trial', 'active', 'past_due', 'read_only', 'closed')),
    billing BYTEA,
    books_locked_through DATE,
    payee BYTEA,
    PRIMARY KEY (tenant_id, slug),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);

CREATE TABLE aurex.custom_role (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    base TEXT COLLATE "C" NOT NULL CHECK (base IN ('owner', 'admin', 'manager', 'cashier', 'accountant', 'auditor')),
    withheld BYTEA NOT NULL,
    caps BYTEA NOT NULL,
    retired BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);

CREATE TABLE aurex.member (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'cashier', 'accountant', 'auditor')),
    disabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    custom_role UUID,
    leaves_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id),
    FOREIGN KEY (tenant_id, custom_role) REFERENCES aurex.custom_role (tenant_id, id)
);
CREATE UNIQUE INDEX member_email ON aurex.member (tenant_id, email);

CREATE TABLE aurex.credential (
    tenant_id UUID NOT NULL,
    member UUID NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    one_time BOOLEAN NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, member),
    FOREIGN KEY (tenant_id, member) REFERENCES aurex.member (tenant_id, id)
);

CREATE TABLE aurex.second_factor (
    tenant_id UUID NOT NULL,
    member UUID NOT NULL,
    seed BYTEA,
    added_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT,
    recovery BYTEA NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (tenant_id, member),
    FOREIGN KEY (tenant_id, member) REFERENCES aurex.member (tenant_id, id)
);

CREATE TABLE aurex.pin (
    tenant_id UUID NOT NULL,
    member UUID NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    set_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (tenant_id, member),
    FOREIGN KEY (tenant_id, member) REFERENCES aurex.member (tenant_id, id)
);

CREATE TABLE aurex.till (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL CHECK (octet_length(token_hash) = 32),
    enrolled_by UUID NOT NULL,
    enrolled_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, enrolled_by) REFERENCES aurex.member (tenant_id, id)
);
CREATE UNIQUE INDEX till_token ON aurex.till (tenant_id, token_hash);

CREATE TABLE aurex.session (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    member UUID NOT NULL,
    token_hash BYTEA NOT NULL CHECK (octet_length(token_hash) = 32),
    opened_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    idle_seconds BIGINT NOT NULL CHECK (idle_seconds >= 0),
    one_time BOOLEAN NOT NULL,
    closed_at BIGINT,
    assurance TEXT COLLATE "C" NOT NULL CHECK (assurance IN ('one_time_secret', 'pin', 'link', 'password', 'second_factor')),
    proved_at BIGINT NOT NULL,
    address TEXT COLLATE "C",
    agent TEXT COLLATE "C",
    till UUID,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member) REFERENCES aurex.member (tenant_id, id),
    FOREIGN KEY (tenant_id, till) REFERENCES aurex.till (tenant_id, id)
);
CREATE UNIQUE INDEX session_token ON aurex.session (tenant_id, token_hash);
CREATE INDEX session_open_of_member ON aurex.session (tenant_id, member, id) WHERE closed_at IS NULL;
CREATE INDEX session_open_on_till ON aurex.session (tenant_id, till, id)
WHERE closed_at IS NULL AND till IS NOT NULL;

CREATE TABLE aurex.api_token (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    member UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL CHECK (octet_length(token_hash) = 32),
    permissions BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    prefix TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member) REFERENCES aurex.member (tenant_id, id)
);
CREATE UNIQUE INDEX api_token_token ON aurex.api_token (tenant_id, token_hash);

CREATE TABLE aurex.link (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    member UUID NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('invitation', 'reset', 'sign_in')),
    token_hash BYTEA NOT NULL CHECK (octet_length(token_hash) = 32),
    code_hash TEXT COLLATE "C",
    browser BYTEA CHECK (octet_length(browser) = 32),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member) REFERENCES aurex.member (tenant_id, id)
);
CREATE UNIQUE INDEX link_token ON aurex.link (tenant_id, token_hash);
CREATE INDEX link_open_of_member ON aurex.link (tenant_id, member, id) WHERE used_at IS NULL;

CREATE TABLE aurex.approval (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    command TEXT COLLATE "C" NOT NULL,
    digest BYTEA NOT NULL CHECK (octet_length(digest) = 32),
    asked_by UUID NOT NULL,
    session UUID NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'done', 'refused', 'withdrawn')),
    decided_by UUID,
    decided_at BIGINT,
    reason TEXT COLLATE "C",
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, asked_by) REFERENCES aurex.member (tenant_id, id),
    FOREIGN KEY (tenant_id, session) REFERENCES aurex.session (tenant_id, id),
    FOREIGN KEY (tenant_id, decided_by) REFERENCES aurex.member (tenant_id, id)
);
CREATE INDEX approval_of_state ON aurex.approval (tenant_id, state, id);

CREATE TABLE aurex.mail (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    member UUID,
    recipient TEXT COLLATE "C",
    content BYTEA NOT NULL,
    queued_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member) REFERENCES aurex.member (tenant_id, id)
);

CREATE TABLE aurex.account (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    class TEXT COLLATE "C" NOT NULL CHECK (class IN ('asset', 'liability', 'income', 'expense', 'equity')),
    commodity TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    party UUID,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'locked', 'closed')),
    opened_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);
CREATE UNIQUE INDEX account_code ON aurex.account (tenant_id, code);
CREATE INDEX account_of_party ON aurex.account (tenant_id, party, id);

CREATE TABLE aurex.journal_entry (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    effective DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    source_kind TEXT COLLATE "C" NOT NULL,
    source_id TEXT COLLATE "C" NOT NULL,
    narration TEXT COLLATE "C" NOT NULL,
    reverses UUID,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, reverses) REFERENCES aurex.journal_entry (tenant_id, id)
);
CREATE UNIQUE INDEX journal_entry_reversed_once ON aurex.journal_entry (tenant_id, reverses) WHERE reverses IS NOT NULL;

CREATE TABLE aurex.posting (
    tenant_id UUID NOT NULL,
    entry UUID NOT NULL,
    line BIGINT NOT NULL CHECK (line > 0),
    account UUID NOT NULL,
    commodity TEXT COLLATE "C" NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    effective DATE NOT NULL,
    PRIMARY KEY (tenant_id, entry, line),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id),
    FOREIGN KEY (tenant_id, account) REFERENCES aurex.account (tenant_id, id)
);
CREATE INDEX posting_of_account ON aurex.posting (tenant_id, account, effective, entry, line);

CREATE TABLE aurex.series (
    tenant_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('invoice', 'receipt', 'credit_note', 'debit_note', 'refund', 'old_metal_purchase', 'purchase', 'goldsmith_issue', 'goldsmith_receipt', 'stock_voucher', 'payment', 'receipt_voucher', 'booking', 'journal')),
    prefix TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    next BIGINT NOT NULL CHECK (next > 0),
    last_date DATE NOT NULL,
    PRIMARY KEY (tenant_id, kind, prefix, year),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);

-- The shop's own tables.

CREATE TABLE aurex.business (
    tenant_id UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (length(state) = 2),
    legal_name TEXT COLLATE "C",
    address TEXT COLLATE "C",
    gstin TEXT COLLATE "C",
    scheme TEXT COLLATE "C" NOT NULL CHECK (scheme IN ('regular', 'composition', 'unregistered')),
    version BIGINT NOT NULL CHECK (version > 0),
    rate_move BIGINT NOT NULL CHECK (rate_move BETWEEN 0 AND 1000000),
    PRIMARY KEY (tenant_id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);

CREATE TABLE aurex.rate (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    metal TEXT COLLATE "C" NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness BIGINT NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('sell', 'buy', 'exchange')),
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    amount BIGINT NOT NULL CHECK (amount > 0),
    per BIGINT NOT NULL CHECK (per > 0),
    business_date DATE NOT NULL,
    effective_from BIGINT NOT NULL,
    supersedes UUID,
    basis TEXT COLLATE "C" NOT NULL CHECK (basis IN ('millesimal', 'karat', 'manual')),
    multiple BIGINT CHECK (multiple > 0),
    reason TEXT COLLATE "C",
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, supersedes) REFERENCES aurex.rate (tenant_id, id)
);
CREATE INDEX rate_of_day ON aurex.rate (tenant_id, business_date, metal, fineness, kind, id);

CREATE TABLE aurex.party (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('customer', 'supplier', 'goldsmith')),
    name TEXT COLLATE "C" NOT NULL,
    phone TEXT COLLATE "C",
    email TEXT COLLATE "C",
    gstin TEXT COLLATE "C",
    pan BYTEA,
    state TEXT COLLATE "C" CHECK (length(state) = 2),
    address TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    identity BYTEA,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);
CREATE INDEX party_of_kind ON aurex.party (tenant_id, kind, id);

CREATE TABLE aurex.item (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    tag TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    huid TEXT COLLATE "C",
    metal TEXT COLLATE "C" NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness BIGINT NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    gross BIGINT NOT NULL CHECK (gross > 0),
    less BIGINT NOT NULL CHECK (less >= 0),
    stones BYTEA NOT NULL,
    making BYTEA,
    hsn TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    cost BIGINT NOT NULL CHECK (cost >= 0),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('in_stock', 'sold', 'written_off', 'withdrawn')),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);
CREATE UNIQUE INDEX item_tag ON aurex.item (tenant_id, tag) WHERE state <> 'withdrawn';
CREATE INDEX item_in_state ON aurex.item (tenant_id, state, id);
CREATE UNIQUE INDEX item_live_huid ON aurex.item (tenant_id, huid)
WHERE huid IS NOT NULL AND state NOT IN ('sold', 'written_off', 'withdrawn');

CREATE TABLE aurex.lot (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    metal TEXT COLLATE "C" NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness BIGINT NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    created_at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('stock', 'old_metal')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES aurex.directory (tenant_id)
);

CREATE TABLE aurex.stock_movement (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    entry UUID NOT NULL,
    item UUID,
    lot UUID,
    pieces BIGINT NOT NULL,
    mass BIGINT NOT NULL,
    fine BIGINT NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    cost BIGINT NOT NULL,
    effective DATE NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id),
    FOREIGN KEY (tenant_id, item) REFERENCES aurex.item (tenant_id, id),
    FOREIGN KEY (tenant_id, lot) REFERENCES aurex.lot (tenant_id, id),
    CHECK ((item IS NULL) <> (lot IS NULL))
);
CREATE INDEX stock_movement_of_entry ON aurex.stock_movement (tenant_id, entry, id);
CREATE INDEX stock_movement_of_item ON aurex.stock_movement (tenant_id, item, id) WHERE item IS NOT NULL;
CREATE INDEX stock_movement_of_lot ON aurex.stock_movement (tenant_id, lot, id) WHERE lot IS NOT NULL;

CREATE TABLE aurex.invoice (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('tax_invoice', 'bill_of_supply')),
    number TEXT COLLATE "C" NOT NULL,
    party UUID NOT NULL,
    business_date DATE NOT NULL,
    issued_at BIGINT NOT NULL,
    place_of_supply TEXT COLLATE "C" NOT NULL CHECK (length(place_of_supply) = 2),
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    taxable BIGINT NOT NULL CHECK (taxable >= 0),
    cgst BIGINT NOT NULL CHECK (cgst >= 0),
    sgst BIGINT NOT NULL CHECK (sgst >= 0),
    igst BIGINT NOT NULL CHECK (igst >= 0),
    total BIGINT NOT NULL CHECK (total >= 0),
    round_off BIGINT NOT NULL,
    payable BIGINT NOT NULL CHECK (payable >= 0),
    pricing_policy TEXT COLLATE "C" NOT NULL,
    entry UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('issued', 'partly_credited', 'credited', 'cancelled')),
    cancel_reason TEXT COLLATE "C",
    cancelled_at BIGINT,
    revision BIGINT NOT NULL CHECK (revision > 0),
    version BIGINT NOT NULL CHECK (version > 0),
    credited BIGINT NOT NULL CHECK (credited >= 0),
    debited BIGINT NOT NULL CHECK (debited >= 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id)
);
CREATE UNIQUE INDEX invoice_number ON aurex.invoice (tenant_id, number);
CREATE INDEX invoice_of_party ON aurex.invoice (tenant_id, party, id);

CREATE TABLE aurex.invoice_line (
    tenant_id UUID NOT NULL,
    invoice UUID NOT NULL,
    line BIGINT NOT NULL CHECK (line > 0),
    item UUID,
    lot UUID,
    description TEXT COLLATE "C" NOT NULL,
    metal TEXT COLLATE "C" NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    hsn TEXT COLLATE "C" NOT NULL,
    gross BIGINT NOT NULL CHECK (gross >= 0),
    less BIGINT NOT NULL CHECK (less >= 0),
    rate_id UUID,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    rate_amount BIGINT NOT NULL CHECK (rate_amount >= 0),
    rate_per BIGINT NOT NULL CHECK (rate_per > 0),
    fineness BIGINT NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    wastage BYTEA,
    making BYTEA,
    stones BYTEA NOT NULL,
    other_charges BYTEA NOT NULL,
    net BIGINT NOT NULL CHECK (net >= 0),
    wastage_mass BIGINT NOT NULL CHECK (wastage_mass >= 0),
    chargeable BIGINT NOT NULL CHECK (chargeable >= 0),
    fine BIGINT NOT NULL CHECK (fine >= 0),
    metal_value BIGINT NOT NULL CHECK (metal_value >= 0),
    wastage_value BIGINT NOT NULL CHECK (wastage_value >= 0),
    making_value BIGINT NOT NULL CHECK (making_value >= 0),
    stones_value BIGINT NOT NULL CHECK (stones_value >= 0),
    other_value BIGINT NOT NULL CHECK (other_value >= 0),
    gross_value BIGINT NOT NULL CHECK (gross_value >= 0),
    discount BIGINT NOT NULL CHECK (discount >= 0),
    bill_discount BIGINT NOT NULL CHECK (bill_discount >= 0),
    taxable BIGINT NOT NULL CHECK (taxable >= 0),
    tax_rate BIGINT NOT NULL CHECK (tax_rate >= 0),
    cgst BIGINT NOT NULL CHECK (cgst >= 0),
    sgst BIGINT NOT NULL CHECK (sgst >= 0),
    igst BIGINT NOT NULL CHECK (igst >= 0),
    huid TEXT COLLATE "C",
    lock BYTEA,
    PRIMARY KEY (tenant_id, invoice, line),
    FOREIGN KEY (tenant_id, invoice) REFERENCES aurex.invoice (tenant_id, id),
    FOREIGN KEY (tenant_id, item) REFERENCES aurex.item (tenant_id, id),
    FOREIGN KEY (tenant_id, lot) REFERENCES aurex.lot (tenant_id, id),
    FOREIGN KEY (tenant_id, rate_id) REFERENCES aurex.rate (tenant_id, id)
);

CREATE TABLE aurex.receipt (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    party UUID NOT NULL,
    mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('cash', 'cash_deposit', 'upi', 'card', 'bank', 'cheque_account_payee', 'cheque_other', 'old_metal', 'advance')),
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    amount BIGINT NOT NULL CHECK (amount > 0),
    reference TEXT COLLATE "C",
    business_date DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    entry UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('recorded', 'reversed')),
    reverse_reason TEXT COLLATE "C",
    reversed_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    old_metal UUID,
    advance UUID,
    occasion TEXT COLLATE "C",
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES aurex.journal_entry (tenant_id, id)
);
CREATE UNIQUE INDEX receipt_number ON aurex.receipt (tenant_id, number);
CREATE INDEX receipt_of_party ON aurex.receipt (tenant_id, party, id);
CREATE INDEX receipt_in_cash ON aurex.receipt (tenant_id, business_date) WHERE mode IN ('cash', 'cash_deposit', 'cheque_other');
CREATE INDEX receipt_of_occasion ON aurex.receipt (tenant_id, occasion) WHERE mode IN ('cash', 'cash_deposit', 'cheque_other');

CREATE TABLE aurex.settlement (
    tenant_id UUID NOT NULL,
    receipt UUID NOT NULL,
    line BIGINT NOT NULL CHECK (line > 0),
    invoice UUID NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    amount BIGINT NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (tenant_id, receipt, line),
    FOREIGN KEY (tenant_id, receipt) REFERENCES aurex.receipt (tenant_id, id),
    FOREIGN KEY (tenant_id, invoice) REFERENCES aurex.invoice (tenant_id, id)
);
CREATE INDEX settlement_of_invoice ON aurex.settlement (tenant_id, invoice);

-- Sums, kept in the transaction of what they sum and rebuilt from it.

CREATE TABLE aurex.balance (
    tenant_id UUID NOT NULL,
    account UUID NOT NULL,
    commodity TEXT COLLATE "C" NOT NULL,
    debit BIGINT NOT NULL CHECK (debit >= 0),
    credit BIGINT NOT NULL CHECK (credit >= 0),
    PRIMARY KEY (tenant_id, account),
    FOREIGN KEY (tenant_id, account) REFERENCES aurex.account (tenant_id, id)
);

CREATE TABLE aurex.lot_on_hand (
    tenant_id UUID NOT NULL,
    lot UUID NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    mass BIGINT NOT NULL CHECK (mass >= 0),
    fine BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, lot),
    FOREIGN KEY (tenant_id, lot) REFERENCES aurex.lot (tenant_id, id)
);

CREATE TABLE aurex.invoice_settled (
    tenant_id UUID NOT NULL,
    invoice UUID NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    amount BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, invoice),
    FOREIGN KEY (tenant_id, invoice) REFERENCES aurex.invoice (tenant_id, id)
);
