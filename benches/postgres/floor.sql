-- The floor below a bill on PostgreSQL: one function that writes the rows of a bill and knows beforehand what they say.
-- It reads nothing but where to write, decides nothing and hashes nothing. Run by psql as the superuser behind copy.sql,
-- in a database where every shop's last entry is a bill of three pieces: the sample.
\set ON_ERROR_STOP on

-- What differs from shop to shop.
CREATE TABLE floor.shop AS
SELECT
    row_number() OVER (ORDER BY slug) - 1 AS number, sample.tenant_id, sample.id AS bill, sample.entry, sample.party,
    used.holder, used.resource,
    (SELECT max(seq) FROM floor.audit_entry WHERE audit_entry.tenant_id = sample.tenant_id) AS seq,
    (SELECT min(id::text)::uuid FROM floor.rate WHERE rate.tenant_id = sample.tenant_id) AS rate,
    (SELECT count(*) / 3 FROM floor.item WHERE item.tenant_id = sample.tenant_id) AS bills,
    (SELECT array_agg(account ORDER BY line) FROM floor.posting
     WHERE posting.tenant_id = sample.tenant_id AND posting.entry = sample.entry) AS accounts
FROM floor.directory
CROSS JOIN LATERAL (
    SELECT * FROM floor.invoice WHERE invoice.tenant_id = directory.tenant_id ORDER BY issued_at DESC LIMIT 1
) AS sample
CROSS JOIN LATERAL (
    SELECT * FROM floor.idempotency_key WHERE idempotency_key.tenant_id = directory.tenant_id ORDER BY at DESC LIMIT 1
) AS used;
ALTER TABLE floor.shop ADD PRIMARY KEY (number);

-- An INSERT of the first shop's sample, every value a constant but those of the columns in `anew`, which are
-- expressions; `#` in them is the row's number, from 1.
CREATE FUNCTION floor.insertion(of text, sought text, anew jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE columns text; lines text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
    WHERE attrelid = ('floor.' || of)::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'tx';
    EXECUTE format($q$
        SELECT string_agg('(' || (
            SELECT string_agg(
                coalesce(
                    replace($1 ->> attname, '#', n::text),
                    quote_nullable(to_jsonb(one) ->> attname) || '::' || format_type(atttypid, atttypmod)
                ), ', ' ORDER BY attnum
            )
            FROM pg_attribute WHERE attrelid = $2 AND attnum > 0 AND NOT attisdropped AND attname <> 'tx'
        ) || ')', ', ')
        FROM (
            SELECT of.*, row_number() OVER (ORDER BY (to_jsonb(of) ->> 'line')::bigint) AS n
            FROM floor.%I AS of JOIN floor.shop USING (tenant_id) WHERE shop.number = 0 AND %s
        ) AS one
    $q$, of, sought) INTO lines USING anew, ('floor.' || of)::regclass;
    RETURN format('INSERT INTO floor.%I (%s) VALUES %s', of, columns, lines);
END $$;

DO $do$
DECLARE
    inserts text[] := ARRAY[
        floor.insertion('audit_entry', 'of.seq = shop.seq',
            '{"tenant_id": "s.tenant_id", "seq": "s.seq + n", "subject_id": "bill::text"}'),
        floor.insertion('audit_opening', 'of.seq = shop.seq', '{"tenant_id": "s.tenant_id", "seq": "s.seq + n"}'),
        floor.insertion('idempotency_key', 'of.resource = shop.resource',
            '{"tenant_id": "s.tenant_id", "holder": "s.holder", "key": "n::text", "resource": "bill::text"}'),
        floor.insertion('journal_entry', 'of.id = shop.entry',
            '{"tenant_id": "s.tenant_id", "id": "booked", "source_id": "bill::text"}'),
        floor.insertion('posting', 'of.entry = shop.entry',
            '{"tenant_id": "s.tenant_id", "entry": "booked", "line": "#", "account": "s.accounts[#]"}'),
        floor.insertion('stock_movement', 'of.entry = shop.entry',
            '{"tenant_id": "s.tenant_id", "id": "(at || ''3'' || # || own)::uuid", "entry": "booked", "item": "items[#]"}'),
        floor.insertion('invoice', 'of.id = shop.bill',
            '{"tenant_id": "s.tenant_id", "id": "bill", "number": "''F/'' || n", "party": "s.party", "entry": "booked"}'),
        floor.insertion('invoice_line', 'of.invoice = shop.bill',
            '{"tenant_id": "s.tenant_id", "invoice": "bill", "line": "#", "item": "items[#]", "rate_id": "s.rate"}'),
        floor.insertion('invoice_parties', 'of.invoice = shop.bill',
            '{"tenant_id": "s.tenant_id", "invoice": "bill", "party": "s.party"}')
    ];
    amounts text;
BEGIN
    SELECT string_agg(format('(s.accounts[%s], %s)', line, amount), ', ') INTO amounts
    FROM floor.posting JOIN floor.shop ON shop.tenant_id = posting.tenant_id AND shop.entry = posting.entry WHERE number = 0;
    EXECUTE format($f$
        CREATE FUNCTION floor.issue(which bigint) RETURNS bigint LANGUAGE plpgsql AS $body$
        DECLARE
            s floor.shop;
            n bigint;
            moment bigint;
            items uuid[];
            at text;
            own text := lpad(to_hex(which), 14, '0');
            bill uuid;
            booked uuid;
        BEGIN
            SELECT * INTO s FROM floor.shop WHERE number = which;
            UPDATE floor.head SET frontier = frontier, last_at = last_at + 1 WHERE tenant_id = s.tenant_id
            RETURNING last_at INTO moment;
            UPDATE floor.series SET next = next + 1, last_date = last_date WHERE tenant_id = s.tenant_id AND kind = 'invoice'
            RETURNING next INTO n;
            -- Ids that rise, as those of a bill do.
            at := lpad(to_hex(moment), 16, '0');
            bill := (at || '10' || own)::uuid;
            booked := (at || '20' || own)::uuid;
            WITH sold AS (
                UPDATE floor.item SET state = 'sold', version = version + 1
                WHERE tenant_id = s.tenant_id AND tag = ANY (ARRAY[
                    'P-' || n %% s.bills || '-0', 'P-' || n %% s.bills || '-1', 'P-' || n %% s.bills || '-2'
                ])
                RETURNING id
            )
            SELECT array_agg(id) INTO items FROM sold;
            %s;
            UPDATE floor.balance SET debit = debit + greatest(moved.amount, 0), credit = credit + greatest(-moved.amount, 0)
            FROM (VALUES %s) AS moved (account, amount)
            WHERE tenant_id = s.tenant_id AND balance.account = moved.account;
            RETURN n;
        END $body$
    $f$, array_to_string(inserts, E';\n'), amounts);
END $do$;

-- It writes as many rows as the sample has, in every table.
DO $$
DECLARE
    of text; sought text; before bigint; after bigint; sample bigint;
    tables CONSTANT jsonb := '{"audit_entry": "of.seq = shop.seq", "audit_opening": "of.seq = shop.seq",
        "idempotency_key": "of.resource = shop.resource", "journal_entry": "of.id = shop.entry",
        "posting": "of.entry = shop.entry", "stock_movement": "of.entry = shop.entry",
        "invoice": "of.id = shop.bill", "invoice_line": "of.invoice = shop.bill",
        "invoice_parties": "of.invoice = shop.bill"}';
    counts jsonb := '{}';
BEGIN
    FOR of IN SELECT jsonb_object_keys(tables) LOOP
        EXECUTE format('SELECT count(*) FROM floor.%I', of) INTO before;
        counts := counts || jsonb_build_object(of, before);
    END LOOP;
    PERFORM floor.issue(0);
    FOR of, sought IN SELECT * FROM jsonb_each_text(tables) LOOP
        EXECUTE format('SELECT count(*) FROM floor.%I', of) INTO after;
        EXECUTE format(
            'SELECT count(*) FROM floor.%I AS of JOIN floor.shop USING (tenant_id) WHERE shop.number = 0 AND %s', of, sought
        ) INTO sample;
        IF after - (counts ->> of)::bigint <> sample OR sample = 0 THEN
            RAISE EXCEPTION 'the floor wrote % rows of %, a bill writes %', after - (counts ->> of)::bigint, of, sample;
        END IF;
    END LOOP;
END $$;

ANALYZE;
