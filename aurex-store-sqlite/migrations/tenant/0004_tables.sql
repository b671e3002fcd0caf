-- One tenant's own file. The tenant id leads every key, so that a reference across tenants cannot be written and the
-- same statements serve a store that shards by it; here it can have one value only, and the guards below see to that.

CREATE TABLE tenant (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tenant_is_one BEFORE INSERT ON tenant
WHEN EXISTS (SELECT 1 FROM tenant)
BEGIN
    SELECT RAISE(ABORT, 'the file belongs to one tenant');
END;
CREATE TRIGGER tenant_stays BEFORE UPDATE ON tenant
BEGIN
    SELECT RAISE(ABORT, 'the file belongs to one tenant');
END;
CREATE TRIGGER tenant_is_kept BEFORE DELETE ON tenant
BEGIN
    SELECT RAISE(ABORT, 'the file belongs to one tenant');
END;

-- The head of the log, and with it the flag that opens the tables: `applying` is 1 only inside the statement, or the
-- stretch of one transaction, that appends an entry: it is never set without the log growing. No other connection ever sees it set. Because the head's tenant is
-- the file's, one look at this row answers both questions of every guard: whose row, and by what right.
CREATE TABLE head (
    tenant_id BLOB NOT NULL,
    frontier BLOB NOT NULL,
    last_at INTEGER NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch > 0),
    observed INTEGER NOT NULL CHECK (observed >= 0),
    applying INTEGER NOT NULL DEFAULT 0 CHECK (applying IN (0, 1)),
    PRIMARY KEY (tenant_id),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER head_stays BEFORE UPDATE ON head
WHEN NEW.tenant_id <> OLD.tenant_id OR NEW.last_at < OLD.last_at OR NEW.epoch < OLD.epoch
    OR NEW.observed < OLD.observed OR (NEW.frontier <> OLD.frontier AND NEW.applying <> 1)
    OR (NEW.applying > OLD.applying AND NEW.frontier = OLD.frontier)
BEGIN
    SELECT RAISE(ABORT, 'head never goes back');
END;
CREATE TRIGGER head_is_one BEFORE INSERT ON head
WHEN EXISTS (SELECT 1 FROM head)
BEGIN
    SELECT RAISE(ABORT, 'head is one row');
END;
CREATE TRIGGER head_is_kept BEFORE DELETE ON head
BEGIN
    SELECT RAISE(ABORT, 'head is one row');
END;

-- The log. `at`, `actor_id`, `action`, `subject_id` and `outcome` repeat what the bytes say, for searching.
CREATE TABLE audit_entry (
    tenant_id BLOB NOT NULL,
    seq INTEGER NOT NULL CHECK (seq >= 0),
    bytes BLOB NOT NULL,
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    at INTEGER NOT NULL,
    actor_id TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'seen')),
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;
-- Each search of the log has an index that ends in the entry's place, so that a page is a seek. By time there is none:
-- an entry is never earlier than the one before it, so that the place of an instant is found in the key itself. Nearly
-- everything is done: only what was not is looked for by its outcome. What is asked of each entry on the way stands in the
-- index behind the place, so that conditions that hardly ever meet are looked through without fetching an entry.
CREATE INDEX audit_entry_of_subject ON audit_entry (tenant_id, subject_id, seq);
CREATE INDEX audit_entry_of_actor ON audit_entry (tenant_id, actor_id, seq, action, outcome);
CREATE INDEX audit_entry_of_action ON audit_entry (tenant_id, action, seq, outcome);
CREATE INDEX audit_entry_not_done ON audit_entry (tenant_id, outcome, seq) WHERE outcome <> 'done';

-- What opens an entry's commitments. Erasure empties salt and content together, and nothing else changes ever.
CREATE TABLE audit_opening (
    tenant_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    slot INTEGER NOT NULL CHECK (slot >= 0),
    name TEXT NOT NULL,
    salt BLOB CHECK (salt IS NULL OR length(salt) = 32),
    content BLOB,
    PRIMARY KEY (tenant_id, seq, slot),
    FOREIGN KEY (tenant_id, seq) REFERENCES audit_entry (tenant_id, seq),
    CHECK ((salt IS NULL) = (content IS NULL))
) STRICT, WITHOUT ROWID;

-- Kept in the transaction of the change; swept after 72 hours, which is why it may be deleted from.
CREATE TABLE idempotency_key (
    tenant_id BLOB NOT NULL,
    holder BLOB NOT NULL CHECK (length(holder) = 16),
    action TEXT NOT NULL,
    key TEXT NOT NULL,
    fields BLOB NOT NULL,
    resource TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, holder, action, key),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;


-- The tables of facts: columns as the records declare them. Money is minor units with its currency once a row, nested
-- values are in the log's binary form, dates are ISO text, times are microseconds.

CREATE TABLE workspace (
    tenant_id BLOB NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    zone TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    magic_links INTEGER NOT NULL CHECK (magic_links IN (0, 1)),
    second_factor_for BLOB NOT NULL,
    access_rules BLOB NOT NULL,
    contacts BLOB NOT NULL,
    ends_at INTEGER,
    plan TEXT NOT NULL CHECK (plan IN ('trial', 'active', 'past_due', 'read_only', 'closed')),
    billing BLOB,
    books_locked_through TEXT CHECK (length(books_locked_through) = 10),
    payee BLOB,
    PRIMARY KEY (tenant_id, slug),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE custom_role (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL,
    base TEXT NOT NULL CHECK (base IN ('owner', 'admin', 'manager', 'cashier', 'accountant', 'auditor')),
    withheld BLOB NOT NULL,
    caps BLOB NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'cashier', 'accountant', 'auditor')),
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    custom_role BLOB CHECK (length(custom_role) = 16),
    leaves_at INTEGER,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
    FOREIGN KEY (tenant_id, custom_role) REFERENCES custom_role (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX member_email ON member (tenant_id, email);

CREATE TABLE credential (
    tenant_id BLOB NOT NULL,
    member BLOB NOT NULL CHECK (length(member) = 16),
    hash TEXT NOT NULL,
    one_time INTEGER NOT NULL CHECK (one_time IN (0, 1)),
    set_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, member),
    FOREIGN KEY (tenant_id, member) REFERENCES member (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE second_factor (
    tenant_id BLOB NOT NULL,
    member BLOB NOT NULL CHECK (length(member) = 16),
    seed BLOB,
    added_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    last_step INTEGER,
    recovery BLOB NOT NULL,
    removed_at INTEGER,
    PRIMARY KEY (tenant_id, member),
    FOREIGN KEY (tenant_id, member) REFERENCES member (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pin (
    tenant_id BLOB NOT NULL,
    member BLOB NOT NULL CHECK (length(member) = 16),
    hash TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    removed_at INTEGER,
    PRIMARY KEY (tenant_id, member),
    FOREIGN KEY (tenant_id, member) REFERENCES member (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE till (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    enrolled_by BLOB NOT NULL CHECK (length(enrolled_by) = 16),
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, enrolled_by) REFERENCES member (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX till_token ON till (tenant_id, token_hash);

CREATE TABLE session (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    member BLOB NOT NULL CHECK (length(member) = 16),
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    opened_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    idle_seconds INTEGER NOT NULL CHECK (idle_seconds >= 0),
    one_time INTEGER NOT NULL CHECK (one_time IN (0, 1)),
    closed_at INTEGER,
    assurance TEXT NOT NULL CHECK (assurance IN ('one_time_secret', 'pin', 'link', 'password', 'second_factor')),
    proved_at INTEGER NOT NULL,
    address TEXT,
    agent TEXT,
    till BLOB CHECK (length(till) = 16),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member) REFERENCES member (tenant_id, id),
    FOREIGN KEY (tenant_id, till) REFERENCES till (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX session_token ON session (tenant_id, token_hash);
CREATE INDEX session_open_of_member ON session (tenant_id, member, id) WHERE closed_at IS NULL;
CREATE INDEX session_open_on_till ON session (tenant_id, till, id)
WHERE closed_at IS NULL AND till IS NOT NULL;

CREATE TABLE api_token (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    member BLOB NOT NULL CHECK (length(member) = 16),
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    permissions BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    prefix TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member) REFERENCES member (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_token_token ON api_token (tenant_id, token_hash);

CREATE TABLE link (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    member BLOB NOT NULL CHECK (length(member) = 16),
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset', 'sign_in')),
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    code_hash TEXT,
    browser BLOB CHECK (length(browser) = 32),
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member) REFERENCES member (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX link_token ON link (tenant_id, token_hash);
CREATE INDEX link_open_of_member ON link (tenant_id, member, id) WHERE used_at IS NULL;

CREATE TABLE approval (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    command TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    asked_by BLOB NOT NULL CHECK (length(asked_by) = 16),
    session BLOB NOT NULL CHECK (length(session) = 16),
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused', 'withdrawn')),
    decided_by BLOB CHECK (length(decided_by) = 16),
    decided_at INTEGER,
    reason TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, asked_by) REFERENCES member (tenant_id, id),
    FOREIGN KEY (tenant_id, session) REFERENCES session (tenant_id, id),
    FOREIGN KEY (tenant_id, decided_by) REFERENCES member (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX approval_of_state ON approval (tenant_id, state, id);

CREATE TABLE mail (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    member BLOB CHECK (length(member) = 16),
    recipient TEXT,
    content BLOB NOT NULL,
    queued_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member) REFERENCES member (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('asset', 'liability', 'income', 'expense', 'equity')),
    commodity TEXT NOT NULL,
    purpose TEXT NOT NULL,
    party BLOB CHECK (party IS NULL OR length(party) = 16),
    state TEXT NOT NULL CHECK (state IN ('open', 'locked', 'closed')),
    opened_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_code ON account (tenant_id, code);
CREATE INDEX account_of_party ON account (tenant_id, party, id);

CREATE TABLE journal_entry (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    effective TEXT NOT NULL CHECK (length(effective) = 10),
    recorded_at INTEGER NOT NULL,
    source_kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    narration TEXT NOT NULL,
    reverses BLOB CHECK (reverses IS NULL OR length(reverses) = 16),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, reverses) REFERENCES journal_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX journal_entry_reversed_once ON journal_entry (tenant_id, reverses) WHERE reverses IS NOT NULL;

CREATE TABLE posting (
    tenant_id BLOB NOT NULL,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    line INTEGER NOT NULL CHECK (line > 0),
    account BLOB NOT NULL CHECK (length(account) = 16),
    commodity TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    effective TEXT NOT NULL CHECK (length(effective) = 10),
    PRIMARY KEY (tenant_id, entry, line),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id),
    FOREIGN KEY (tenant_id, account) REFERENCES account (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX posting_of_account ON posting (tenant_id, account, effective, entry, line);

CREATE TABLE series (
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'receipt', 'credit_note', 'debit_note', 'refund', 'old_metal_purchase', 'purchase', 'goldsmith_issue', 'goldsmith_receipt', 'stock_voucher', 'payment', 'receipt_voucher', 'booking', 'journal')),
    prefix TEXT NOT NULL,
    year INTEGER NOT NULL,
    next INTEGER NOT NULL CHECK (next > 0),
    last_date TEXT NOT NULL CHECK (length(last_date) = 10),
    PRIMARY KEY (tenant_id, kind, prefix, year),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;

-- The shop's own tables.

CREATE TABLE business (
    tenant_id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (length(state) = 2),
    legal_name TEXT,
    address TEXT,
    gstin TEXT,
    scheme TEXT NOT NULL CHECK (scheme IN ('regular', 'composition', 'unregistered')),
    version INTEGER NOT NULL CHECK (version > 0),
    rate_move INTEGER NOT NULL CHECK (rate_move BETWEEN 0 AND 1000000),
    PRIMARY KEY (tenant_id),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rate (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    metal TEXT NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness INTEGER NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    kind TEXT NOT NULL CHECK (kind IN ('sell', 'buy', 'exchange')),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INTEGER NOT NULL CHECK (amount > 0),
    per INTEGER NOT NULL CHECK (per > 0),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    effective_from INTEGER NOT NULL,
    supersedes BLOB CHECK (supersedes IS NULL OR length(supersedes) = 16),
    basis TEXT NOT NULL CHECK (basis IN ('millesimal', 'karat', 'manual')),
    multiple INTEGER CHECK (multiple > 0),
    reason TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, supersedes) REFERENCES rate (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rate_of_day ON rate (tenant_id, business_date, metal, fineness, kind, id);

CREATE TABLE party (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'supplier', 'goldsmith')),
    name TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    gstin TEXT,
    pan BLOB,
    state TEXT CHECK (state IS NULL OR length(state) = 2),
    address TEXT,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    identity BLOB,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX party_of_kind ON party (tenant_id, kind, id);

CREATE TABLE item (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    tag TEXT NOT NULL,
    description TEXT NOT NULL,
    huid TEXT,
    metal TEXT NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness INTEGER NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    gross INTEGER NOT NULL CHECK (gross > 0),
    less INTEGER NOT NULL CHECK (less >= 0),
    stones BLOB NOT NULL,
    making BLOB,
    hsn TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    cost INTEGER NOT NULL CHECK (cost >= 0),
    state TEXT NOT NULL CHECK (state IN ('in_stock', 'sold', 'written_off', 'withdrawn')),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX item_tag ON item (tenant_id, tag) WHERE state <> 'withdrawn';
CREATE INDEX item_in_state ON item (tenant_id, state, id);
CREATE UNIQUE INDEX item_live_huid ON item (tenant_id, huid)
WHERE huid IS NOT NULL AND state NOT IN ('sold', 'written_off', 'withdrawn');

CREATE TABLE lot (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    description TEXT NOT NULL,
    metal TEXT NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    fineness INTEGER NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    created_at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('stock', 'old_metal')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_movement (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    item BLOB CHECK (item IS NULL OR length(item) = 16),
    lot BLOB CHECK (lot IS NULL OR length(lot) = 16),
    pieces INTEGER NOT NULL,
    mass INTEGER NOT NULL,
    fine INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    cost INTEGER NOT NULL,
    effective TEXT NOT NULL CHECK (length(effective) = 10),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id),
    FOREIGN KEY (tenant_id, item) REFERENCES item (tenant_id, id),
    FOREIGN KEY (tenant_id, lot) REFERENCES lot (tenant_id, id),
    CHECK ((item IS NULL) <> (lot IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_movement_of_entry ON stock_movement (tenant_id, entry, id);
CREATE INDEX stock_movement_of_item ON stock_movement (tenant_id, item, id) WHERE item IS NOT NULL;
CREATE INDEX stock_movement_of_lot ON stock_movement (tenant_id, lot, id) WHERE lot IS NOT NULL;

CREATE TABLE invoice (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('tax_invoice', 'bill_of_supply')),
    number TEXT NOT NULL,
    party BLOB NOT NULL CHECK (length(party) = 16),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    issued_at INTEGER NOT NULL,
    place_of_supply TEXT NOT NULL CHECK (length(place_of_supply) = 2),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    taxable INTEGER NOT NULL CHECK (taxable >= 0),
    cgst INTEGER NOT NULL CHECK (cgst >= 0),
    sgst INTEGER NOT NULL CHECK (sgst >= 0),
    igst INTEGER NOT NULL CHECK (igst >= 0),
    total INTEGER NOT NULL CHECK (total >= 0),
    round_off INTEGER NOT NULL,
    payable INTEGER NOT NULL CHECK (payable >= 0),
    pricing_policy TEXT NOT NULL,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    state TEXT NOT NULL CHECK (state IN ('issued', 'partly_credited', 'credited', 'cancelled')),
    cancel_reason TEXT,
    cancelled_at INTEGER,
    revision INTEGER NOT NULL CHECK (revision > 0),
    version INTEGER NOT NULL CHECK (version > 0),
    credited INTEGER NOT NULL CHECK (credited >= 0),
    debited INTEGER NOT NULL CHECK (debited >= 0),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invoice_number ON invoice (tenant_id, number);
CREATE INDEX invoice_of_party ON invoice (tenant_id, party, id);

CREATE TABLE invoice_line (
    tenant_id BLOB NOT NULL,
    invoice BLOB NOT NULL CHECK (length(invoice) = 16),
    line INTEGER NOT NULL CHECK (line > 0),
    item BLOB CHECK (item IS NULL OR length(item) = 16),
    lot BLOB CHECK (lot IS NULL OR length(lot) = 16),
    description TEXT NOT NULL,
    metal TEXT NOT NULL CHECK (metal IN ('gold', 'silver', 'platinum')),
    hsn TEXT NOT NULL,
    gross INTEGER NOT NULL CHECK (gross >= 0),
    less INTEGER NOT NULL CHECK (less >= 0),
    rate_id BLOB CHECK (rate_id IS NULL OR length(rate_id) = 16),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    rate_amount INTEGER NOT NULL CHECK (rate_amount >= 0),
    rate_per INTEGER NOT NULL CHECK (rate_per > 0),
    fineness INTEGER NOT NULL CHECK (fineness BETWEEN 1 AND 1000000),
    wastage BLOB,
    making BLOB,
    stones BLOB NOT NULL,
    other_charges BLOB NOT NULL,
    net INTEGER NOT NULL CHECK (net >= 0),
    wastage_mass INTEGER NOT NULL CHECK (wastage_mass >= 0),
    chargeable INTEGER NOT NULL CHECK (chargeable >= 0),
    fine INTEGER NOT NULL CHECK (fine >= 0),
    metal_value INTEGER NOT NULL CHECK (metal_value >= 0),
    wastage_value INTEGER NOT NULL CHECK (wastage_value >= 0),
    making_value INTEGER NOT NULL CHECK (making_value >= 0),
    stones_value INTEGER NOT NULL CHECK (stones_value >= 0),
    other_value INTEGER NOT NULL CHECK (other_value >= 0),
    gross_value INTEGER NOT NULL CHECK (gross_value >= 0),
    discount INTEGER NOT NULL CHECK (discount >= 0),
    bill_discount INTEGER NOT NULL CHECK (bill_discount >= 0),
    taxable INTEGER NOT NULL CHECK (taxable >= 0),
    tax_rate INTEGER NOT NULL CHECK (tax_rate >= 0),
    cgst INTEGER NOT NULL CHECK (cgst >= 0),
    sgst INTEGER NOT NULL CHECK (sgst >= 0),
    igst INTEGER NOT NULL CHECK (igst >= 0),
    huid TEXT,
    lock BLOB,
    PRIMARY KEY (tenant_id, invoice, line),
    FOREIGN KEY (tenant_id, invoice) REFERENCES invoice (tenant_id, id),
    FOREIGN KEY (tenant_id, item) REFERENCES item (tenant_id, id),
    FOREIGN KEY (tenant_id, lot) REFERENCES lot (tenant_id, id),
    FOREIGN KEY (tenant_id, rate_id) REFERENCES rate (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    number TEXT NOT NULL,
    party BLOB NOT NULL CHECK (length(party) = 16),
    mode TEXT NOT NULL CHECK (mode IN ('cash', 'cash_deposit', 'upi', 'card', 'bank', 'cheque_account_payee', 'cheque_other', 'old_metal', 'advance')),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INTEGER NOT NULL CHECK (amount > 0),
    reference TEXT,
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    recorded_at INTEGER NOT NULL,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    state TEXT NOT NULL CHECK (state IN ('recorded', 'reversed')),
    reverse_reason TEXT,
    reversed_at INTEGER,
    version INTEGER NOT NULL CHECK (version > 0),
    old_metal BLOB CHECK (old_metal IS NULL OR length(old_metal) = 16),
    advance BLOB CHECK (advance IS NULL OR length(advance) = 16),
    occasion TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id),
    FOREIGN KEY (tenant_id, entry) REFERENCES journal_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX receipt_number ON receipt (tenant_id, number);
CREATE INDEX receipt_of_party ON receipt (tenant_id, party, id);
CREATE INDEX receipt_in_cash ON receipt (tenant_id, business_date) WHERE mode IN ('cash', 'cash_deposit', 'cheque_other');
CREATE INDEX receipt_of_occasion ON receipt (tenant_id, occasion) WHERE mode IN ('cash', 'cash_deposit', 'cheque_other');

CREATE TABLE settlement (
    tenant_id BLOB NOT NULL,
    receipt BLOB NOT NULL CHECK (length(receipt) = 16),
    line INTEGER NOT NULL CHECK (line > 0),
    invoice BLOB NOT NULL CHECK (length(invoice) = 16),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (tenant_id, receipt, line),
    FOREIGN KEY (tenant_id, receipt) REFERENCES receipt (tenant_id, id),
    FOREIGN KEY (tenant_id, invoice) REFERENCES invoice (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX settlement_of_invoice ON settlement (tenant_id, invoice);

-- Sums, kept in the transaction of what they sum and rebuilt from it.

CREATE TABLE balance (
    tenant_id BLOB NOT NULL,
    account BLOB NOT NULL CHECK (length(account) = 16),
    commodity TEXT NOT NULL,
    debit INTEGER NOT NULL CHECK (debit >= 0),
    credit INTEGER NOT NULL CHECK (credit >= 0),
    PRIMARY KEY (tenant_id, account),
    FOREIGN KEY (tenant_id, account) REFERENCES account (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE lot_on_hand (
    tenant_id BLOB NOT NULL,
    lot BLOB NOT NULL CHECK (length(lot) = 16),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    mass INTEGER NOT NULL CHECK (mass >= 0),
    fine INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, lot),
    FOREIGN KEY (tenant_id, lot) REFERENCES lot (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE invoice_settled (
    tenant_id BLOB NOT NULL,
    invoice BLOB NOT NULL CHECK (length(invoice) = 16),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, invoice),
    FOREIGN KEY (tenant_id, invoice) REFERENCES invoice (tenant_id, id)
) STRICT, WITHOUT ROWID;
