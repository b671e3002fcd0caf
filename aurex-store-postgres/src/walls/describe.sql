-- Everything in the schema that a wall rests on, one line each: what it is, and how it is. Only words that PostgreSQL 15
-- and its successors have in common; the caller has emptied search_path, so that every name is printed with its schema.
-- Not here because operators may choose them: storage parameters, statistics, comments, owners (a rule of their own).
WITH ours AS (
    SELECT c.oid, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
        'aurex.' || c.relname AS name
    FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace('aurex') AND c.relkind NOT IN ('i', 'I', 't')
        -- sqlx's own, which no statement of the store reads.
        AND c.relname <> 'migration'
)
SELECT what AS "what!", how AS "how!" FROM (
    SELECT 'relation ' || name AS what,
        CASE relpersistence WHEN 'p' THEN '' ELSE 'not permanent, ' END
        || CASE relkind WHEN 'r' THEN 'a table' WHEN 'v' THEN 'a view' WHEN 'm' THEN 'a materialized view'
            WHEN 'S' THEN 'a sequence' ELSE 'of kind ' || relkind::text END AS how
    FROM ours
    UNION ALL
    SELECT 'row-level security of ' || name,
        CASE WHEN relrowsecurity AND relforcerowsecurity THEN 'on and forced'
            WHEN relrowsecurity THEN 'on but not forced' ELSE 'off' END
    FROM ours WHERE relkind = 'r'
    UNION ALL
    -- Rows are written by position.
    SELECT 'order of columns of ' || t.name, string_agg(a.attname, ', ' ORDER BY a.attnum)
    FROM ours AS t JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE t.relkind <> 'S'
    GROUP BY t.name
    UNION ALL
    SELECT 'column ' || a.attname || ' of ' || t.name,
        format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attcollation NOT IN (0, (SELECT typcollation FROM pg_type WHERE oid = a.atttypid))
            THEN ' collate ' || (SELECT collname FROM pg_collation WHERE oid = a.attcollation) ELSE '' END
        || CASE WHEN a.attnotnull THEN ', never null' ELSE ', may be null' END
        || coalesce(', by default ' || pg_get_expr(d.adbin, d.adrelid), '')
        || CASE WHEN a.attgenerated = '' AND a.attidentity = '' THEN '' ELSE ', generated' END
    FROM ours AS t
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE t.relkind <> 'S'
    UNION ALL
    -- Version 18 keeps NOT NULL as constraints too; a constraint trigger is among the triggers. A foreign key is enforced
    -- by triggers of its own, which a superuser can disable.
    SELECT 'constraint ' || c.conname || ' of ' || t.name,
        pg_get_constraintdef(c.oid)
        || CASE WHEN EXISTS (SELECT FROM pg_trigger AS f WHERE f.tgconstraint = c.oid AND f.tgenabled <> 'O')
            THEN ', but disabled' ELSE '' END
    FROM ours AS t JOIN pg_constraint AS c ON c.conrelid = t.oid WHERE c.contype NOT IN ('n', 't')
    UNION ALL
    SELECT 'index ' || i.relname || ' of ' || t.name,
        pg_get_indexdef(x.indexrelid)
        || CASE WHEN x.indisvalid AND x.indisready AND x.indislive THEN '' ELSE ', but not valid' END
    FROM ours AS t JOIN pg_index AS x ON x.indrelid = t.oid JOIN pg_class AS i ON i.oid = x.indexrelid
    UNION ALL
    SELECT 'policy ' || p.polname || ' of ' || t.name,
        CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END
        || ' for ' || CASE p.polcmd WHEN '*' THEN 'all' WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert'
            WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE '?' END
        || ' to ' || CASE WHEN p.polroles = '{0}' THEN 'public' ELSE 'some' END
        || coalesce(' using ' || pg_get_expr(p.polqual, p.polrelid), '')
        || coalesce(' with check ' || pg_get_expr(p.polwithcheck, p.polrelid), '')
    FROM ours AS t JOIN pg_policy AS p ON p.polrelid = t.oid
    UNION ALL
    SELECT 'trigger ' || g.tgname || ' of ' || t.name, pg_get_triggerdef(g.oid)
    FROM ours AS t JOIN pg_trigger AS g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'firing of trigger ' || g.tgname || ' of ' || t.name,
        CASE g.tgenabled WHEN 'A' THEN 'always' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'in replicas alone'
            ELSE 'not in replicas' END
    FROM ours AS t JOIN pg_trigger AS g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'rule ' || r.rulename || ' of ' || t.name, pg_get_ruledef(r.oid)
    FROM ours AS t JOIN pg_rewrite AS r ON r.ev_class = t.oid WHERE t.relkind IN ('r', 'p')
    UNION ALL
    SELECT 'child ' || h.inhrelid::regclass || ' of ' || t.name, 'a table'
    FROM ours AS t JOIN pg_inherits AS h ON h.inhparent = t.oid WHERE t.relkind IN ('r', 'p')
    UNION ALL
    -- Whoever reads through a parent meets the parent's policies alone.
    SELECT 'parent ' || h.inhparent::regclass || ' of ' || t.name, 'a table'
    FROM ours AS t JOIN pg_inherits AS h ON h.inhrelid = t.oid
    UNION ALL
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END || ' ' || p.oid::regprocedure,
        CASE WHEN p.prosecdef THEN 'as its owner' ELSE 'as its caller' END
        || ', ' || l.lanname || coalesce(', returns ' || pg_get_function_result(p.oid), '')
        || ', ' || CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END
        || CASE WHEN p.proisstrict THEN ', strict' ELSE '' END
        || CASE WHEN p.proleakproof THEN ', leakproof' ELSE '' END
        || coalesce(', set ' || array_to_string(p.proconfig, ' '), '')
        || ', body ' || left(encode(sha256(convert_to(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), 'UTF8')), 'hex'), 16)
    FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
    WHERE p.pronamespace = to_regnamespace('aurex')
) AS lines ORDER BY what COLLATE "C"
