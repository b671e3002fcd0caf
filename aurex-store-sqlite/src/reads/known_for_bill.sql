-- Everything a bill needs, as one row: each table's rows are one JSON array of objects, named as the columns. Bytes are
-- hexadecimal, and NULL where there are none.
-- ?1 the tenant, ?2 the party, ?3 the pieces, ?4 the lots, ?5 the day, ?6 the kind of series, ?7 its year, ?8 to ?10 whose
-- idempotency key, for what, and its text: NULL where there is none.
SELECT
    (
        SELECT json_object(
            'tenant_id', hex(tenant_id), 'slug', slug, 'name', name, 'currency', currency, 'zone', zone,
            'created_at', created_at, 'version', version, 'magic_links', magic_links,
            'second_factor_for', hex(second_factor_for), 'access_rules', hex(access_rules),
            'contacts', hex(contacts), 'ends_at', ends_at, 'plan', plan, 'billing', nullif(hex(billing), ''),
            'books_locked_through', books_locked_through, 'payee', nullif(hex(payee), '')
        ) FROM workspace WHERE tenant_id = ?1
    ) AS "workspace: String",
    (
        SELECT json_object(
            'tenant_id', hex(tenant_id), 'state', state, 'legal_name', legal_name, 'address', address,
            'gstin', gstin, 'scheme', scheme, 'version', version, 'rate_move', rate_move
        ) FROM business WHERE tenant_id = ?1
    ) AS "business: String",
    (
        SELECT json_object(
            'tenant_id', hex(tenant_id), 'id', hex(id), 'kind', kind, 'name', name, 'phone', phone, 'email', email,
            'gstin', gstin, 'pan', nullif(hex(pan), ''), 'state', state, 'address', address,
            'created_at', created_at, 'version', version, 'identity', nullif(hex(identity), '')
        ) FROM party WHERE tenant_id = ?1 AND id = ?2
    ) AS "party: String",
    (
        SELECT json_group_array(json_object(
            'tenant_id', hex(tenant_id), 'id', hex(id), 'tag', tag, 'description', description, 'huid', huid,
            'metal', metal, 'fineness', fineness, 'gross', gross, 'less', less, 'stones', hex(stones),
            'making', nullif(hex(making), ''), 'hsn', hsn, 'currency', currency, 'cost', cost, 'state', state,
            'created_at', created_at, 'version', version
        )) FROM item WHERE tenant_id = ?1 AND id IN (SELECT unhex(value) FROM json_each(?3))
    ) AS "items!: String",
    (
        SELECT json_group_array(json_object(
            'tenant_id', hex(lot.tenant_id), 'id', hex(lot.id), 'description', lot.description,
            'metal', lot.metal, 'fineness', lot.fineness, 'created_at', lot.created_at, 'kind', lot.kind,
            'currency', coalesce(on_hand.currency, workspace.currency), 'mass', coalesce(on_hand.mass, 0),
            'fine', coalesce(on_hand.fine, 0), 'cost', coalesce(on_hand.cost, 0)
        ))
        FROM lot
        JOIN workspace ON workspace.tenant_id = lot.tenant_id
        LEFT JOIN lot_on_hand AS on_hand ON on_hand.tenant_id = lot.tenant_id AND on_hand.lot = lot.id
        WHERE lot.tenant_id = ?1 AND lot.id IN (SELECT unhex(value) FROM json_each(?4))
    ) AS "lots!: String",
    (
        SELECT json_group_array(json_object(
            'tenant_id', hex(tenant_id), 'id', hex(id), 'metal', metal, 'fineness', fineness, 'kind', kind,
            'currency', currency, 'amount', amount, 'per', per, 'business_date', business_date,
            'effective_from', effective_from, 'supersedes', nullif(hex(supersedes), ''),
            'basis', basis, 'multiple', multiple, 'reason', reason
        ) ORDER BY metal, fineness)
        FROM rate
        WHERE tenant_id = ?1 AND id IN (
            SELECT max(id) FROM rate WHERE tenant_id = ?1 AND business_date = ?5 AND kind = 'sell'
            GROUP BY metal, fineness
        )
    ) AS "rates!: String",
    (
        SELECT json_group_array(json_object(
            'tenant_id', hex(tenant_id), 'kind', kind, 'prefix', prefix, 'year', year, 'next', next,
            'last_date', last_date
        )) FROM series WHERE tenant_id = ?1 AND kind = ?6 AND year = ?7
    ) AS "series!: String",
    (
        SELECT json_group_array(json_object(
            'tenant_id', hex(tenant_id), 'id', hex(id), 'code', code, 'name', name, 'class', class,
            'commodity', commodity, 'purpose', purpose, 'party', nullif(hex(party), ''), 'state', state,
            'opened_at', opened_at
        ) ORDER BY id) FROM account WHERE tenant_id = ?1 AND (party IS NULL OR party = ?2)
    ) AS "accounts!: String",
    kept.tenant_id AS "key_tenant?", kept.fields AS "key_fields?", kept.resource AS "key_resource?", kept.at AS "key_at?"
FROM (SELECT 1) AS one
LEFT JOIN idempotency_key AS kept
    ON kept.tenant_id = ?1 AND kept.holder = ?8 AND kept.action = ?9 AND kept.key = ?10
