-- The change that a till makes, as one statement: the log's entry, the documents and what they move, the kept sums.
-- It begins as change.sql does and leaves out the tables that no document touches: PostgreSQL prepares every part of a
-- statement for running, also those without rows, and here that is a seventh of the time.
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
)

SELECT (SELECT count(*) FROM moved_head) AS "heads!", (SELECT count(*) FROM kept_key) AS "keys!"
