-- One sealed change, as one message to SQLite: the log's entry, then every table in the order of its references, then
-- the kept sums. Each table's rows come as one JSON array of objects, named as the columns; bytes are hexadecimal.
-- Parameters are anonymous, in the order in which they stand here, because a message of many statements has one list.
-- Every statement but the first two and the last begins with `put`, its rows; its other parameters are the tenant. It is
-- sent where there are rows.

UPDATE head SET frontier = ?, last_at = ?, epoch = ?, observed = ?, applying = 1 WHERE tenant_id = ?;

INSERT INTO audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO audit_opening (tenant_id, seq, slot, name, salt, content)
SELECT ?, fact ->> 'seq', fact ->> 'slot', fact ->> 'name', unhex(fact ->> 'salt'), unhex(fact ->> 'content')
FROM put;

-- A key that has had its 72 hours makes room; one that has not refuses the change.
WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
DELETE FROM idempotency_key
WHERE tenant_id = ? AND at <= (SELECT fact ->> 'dead' FROM put)
    AND (holder, action, key) IN (SELECT unhex(fact ->> 'holder'), fact ->> 'action', fact ->> 'key' FROM put);

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO idempotency_key (tenant_id, holder, action, key, fields, resource, at)
SELECT ?, unhex(fact ->> 'holder'), fact ->> 'action', fact ->> 'key', unhex(fact ->> 'fields'),
    fact ->> 'resource', fact ->> 'at'
FROM put;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO workspace (
    tenant_id, slug, name, currency, zone, created_at, version,
    magic_links, second_factor_for, access_rules, contacts, ends_at, plan, billing,
    books_locked_through, payee
)
SELECT
    ?, fact ->> 'slug', fact ->> 'name', fact ->> 'currency', fact ->> 'zone', fact ->> 'created_at',
    fact ->> 'version',
    fact ->> 'magic_links', unhex(fact ->> 'second_factor_for'),
    unhex(fact ->> 'access_rules'), unhex(fact ->> 'contacts'), fact ->> 'ends_at',
    fact ->> 'plan', unhex(fact ->> 'billing'), fact ->> 'books_locked_through',
    unhex(fact ->> 'payee')
FROM put
WHERE true
ON CONFLICT (tenant_id, slug) DO UPDATE SET
    name = excluded.name, currency = excluded.currency, zone = excluded.zone, created_at = excluded.created_at,
    version = excluded.version,
    magic_links = excluded.magic_links, second_factor_for = excluded.second_factor_for,
    access_rules = excluded.access_rules, contacts = excluded.contacts,
    ends_at = excluded.ends_at,
    plan = excluded.plan, billing = excluded.billing,
    books_locked_through = excluded.books_locked_through, payee = excluded.payee;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO custom_role (
    tenant_id, id, name, base, withheld, caps, retired, created_at, version
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'name', fact ->> 'base', unhex(fact ->> 'withheld'),
    unhex(fact ->> 'caps'), fact ->> 'retired', fact ->> 'created_at', fact ->> 'version'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    name = excluded.name, base = excluded.base, withheld = excluded.withheld, caps = excluded.caps,
    retired = excluded.retired, created_at = excluded.created_at, version = excluded.version;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO member (
    tenant_id, id, name, email, role, disabled, created_at, version,
    custom_role, leaves_at
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'name', fact ->> 'email', fact ->> 'role', fact ->> 'disabled',
    fact ->> 'created_at', fact ->> 'version',
    unhex(fact ->> 'custom_role'), fact ->> 'leaves_at'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    name = excluded.name, email = excluded.email, role = excluded.role, disabled = excluded.disabled,
    created_at = excluded.created_at, version = excluded.version,
    custom_role = excluded.custom_role, leaves_at = excluded.leaves_at;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO credential (
    tenant_id, member, hash, one_time, set_at
)
SELECT
    ?, unhex(fact ->> 'member'), fact ->> 'hash', fact ->> 'one_time', fact ->> 'set_at'
FROM put
WHERE true
ON CONFLICT (tenant_id, member) DO UPDATE SET
    hash = excluded.hash, one_time = excluded.one_time, set_at = excluded.set_at;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO second_factor (
    tenant_id, member, seed, added_at, confirmed_at, last_step, recovery, removed_at
)
SELECT
    ?, unhex(fact ->> 'member'), unhex(fact ->> 'seed'), fact ->> 'added_at', fact ->> 'confirmed_at',
    fact ->> 'last_step', unhex(fact ->> 'recovery'), fact ->> 'removed_at'
FROM put
WHERE true
ON CONFLICT (tenant_id, member) DO UPDATE SET
    seed = excluded.seed, added_at = excluded.added_at, confirmed_at = excluded.confirmed_at,
    last_step = excluded.last_step, recovery = excluded.recovery, removed_at = excluded.removed_at;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO pin (
    tenant_id, member, hash, set_at, removed_at
)
SELECT
    ?, unhex(fact ->> 'member'), fact ->> 'hash', fact ->> 'set_at', fact ->> 'removed_at'
FROM put
WHERE true
ON CONFLICT (tenant_id, member) DO UPDATE SET
    hash = excluded.hash, set_at = excluded.set_at, removed_at = excluded.removed_at;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO till (
    tenant_id, id, name, token_hash, enrolled_by, enrolled_at, revoked_at
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'name', unhex(fact ->> 'token_hash'), unhex(fact ->> 'enrolled_by'),
    fact ->> 'enrolled_at', fact ->> 'revoked_at'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    name = excluded.name, token_hash = excluded.token_hash, enrolled_by = excluded.enrolled_by,
    enrolled_at = excluded.enrolled_at, revoked_at = excluded.revoked_at;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO session (
    tenant_id, id, member, token_hash, opened_at, expires_at, idle_seconds, one_time, closed_at,
    assurance, proved_at, address, agent, till
)
SELECT
    ?, unhex(fact ->> 'id'), unhex(fact ->> 'member'), unhex(fact ->> 'token_hash'), fact ->> 'opened_at',
    fact ->> 'expires_at', fact ->> 'idle_seconds', fact ->> 'one_time', fact ->> 'closed_at',
    fact ->> 'assurance', fact ->> 'proved_at', fact ->> 'address', fact ->> 'agent', unhex(fact ->> 'till')
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    member = excluded.member, token_hash = excluded.token_hash, opened_at = excluded.opened_at,
    expires_at = excluded.expires_at, idle_seconds = excluded.idle_seconds, one_time = excluded.one_time,
    closed_at = excluded.closed_at,
    assurance = excluded.assurance, proved_at = excluded.proved_at, address = excluded.address, agent = excluded.agent, till = excluded.till;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO api_token (
    tenant_id, id, member, name, token_hash, permissions, created_at, expires_at, revoked_at, prefix
)
SELECT
    ?, unhex(fact ->> 'id'), unhex(fact ->> 'member'), fact ->> 'name', unhex(fact ->> 'token_hash'),
    unhex(fact ->> 'permissions'), fact ->> 'created_at', fact ->> 'expires_at', fact ->> 'revoked_at',
    fact ->> 'prefix'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    member = excluded.member, name = excluded.name, token_hash = excluded.token_hash,
    permissions = excluded.permissions, created_at = excluded.created_at, expires_at = excluded.expires_at,
    revoked_at = excluded.revoked_at, prefix = excluded.prefix;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO link (
    tenant_id, id, member, purpose, token_hash, code_hash, browser, made_at, expires_at, used_at
)
SELECT
    ?, unhex(fact ->> 'id'), unhex(fact ->> 'member'), fact ->> 'purpose', unhex(fact ->> 'token_hash'),
    fact ->> 'code_hash', unhex(fact ->> 'browser'), fact ->> 'made_at', fact ->> 'expires_at',
    fact ->> 'used_at'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    member = excluded.member, purpose = excluded.purpose, token_hash = excluded.token_hash,
    code_hash = excluded.code_hash, browser = excluded.browser, made_at = excluded.made_at,
    expires_at = excluded.expires_at, used_at = excluded.used_at;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO approval (
    tenant_id, id, action, subject, command, digest, asked_by, session, asked_at, expires_at, state, decided_by,
    decided_at, reason
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'action', fact ->> 'subject', fact ->> 'command',
    unhex(fact ->> 'digest'), unhex(fact ->> 'asked_by'), unhex(fact ->> 'session'), fact ->> 'asked_at',
    fact ->> 'expires_at', fact ->> 'state', unhex(fact ->> 'decided_by'), fact ->> 'decided_at',
    fact ->> 'reason'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    action = excluded.action, subject = excluded.subject, command = excluded.command, digest = excluded.digest,
    asked_by = excluded.asked_by, session = excluded.session, asked_at = excluded.asked_at,
    expires_at = excluded.expires_at, state = excluded.state, decided_by = excluded.decided_by,
    decided_at = excluded.decided_at, reason = excluded.reason;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO mail (
    tenant_id, id, kind, member, recipient, content, queued_at
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'kind', unhex(fact ->> 'member'), fact ->> 'recipient',
    unhex(fact ->> 'content'), fact ->> 'queued_at'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    kind = excluded.kind, member = excluded.member, recipient = excluded.recipient, content = excluded.content,
    queued_at = excluded.queued_at;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO business (
    tenant_id, state, legal_name, address, gstin, scheme, version, rate_move
)
SELECT
    ?, fact ->> 'state', fact ->> 'legal_name', fact ->> 'address', fact ->> 'gstin', fact ->> 'scheme',
    fact ->> 'version', fact ->> 'rate_move'
FROM put
WHERE true
ON CONFLICT (tenant_id) DO UPDATE SET
    state = excluded.state, legal_name = excluded.legal_name, address = excluded.address,
    gstin = excluded.gstin, scheme = excluded.scheme, version = excluded.version,
    rate_move = excluded.rate_move;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO rate (
    tenant_id, id, metal, fineness, kind, currency, amount, per, business_date, effective_from, supersedes,
    basis, multiple, reason
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'metal', fact ->> 'fineness', fact ->> 'kind', fact ->> 'currency',
    fact ->> 'amount', fact ->> 'per', fact ->> 'business_date', fact ->> 'effective_from',
    unhex(fact ->> 'supersedes'), fact ->> 'basis', fact ->> 'multiple', fact ->> 'reason'
FROM put;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO party (
    tenant_id, id, kind, name, phone, email, gstin, pan, state, address, created_at, version, identity
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'kind', fact ->> 'name', fact ->> 'phone', fact ->> 'email',
    fact ->> 'gstin', unhex(fact ->> 'pan'), fact ->> 'state', fact ->> 'address', fact ->> 'created_at',
    fact ->> 'version', unhex(fact ->> 'identity')
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    kind = excluded.kind, name = excluded.name, phone = excluded.phone, email = excluded.email,
    gstin = excluded.gstin, pan = excluded.pan, state = excluded.state, address = excluded.address,
    created_at = excluded.created_at, version = excluded.version, identity = excluded.identity;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO account (
    tenant_id, id, code, name, class, commodity, purpose, party, state, opened_at
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'code', fact ->> 'name', fact ->> 'class', fact ->> 'commodity',
    fact ->> 'purpose', unhex(fact ->> 'party'), fact ->> 'state', fact ->> 'opened_at'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    code = excluded.code, name = excluded.name, class = excluded.class, commodity = excluded.commodity,
    purpose = excluded.purpose, party = excluded.party, state = excluded.state, opened_at = excluded.opened_at;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO journal_entry (
    tenant_id, id, effective, recorded_at, source_kind, source_id, narration, reverses
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'effective', fact ->> 'recorded_at', fact ->> 'source_kind',
    fact ->> 'source_id', fact ->> 'narration', unhex(fact ->> 'reverses')
FROM put;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO posting (
    tenant_id, entry, line, account, commodity, amount, effective
)
SELECT
    ?, unhex(fact ->> 'entry'), fact ->> 'line', unhex(fact ->> 'account'), fact ->> 'commodity',
    fact ->> 'amount', fact ->> 'effective'
FROM put;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO series (
    tenant_id, kind, prefix, year, next, last_date
)
SELECT
    ?, fact ->> 'kind', fact ->> 'prefix', fact ->> 'year', fact ->> 'next', fact ->> 'last_date'
FROM put
WHERE true
ON CONFLICT (tenant_id, kind, prefix, year) DO UPDATE SET
    next = excluded.next, last_date = excluded.last_date;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO item (
    tenant_id, id, tag, description, huid, metal, fineness, gross, less, stones, making, hsn, currency, cost,
    state, created_at, version
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'tag', fact ->> 'description', fact ->> 'huid', fact ->> 'metal',
    fact ->> 'fineness', fact ->> 'gross', fact ->> 'less', unhex(fact ->> 'stones'), unhex(fact ->> 'making'),
    fact ->> 'hsn', fact ->> 'currency', fact ->> 'cost', fact ->> 'state', fact ->> 'created_at',
    fact ->> 'version'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    tag = excluded.tag, description = excluded.description, huid = excluded.huid, metal = excluded.metal,
    fineness = excluded.fineness, gross = excluded.gross, less = excluded.less, stones = excluded.stones,
    making = excluded.making, hsn = excluded.hsn, currency = excluded.currency, cost = excluded.cost,
    state = excluded.state, created_at = excluded.created_at, version = excluded.version;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO lot (
    tenant_id, id, description, metal, fineness, created_at, kind
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'description', fact ->> 'metal', fact ->> 'fineness',
    fact ->> 'created_at', fact ->> 'kind'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    description = excluded.description, metal = excluded.metal, fineness = excluded.fineness,
    created_at = excluded.created_at, kind = excluded.kind;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO stock_movement (
    tenant_id, id, entry, item, lot, pieces, mass, fine, currency, cost, effective
)
SELECT
    ?, unhex(fact ->> 'id'), unhex(fact ->> 'entry'), unhex(fact ->> 'item'), unhex(fact ->> 'lot'),
    fact ->> 'pieces', fact ->> 'mass', fact ->> 'fine', fact ->> 'currency', fact ->> 'cost',
    fact ->> 'effective'
FROM put;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO invoice (
    tenant_id, id, kind, number, party, business_date, issued_at, place_of_supply, currency, taxable, cgst,
    sgst, igst, total, round_off, payable, pricing_policy, entry, state, cancel_reason, cancelled_at, revision,
    version, credited, debited
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'kind', fact ->> 'number', unhex(fact ->> 'party'),
    fact ->> 'business_date', fact ->> 'issued_at', fact ->> 'place_of_supply', fact ->> 'currency',
    fact ->> 'taxable', fact ->> 'cgst', fact ->> 'sgst', fact ->> 'igst', fact ->> 'total',
    fact ->> 'round_off', fact ->> 'payable', fact ->> 'pricing_policy', unhex(fact ->> 'entry'),
    fact ->> 'state', fact ->> 'cancel_reason', fact ->> 'cancelled_at', fact ->> 'revision',
    fact ->> 'version', fact ->> 'credited', fact ->> 'debited'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    kind = excluded.kind, number = excluded.number, party = excluded.party,
    business_date = excluded.business_date, issued_at = excluded.issued_at,
    place_of_supply = excluded.place_of_supply, currency = excluded.currency, taxable = excluded.taxable,
    cgst = excluded.cgst, sgst = excluded.sgst, igst = excluded.igst, total = excluded.total,
    round_off = excluded.round_off, payable = excluded.payable, pricing_policy = excluded.pricing_policy,
    entry = excluded.entry, state = excluded.state, cancel_reason = excluded.cancel_reason,
    cancelled_at = excluded.cancelled_at, revision = excluded.revision, version = excluded.version,
    credited = excluded.credited, debited = excluded.debited;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO invoice_line (
    tenant_id, invoice, line, item, lot, description, metal, hsn, gross, less, rate_id, currency, rate_amount,
    rate_per, fineness, wastage, making, stones, other_charges, net, wastage_mass, chargeable, fine,
    metal_value, wastage_value, making_value, stones_value, other_value, gross_value, discount, bill_discount,
    taxable, tax_rate, cgst, sgst, igst, huid, lock
)
SELECT
    ?, unhex(fact ->> 'invoice'), fact ->> 'line', unhex(fact ->> 'item'), unhex(fact ->> 'lot'),
    fact ->> 'description', fact ->> 'metal', fact ->> 'hsn', fact ->> 'gross', fact ->> 'less',
    unhex(fact ->> 'rate_id'), fact ->> 'currency', fact ->> 'rate_amount', fact ->> 'rate_per',
    fact ->> 'fineness', unhex(fact ->> 'wastage'), unhex(fact ->> 'making'), unhex(fact ->> 'stones'),
    unhex(fact ->> 'other_charges'), fact ->> 'net', fact ->> 'wastage_mass', fact ->> 'chargeable',
    fact ->> 'fine', fact ->> 'metal_value', fact ->> 'wastage_value', fact ->> 'making_value',
    fact ->> 'stones_value', fact ->> 'other_value', fact ->> 'gross_value', fact ->> 'discount',
    fact ->> 'bill_discount', fact ->> 'taxable', fact ->> 'tax_rate', fact ->> 'cgst', fact ->> 'sgst',
    fact ->> 'igst', fact ->> 'huid', unhex(fact ->> 'lock')
FROM put;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO invoice_parties (
    tenant_id, invoice, party, seller_name, seller_address, seller_gstin, seller_state, scheme, buyer_name,
    buyer_phone, buyer_gstin, buyer_state, buyer_address
)
SELECT
    ?, unhex(fact ->> 'invoice'), unhex(fact ->> 'party'), fact ->> 'seller_name', fact ->> 'seller_address',
    fact ->> 'seller_gstin', fact ->> 'seller_state', fact ->> 'scheme', fact ->> 'buyer_name',
    fact ->> 'buyer_phone', fact ->> 'buyer_gstin', fact ->> 'buyer_state', fact ->> 'buyer_address'
FROM put
WHERE true
ON CONFLICT (tenant_id, invoice) DO UPDATE SET
    party = excluded.party, seller_name = excluded.seller_name, seller_address = excluded.seller_address,
    seller_gstin = excluded.seller_gstin, seller_state = excluded.seller_state, scheme = excluded.scheme,
    buyer_name = excluded.buyer_name, buyer_phone = excluded.buyer_phone, buyer_gstin = excluded.buyer_gstin,
    buyer_state = excluded.buyer_state, buyer_address = excluded.buyer_address;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO receipt (
    tenant_id, id, number, party, mode, currency, amount, reference, business_date, recorded_at, entry, state,
    reverse_reason, reversed_at, version, old_metal, advance, occasion
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'number', unhex(fact ->> 'party'), fact ->> 'mode', fact ->> 'currency',
    fact ->> 'amount', fact ->> 'reference', fact ->> 'business_date', fact ->> 'recorded_at',
    unhex(fact ->> 'entry'), fact ->> 'state', fact ->> 'reverse_reason', fact ->> 'reversed_at',
    fact ->> 'version', unhex(fact ->> 'old_metal'), unhex(fact ->> 'advance'), fact ->> 'occasion'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    number = excluded.number, party = excluded.party, mode = excluded.mode, currency = excluded.currency,
    amount = excluded.amount, reference = excluded.reference, business_date = excluded.business_date,
    recorded_at = excluded.recorded_at, entry = excluded.entry, state = excluded.state,
    reverse_reason = excluded.reverse_reason, reversed_at = excluded.reversed_at, version = excluded.version,
    old_metal = excluded.old_metal, advance = excluded.advance, occasion = excluded.occasion;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO settlement (
    tenant_id, receipt, line, invoice, currency, amount
)
SELECT
    ?, unhex(fact ->> 'receipt'), fact ->> 'line', unhex(fact ->> 'invoice'), fact ->> 'currency',
    fact ->> 'amount'
FROM put;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO bill_note (
    tenant_id, id, kind, number, invoice, invoice_number, invoice_date, party, business_date, issued_at,
    place_of_supply, reason_code, reason, tax_effect, currency, taxable, cgst, sgst, igst, total, round_off,
    payable, entry, state, cancel_reason, cancelled_at, version
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'kind', fact ->> 'number', unhex(fact ->> 'invoice'),
    fact ->> 'invoice_number', fact ->> 'invoice_date', unhex(fact ->> 'party'), fact ->> 'business_date',
    fact ->> 'issued_at', fact ->> 'place_of_supply', fact ->> 'reason_code', fact ->> 'reason',
    fact ->> 'tax_effect', fact ->> 'currency', fact ->> 'taxable', fact ->> 'cgst', fact ->> 'sgst',
    fact ->> 'igst', fact ->> 'total', fact ->> 'round_off', fact ->> 'payable', unhex(fact ->> 'entry'),
    fact ->> 'state', fact ->> 'cancel_reason', fact ->> 'cancelled_at', fact ->> 'version'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    kind = excluded.kind, number = excluded.number, invoice = excluded.invoice,
    invoice_number = excluded.invoice_number, invoice_date = excluded.invoice_date, party = excluded.party,
    business_date = excluded.business_date, issued_at = excluded.issued_at,
    place_of_supply = excluded.place_of_supply, reason_code = excluded.reason_code, reason = excluded.reason,
    tax_effect = excluded.tax_effect, currency = excluded.currency, taxable = excluded.taxable,
    cgst = excluded.cgst, sgst = excluded.sgst, igst = excluded.igst, total = excluded.total,
    round_off = excluded.round_off, payable = excluded.payable, entry = excluded.entry, state = excluded.state,
    cancel_reason = excluded.cancel_reason, cancelled_at = excluded.cancelled_at, version = excluded.version;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO bill_note_line (
    tenant_id, note, line, invoice_line, item, lot, description, metal, hsn, fineness, pieces, net, fine,
    currency, cost, metal_value, wastage_value, making_value, stones_value, other_value, discount,
    bill_discount, taxable, tax_rate, cgst, sgst, igst
)
SELECT
    ?, unhex(fact ->> 'note'), fact ->> 'line', fact ->> 'invoice_line', unhex(fact ->> 'item'),
    unhex(fact ->> 'lot'), fact ->> 'description', fact ->> 'metal', fact ->> 'hsn', fact ->> 'fineness',
    fact ->> 'pieces', fact ->> 'net', fact ->> 'fine', fact ->> 'currency', fact ->> 'cost',
    fact ->> 'metal_value', fact ->> 'wastage_value', fact ->> 'making_value', fact ->> 'stones_value',
    fact ->> 'other_value', fact ->> 'discount', fact ->> 'bill_discount', fact ->> 'taxable',
    fact ->> 'tax_rate', fact ->> 'cgst', fact ->> 'sgst', fact ->> 'igst'
FROM put;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO refund (
    tenant_id, id, number, party, mode, currency, amount, reference, note, reason, over_cash_limit,
    business_date, recorded_at, entry, state, reverse_reason, reversed_at, version, advance
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'number', unhex(fact ->> 'party'), fact ->> 'mode', fact ->> 'currency',
    fact ->> 'amount', fact ->> 'reference', unhex(fact ->> 'note'), fact ->> 'reason',
    fact ->> 'over_cash_limit', fact ->> 'business_date', fact ->> 'recorded_at', unhex(fact ->> 'entry'),
    fact ->> 'state', fact ->> 'reverse_reason', fact ->> 'reversed_at', fact ->> 'version',
    unhex(fact ->> 'advance')
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    number = excluded.number, party = excluded.party, mode = excluded.mode, currency = excluded.currency,
    amount = excluded.amount, reference = excluded.reference, note = excluded.note, reason = excluded.reason,
    over_cash_limit = excluded.over_cash_limit, business_date = excluded.business_date,
    recorded_at = excluded.recorded_at, entry = excluded.entry, state = excluded.state,
    reverse_reason = excluded.reverse_reason, reversed_at = excluded.reversed_at, version = excluded.version,
    advance = excluded.advance;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO booking (
    tenant_id, id, number, party, metal, fineness, weight, rate_id, currency, rate_amount, rate_per, policy,
    least_advance, expires, advanced, used, business_date, booked_at, state, cancel_reason, cancelled_at,
    version
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'number', unhex(fact ->> 'party'), fact ->> 'metal', fact ->> 'fineness',
    fact ->> 'weight', unhex(fact ->> 'rate_id'), fact ->> 'currency', fact ->> 'rate_amount',
    fact ->> 'rate_per', fact ->> 'policy', fact ->> 'least_advance', fact ->> 'expires', fact ->> 'advanced',
    fact ->> 'used', fact ->> 'business_date', fact ->> 'booked_at', fact ->> 'state', fact ->> 'cancel_reason',
    fact ->> 'cancelled_at', fact ->> 'version'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    number = excluded.number, party = excluded.party, metal = excluded.metal, fineness = excluded.fineness,
    weight = excluded.weight, rate_id = excluded.rate_id, currency = excluded.currency,
    rate_amount = excluded.rate_amount, rate_per = excluded.rate_per, policy = excluded.policy,
    least_advance = excluded.least_advance, expires = excluded.expires, advanced = excluded.advanced,
    used = excluded.used, business_date = excluded.business_date, booked_at = excluded.booked_at,
    state = excluded.state, cancel_reason = excluded.cancel_reason, cancelled_at = excluded.cancelled_at,
    version = excluded.version;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO advance (
    tenant_id, id, number, party, mode, currency, amount, reference, booking, used, business_date, recorded_at,
    entry, state, reverse_reason, reversed_at, version, occasion
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'number', unhex(fact ->> 'party'), fact ->> 'mode', fact ->> 'currency',
    fact ->> 'amount', fact ->> 'reference', unhex(fact ->> 'booking'), fact ->> 'used',
    fact ->> 'business_date', fact ->> 'recorded_at', unhex(fact ->> 'entry'), fact ->> 'state',
    fact ->> 'reverse_reason', fact ->> 'reversed_at', fact ->> 'version', fact ->> 'occasion'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    number = excluded.number, party = excluded.party, mode = excluded.mode, currency = excluded.currency,
    amount = excluded.amount, reference = excluded.reference, booking = excluded.booking, used = excluded.used,
    business_date = excluded.business_date, recorded_at = excluded.recorded_at, entry = excluded.entry,
    state = excluded.state, reverse_reason = excluded.reverse_reason, reversed_at = excluded.reversed_at,
    version = excluded.version, occasion = excluded.occasion;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO metal_voucher (
    tenant_id, id, kind, number, party, business_date, recorded_at, reference, reference_date, reference_year,
    declared, place_of_supply, currency, value, cgst, sgst, igst, round_off, total, settled, reason, entry,
    state, cancel_reason, cancelled_at, version, rate_kind
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'kind', fact ->> 'number', unhex(fact ->> 'party'),
    fact ->> 'business_date', fact ->> 'recorded_at', fact ->> 'reference', fact ->> 'reference_date',
    fact ->> 'reference_year', fact ->> 'declared', fact ->> 'place_of_supply', fact ->> 'currency',
    fact ->> 'value', fact ->> 'cgst', fact ->> 'sgst', fact ->> 'igst', fact ->> 'round_off', fact ->> 'total',
    fact ->> 'settled', fact ->> 'reason', unhex(fact ->> 'entry'), fact ->> 'state', fact ->> 'cancel_reason',
    fact ->> 'cancelled_at', fact ->> 'version', fact ->> 'rate_kind'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    kind = excluded.kind, number = excluded.number, party = excluded.party,
    business_date = excluded.business_date, recorded_at = excluded.recorded_at, reference = excluded.reference,
    reference_date = excluded.reference_date, reference_year = excluded.reference_year,
    declared = excluded.declared, place_of_supply = excluded.place_of_supply, currency = excluded.currency,
    value = excluded.value, cgst = excluded.cgst, sgst = excluded.sgst, igst = excluded.igst,
    round_off = excluded.round_off, total = excluded.total, settled = excluded.settled,
    reason = excluded.reason, entry = excluded.entry, state = excluded.state,
    cancel_reason = excluded.cancel_reason, cancelled_at = excluded.cancelled_at, version = excluded.version, rate_kind = excluded.rate_kind;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO metal_voucher_line (
    tenant_id, voucher, line, role, item, lot, description, metal, fineness, gross, less, net, fine, hsn,
    rate_id, currency, rate_amount, rate_per, value, labour, tax_rate, cgst, sgst, igst, cost
)
SELECT
    ?, unhex(fact ->> 'voucher'), fact ->> 'line', fact ->> 'role', unhex(fact ->> 'item'),
    unhex(fact ->> 'lot'), fact ->> 'description', fact ->> 'metal', fact ->> 'fineness', fact ->> 'gross',
    fact ->> 'less', fact ->> 'net', fact ->> 'fine', fact ->> 'hsn', unhex(fact ->> 'rate_id'),
    fact ->> 'currency', fact ->> 'rate_amount', fact ->> 'rate_per', fact ->> 'value', fact ->> 'labour',
    fact ->> 'tax_rate', fact ->> 'cgst', fact ->> 'sgst', fact ->> 'igst', fact ->> 'cost'
FROM put;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO payment (
    tenant_id, id, number, party, mode, currency, amount, reference, voucher, business_date, recorded_at, entry,
    over_cash_limit, state, reverse_reason, reversed_at, version
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'number', unhex(fact ->> 'party'), fact ->> 'mode', fact ->> 'currency',
    fact ->> 'amount', fact ->> 'reference', unhex(fact ->> 'voucher'), fact ->> 'business_date',
    fact ->> 'recorded_at', unhex(fact ->> 'entry'), fact ->> 'over_cash_limit', fact ->> 'state',
    fact ->> 'reverse_reason', fact ->> 'reversed_at', fact ->> 'version'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    number = excluded.number, party = excluded.party, mode = excluded.mode, currency = excluded.currency,
    amount = excluded.amount, reference = excluded.reference, voucher = excluded.voucher,
    business_date = excluded.business_date, recorded_at = excluded.recorded_at, entry = excluded.entry,
    over_cash_limit = excluded.over_cash_limit, state = excluded.state,
    reverse_reason = excluded.reverse_reason, reversed_at = excluded.reversed_at, version = excluded.version;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO journal_voucher (
    tenant_id, id, number, remark, currency, total, business_date, recorded_at, entry, state, reverse_reason,
    reversed_at, version
)
SELECT
    ?, unhex(fact ->> 'id'), fact ->> 'number', fact ->> 'remark', fact ->> 'currency', fact ->> 'total',
    fact ->> 'business_date', fact ->> 'recorded_at', unhex(fact ->> 'entry'), fact ->> 'state',
    fact ->> 'reverse_reason', fact ->> 'reversed_at', fact ->> 'version'
FROM put
WHERE true
ON CONFLICT (tenant_id, id) DO UPDATE SET
    number = excluded.number, remark = excluded.remark, currency = excluded.currency, total = excluded.total,
    business_date = excluded.business_date, recorded_at = excluded.recorded_at, entry = excluded.entry,
    state = excluded.state, reverse_reason = excluded.reverse_reason, reversed_at = excluded.reversed_at,
    version = excluded.version;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO balance (tenant_id, account, commodity, debit, credit)
SELECT
    ?, unhex(fact ->> 'account') AS account, fact ->> 'commodity',
    sum(max(fact ->> 'amount', 0)), sum(max(-(fact ->> 'amount'), 0))
FROM put
WHERE true
GROUP BY fact ->> 'account'
ON CONFLICT (tenant_id, account) DO UPDATE SET
    debit = balance.debit + excluded.debit, credit = balance.credit + excluded.credit;

-- The old sum is added before the row is checked: what leaves a lot is negative, what is left of it never.
WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?)),
moved (lot, currency, mass, fine, cost) AS MATERIALIZED (
    SELECT
        unhex(fact ->> 'lot'), fact ->> 'currency',
        sum(fact ->> 'mass'), sum(fact ->> 'fine'), sum(fact ->> 'cost')
    FROM put
    WHERE fact ->> 'lot' IS NOT NULL
    GROUP BY fact ->> 'lot'
)
INSERT INTO lot_on_hand (tenant_id, lot, currency, mass, fine, cost)
SELECT
    ?, moved.lot, moved.currency, moved.mass + coalesce(kept.mass, 0),
    moved.fine + coalesce(kept.fine, 0), moved.cost + coalesce(kept.cost, 0)
FROM moved
LEFT JOIN lot_on_hand AS kept ON kept.tenant_id = ? AND kept.lot = moved.lot
WHERE true
ON CONFLICT (tenant_id, lot) DO UPDATE SET
    mass = excluded.mass, fine = excluded.fine, cost = excluded.cost;

WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))
INSERT INTO invoice_settled (tenant_id, invoice, currency, amount)
SELECT ?, unhex(fact ->> 'invoice'), fact ->> 'currency', sum(fact ->> 'amount')
FROM put
WHERE true
GROUP BY fact ->> 'invoice'
ON CONFLICT (tenant_id, invoice) DO UPDATE SET amount = invoice_settled.amount + excluded.amount;

UPDATE head SET applying = ? WHERE tenant_id = ?;
