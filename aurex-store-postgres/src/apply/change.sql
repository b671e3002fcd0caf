-- One sealed change as one statement: the log's entry, every table of facts, the kept sums.
--
-- Each table's rows come as one array of the table's own row type, in the order of its columns. All parts see the same
-- snapshot, which the turn makes the current one, and foreign keys are checked when the statement ends: the parts stand
-- in no order.
WITH moved_head AS (
    UPDATE aurex.head SET frontier = $2, last_at = $3, epoch = $4, observed = $5 WHERE tenant_id = $1
    RETURNING tenant_id
),

put_entry AS (
    INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome)
    VALUES ($1, $6, $7, $8, $9, $10, $11, $12, $13)
),

put_opening AS (
    INSERT INTO aurex.audit_opening
    SELECT put.* FROM unnest($14::aurex.audit_opening[]) AS put WHERE put.tenant_id = $1
),

-- A key that has had its 72 hours makes room; one that has not is not replaced, and then is not among those kept.
kept_key AS (
    INSERT INTO aurex.idempotency_key AS kept
    SELECT put.* FROM unnest($15::aurex.idempotency_key[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, holder, action, key) DO UPDATE SET
        fields = excluded.fields, resource = excluded.resource, at = excluded.at
    WHERE kept.at <= $16
    RETURNING tenant_id
),

put_journal_entry AS (
    INSERT INTO aurex.journal_entry
    SELECT put.* FROM unnest($17::aurex.journal_entry[]) AS put WHERE put.tenant_id = $1
),

put_posting AS (
    INSERT INTO aurex.posting
    SELECT put.* FROM unnest($18::aurex.posting[]) AS put WHERE put.tenant_id = $1
),

put_series AS (
    INSERT INTO aurex.series
    SELECT put.* FROM unnest($19::aurex.series[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, kind, prefix, year) DO UPDATE SET
        next = excluded.next, last_date = excluded.last_date
),

put_item AS (
    INSERT INTO aurex.item
    SELECT put.* FROM unnest($20::aurex.item[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        tag = excluded.tag, description = excluded.description, huid = excluded.huid,
        metal = excluded.metal, fineness = excluded.fineness, gross = excluded.gross, less = excluded.less,
        stones = excluded.stones, making = excluded.making, hsn = excluded.hsn,
        currency = excluded.currency, cost = excluded.cost, state = excluded.state,
        created_at = excluded.created_at, version = excluded.version
),

put_stock_movement AS (
    INSERT INTO aurex.stock_movement
    SELECT put.* FROM unnest($21::aurex.stock_movement[]) AS put WHERE put.tenant_id = $1
),

put_invoice AS (
    INSERT INTO aurex.invoice
    SELECT put.* FROM unnest($22::aurex.invoice[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        kind = excluded.kind, number = excluded.number, party = excluded.party,
        business_date = excluded.business_date, issued_at = excluded.issued_at,
        place_of_supply = excluded.place_of_supply, currency = excluded.currency,
        taxable = excluded.taxable, cgst = excluded.cgst, sgst = excluded.sgst, igst = excluded.igst,
        total = excluded.total, round_off = excluded.round_off, payable = excluded.payable,
        pricing_policy = excluded.pricing_policy, entry = excluded.entry, state = excluded.state,
        cancel_reason = excluded.cancel_reason, cancelled_at = excluded.cancelled_at,
        revision = excluded.revision, version = excluded.version,
        credited = excluded.credited, debited = excluded.debited
),

put_invoice_line AS (
    INSERT INTO aurex.invoice_line
    SELECT put.* FROM unnest($23::aurex.invoice_line[]) AS put WHERE put.tenant_id = $1
),

put_receipt AS (
    INSERT INTO aurex.receipt
    SELECT put.* FROM unnest($24::aurex.receipt[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        number = excluded.number, party = excluded.party, mode = excluded.mode,
        currency = excluded.currency, amount = excluded.amount, reference = excluded.reference,
        business_date = excluded.business_date, recorded_at = excluded.recorded_at, entry = excluded.entry,
        state = excluded.state, reverse_reason = excluded.reverse_reason,
        reversed_at = excluded.reversed_at, version = excluded.version, old_metal = excluded.old_metal,
        advance = excluded.advance, occasion = excluded.occasion
),

put_settlement AS (
    INSERT INTO aurex.settlement
    SELECT put.* FROM unnest($25::aurex.settlement[]) AS put WHERE put.tenant_id = $1
),

put_invoice_parties AS (
    INSERT INTO aurex.invoice_parties
    SELECT put.* FROM unnest($26::aurex.invoice_parties[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, invoice) DO UPDATE SET
        party = excluded.party, seller_name = excluded.seller_name, seller_address = excluded.seller_address,
        seller_gstin = excluded.seller_gstin, seller_state = excluded.seller_state, scheme = excluded.scheme,
        buyer_name = excluded.buyer_name, buyer_phone = excluded.buyer_phone,
        buyer_gstin = excluded.buyer_gstin, buyer_state = excluded.buyer_state,
        buyer_address = excluded.buyer_address
),

kept_balance AS (
    INSERT INTO aurex.balance AS kept (tenant_id, account, commodity, debit, credit)
    SELECT
        $1, put.account, min(put.commodity), sum(greatest(put.amount, 0))::bigint, sum(greatest(-put.amount, 0))::bigint
    FROM unnest($18::aurex.posting[]) AS put WHERE put.tenant_id = $1
    GROUP BY put.account
    ON CONFLICT (tenant_id, account) DO UPDATE SET
        debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit
),

-- The old sum is added before the row is checked: what leaves a lot is negative, what is left of it never.
kept_lot AS (
    INSERT INTO aurex.lot_on_hand (tenant_id, lot, currency, mass, fine, cost)
    SELECT
        $1, moved.lot, moved.currency, moved.mass + coalesce(kept.mass, 0), moved.fine + coalesce(kept.fine, 0),
        moved.cost + coalesce(kept.cost, 0)
    FROM (
        SELECT
            put.lot, min(put.currency) AS currency, sum(put.mass)::bigint AS mass, sum(put.fine)::bigint AS fine,
            sum(put.cost)::bigint AS cost
        FROM unnest($21::aurex.stock_movement[]) AS put
        WHERE put.tenant_id = $1 AND put.lot IS NOT NULL
        GROUP BY put.lot
    ) AS moved
    LEFT JOIN aurex.lot_on_hand AS kept ON kept.tenant_id = $1 AND kept.lot = moved.lot
    ON CONFLICT (tenant_id, lot) DO UPDATE SET mass = excluded.mass, fine = excluded.fine, cost = excluded.cost
),

kept_settled AS (
    INSERT INTO aurex.invoice_settled AS kept (tenant_id, invoice, currency, amount)
    SELECT $1, put.invoice, min(put.currency), sum(put.amount)::bigint
    FROM unnest($25::aurex.settlement[]) AS put WHERE put.tenant_id = $1
    GROUP BY put.invoice
    ON CONFLICT (tenant_id, invoice) DO UPDATE SET amount = kept.amount + excluded.amount
),

put_workspace AS (
    INSERT INTO aurex.workspace
    SELECT put.* FROM unnest($27::aurex.workspace[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, slug) DO UPDATE SET
        name = excluded.name, currency = excluded.currency, zone = excluded.zone,
        created_at = excluded.created_at, version = excluded.version, magic_links = excluded.magic_links,
        second_factor_for = excluded.second_factor_for, access_rules = excluded.access_rules,
        contacts = excluded.contacts, ends_at = excluded.ends_at, plan = excluded.plan, billing = excluded.billing, books_locked_through = excluded.books_locked_through, payee = excluded.payee
),

put_member AS (
    INSERT INTO aurex.member
    SELECT put.* FROM unnest($28::aurex.member[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        name = excluded.name, email = excluded.email, role = excluded.role, disabled = excluded.disabled,
        created_at = excluded.created_at, version = excluded.version, custom_role = excluded.custom_role,
        leaves_at = excluded.leaves_at
),

put_credential AS (
    INSERT INTO aurex.credential
    SELECT put.* FROM unnest($29::aurex.credential[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, member) DO UPDATE SET
        hash = excluded.hash, one_time = excluded.one_time, set_at = excluded.set_at
),

put_session AS (
    INSERT INTO aurex.session
    SELECT put.* FROM unnest($30::aurex.session[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        member = excluded.member, token_hash = excluded.token_hash, opened_at = excluded.opened_at,
        expires_at = excluded.expires_at, idle_seconds = excluded.idle_seconds,
        one_time = excluded.one_time, closed_at = excluded.closed_at, assurance = excluded.assurance,
        proved_at = excluded.proved_at, address = excluded.address, agent = excluded.agent, till = excluded.till
),

put_api_token AS (
    INSERT INTO aurex.api_token
    SELECT put.* FROM unnest($31::aurex.api_token[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        member = excluded.member, name = excluded.name, token_hash = excluded.token_hash,
        permissions = excluded.permissions, created_at = excluded.created_at,
        expires_at = excluded.expires_at, revoked_at = excluded.revoked_at, prefix = excluded.prefix
),

put_business AS (
    INSERT INTO aurex.business
    SELECT put.* FROM unnest($32::aurex.business[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id) DO UPDATE SET
        state = excluded.state, legal_name = excluded.legal_name, address = excluded.address,
        gstin = excluded.gstin, scheme = excluded.scheme, version = excluded.version,
        rate_move = excluded.rate_move
),

put_rate AS (
    INSERT INTO aurex.rate
    SELECT put.* FROM unnest($33::aurex.rate[]) AS put WHERE put.tenant_id = $1
),

put_party AS (
    INSERT INTO aurex.party
    SELECT put.* FROM unnest($34::aurex.party[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        kind = excluded.kind, name = excluded.name, phone = excluded.phone, email = excluded.email,
        gstin = excluded.gstin, pan = excluded.pan, state = excluded.state, address = excluded.address,
        created_at = excluded.created_at, version = excluded.version, identity = excluded.identity
),

put_account AS (
    INSERT INTO aurex.account
    SELECT put.* FROM unnest($35::aurex.account[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        code = excluded.code, name = excluded.name, class = excluded.class, commodity = excluded.commodity,
        purpose = excluded.purpose, party = excluded.party, state = excluded.state,
        opened_at = excluded.opened_at
),

put_lot AS (
    INSERT INTO aurex.lot
    SELECT put.* FROM unnest($36::aurex.lot[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        description = excluded.description, metal = excluded.metal, fineness = excluded.fineness,
        created_at = excluded.created_at, kind = excluded.kind
),

put_custom_role AS (
    INSERT INTO aurex.custom_role
    SELECT put.* FROM unnest($37::aurex.custom_role[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        name = excluded.name, base = excluded.base, withheld = excluded.withheld, caps = excluded.caps,
        retired = excluded.retired, created_at = excluded.created_at, version = excluded.version
),

put_second_factor AS (
    INSERT INTO aurex.second_factor
    SELECT put.* FROM unnest($38::aurex.second_factor[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, member) DO UPDATE SET
        seed = excluded.seed, added_at = excluded.added_at, confirmed_at = excluded.confirmed_at,
        last_step = excluded.last_step, recovery = excluded.recovery, removed_at = excluded.removed_at
),

put_pin AS (
    INSERT INTO aurex.pin
    SELECT put.* FROM unnest($39::aurex.pin[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, member) DO UPDATE SET
        hash = excluded.hash, set_at = excluded.set_at, removed_at = excluded.removed_at
),

put_till AS (
    INSERT INTO aurex.till
    SELECT put.* FROM unnest($40::aurex.till[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        name = excluded.name, token_hash = excluded.token_hash, enrolled_by = excluded.enrolled_by,
        enrolled_at = excluded.enrolled_at, revoked_at = excluded.revoked_at
),

put_link AS (
    INSERT INTO aurex.link
    SELECT put.* FROM unnest($41::aurex.link[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        member = excluded.member, purpose = excluded.purpose, token_hash = excluded.token_hash,
        code_hash = excluded.code_hash, browser = excluded.browser, made_at = excluded.made_at,
        expires_at = excluded.expires_at, used_at = excluded.used_at
),

put_approval AS (
    INSERT INTO aurex.approval
    SELECT put.* FROM unnest($42::aurex.approval[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        action = excluded.action, subject = excluded.subject, command = excluded.command,
        digest = excluded.digest, asked_by = excluded.asked_by, session = excluded.session,
        asked_at = excluded.asked_at, expires_at = excluded.expires_at, state = excluded.state,
        decided_by = excluded.decided_by, decided_at = excluded.decided_at, reason = excluded.reason
),

put_mail AS (
    INSERT INTO aurex.mail
    SELECT put.* FROM unnest($43::aurex.mail[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        kind = excluded.kind, member = excluded.member, recipient = excluded.recipient,
        content = excluded.content, queued_at = excluded.queued_at
),

put_bill_note AS (
    INSERT INTO aurex.bill_note
    SELECT put.* FROM unnest($44::aurex.bill_note[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        kind = excluded.kind, number = excluded.number, invoice = excluded.invoice,
        invoice_number = excluded.invoice_number, invoice_date = excluded.invoice_date, party = excluded.party,
        business_date = excluded.business_date, issued_at = excluded.issued_at,
        place_of_supply = excluded.place_of_supply, reason_code = excluded.reason_code,
        reason = excluded.reason, tax_effect = excluded.tax_effect, currency = excluded.currency,
        taxable = excluded.taxable, cgst = excluded.cgst, sgst = excluded.sgst, igst = excluded.igst,
        total = excluded.total, round_off = excluded.round_off, payable = excluded.payable,
        entry = excluded.entry, state = excluded.state, cancel_reason = excluded.cancel_reason,
        cancelled_at = excluded.cancelled_at, version = excluded.version
),

put_bill_note_line AS (
    INSERT INTO aurex.bill_note_line
    SELECT put.* FROM unnest($45::aurex.bill_note_line[]) AS put WHERE put.tenant_id = $1
),

put_refund AS (
    INSERT INTO aurex.refund
    SELECT put.* FROM unnest($46::aurex.refund[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        number = excluded.number, party = excluded.party, mode = excluded.mode, currency = excluded.currency,
        amount = excluded.amount, reference = excluded.reference, note = excluded.note,
        reason = excluded.reason, over_cash_limit = excluded.over_cash_limit,
        business_date = excluded.business_date, recorded_at = excluded.recorded_at, entry = excluded.entry,
        state = excluded.state, reverse_reason = excluded.reverse_reason, reversed_at = excluded.reversed_at,
        version = excluded.version, advance = excluded.advance
),

put_metal_voucher AS (
    INSERT INTO aurex.metal_voucher
    SELECT put.* FROM unnest($47::aurex.metal_voucher[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        kind = excluded.kind, number = excluded.number, party = excluded.party,
        business_date = excluded.business_date, recorded_at = excluded.recorded_at,
        reference = excluded.reference, reference_date = excluded.reference_date,
        reference_year = excluded.reference_year, declared = excluded.declared,
        place_of_supply = excluded.place_of_supply, currency = excluded.currency, value = excluded.value,
        cgst = excluded.cgst, sgst = excluded.sgst, igst = excluded.igst, round_off = excluded.round_off,
        total = excluded.total, settled = excluded.settled, reason = excluded.reason, entry = excluded.entry,
        state = excluded.state, cancel_reason = excluded.cancel_reason, cancelled_at = excluded.cancelled_at,
        version = excluded.version,
        rate_kind = excluded.rate_kind
),

put_metal_voucher_line AS (
    INSERT INTO aurex.metal_voucher_line
    SELECT put.* FROM unnest($48::aurex.metal_voucher_line[]) AS put WHERE put.tenant_id = $1
),

put_payment AS (
    INSERT INTO aurex.payment
    SELECT put.* FROM unnest($49::aurex.payment[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        number = excluded.number, party = excluded.party, mode = excluded.mode, currency = excluded.currency,
        amount = excluded.amount, reference = excluded.reference, voucher = excluded.voucher,
        business_date = excluded.business_date, recorded_at = excluded.recorded_at, entry = excluded.entry,
        over_cash_limit = excluded.over_cash_limit, state = excluded.state,
        reverse_reason = excluded.reverse_reason, reversed_at = excluded.reversed_at, version = excluded.version
),

put_booking AS (
    INSERT INTO aurex.booking
    SELECT put.* FROM unnest($50::aurex.booking[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        number = excluded.number, party = excluded.party, metal = excluded.metal,
        fineness = excluded.fineness, weight = excluded.weight, rate_id = excluded.rate_id,
        currency = excluded.currency, rate_amount = excluded.rate_amount, rate_per = excluded.rate_per,
        policy = excluded.policy, least_advance = excluded.least_advance, expires = excluded.expires,
        advanced = excluded.advanced, used = excluded.used, business_date = excluded.business_date,
        booked_at = excluded.booked_at, state = excluded.state, cancel_reason = excluded.cancel_reason,
        cancelled_at = excluded.cancelled_at, version = excluded.version
),

put_advance AS (
    INSERT INTO aurex.advance
    SELECT put.* FROM unnest($51::aurex.advance[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        number = excluded.number, party = excluded.party, mode = excluded.mode, currency = excluded.currency,
        amount = excluded.amount, reference = excluded.reference, booking = excluded.booking,
        used = excluded.used, business_date = excluded.business_date, recorded_at = excluded.recorded_at,
        entry = excluded.entry, state = excluded.state, reverse_reason = excluded.reverse_reason,
        reversed_at = excluded.reversed_at, version = excluded.version,
        occasion = excluded.occasion
),

put_journal_voucher AS (
    INSERT INTO aurex.journal_voucher
    SELECT put.* FROM unnest($52::aurex.journal_voucher[]) AS put WHERE put.tenant_id = $1
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        number = excluded.number, remark = excluded.remark, currency = excluded.currency,
        total = excluded.total, business_date = excluded.business_date, recorded_at = excluded.recorded_at,
        entry = excluded.entry, state = excluded.state, reverse_reason = excluded.reverse_reason,
        reversed_at = excluded.reversed_at, version = excluded.version
)

SELECT (SELECT count(*) FROM moved_head) AS "heads!", (SELECT count(*) FROM kept_key) AS "keys!"
