-- What no description of the schema can say, because it holds for objects of others too: one sentence for each breach.
-- $1 the role that everything must belong to, $2 the role that statements run as, $3 whether these are two, $4 the
-- policies that a table of an embedder's may have, $5 the functions that the application may call, $6 the tables that an
-- embedder has under guard, $7 which of them are append-only.
WITH RECURSIVE guarded AS (
    -- An embedder's tables of facts are known by our guard on them.
    SELECT DISTINCT c.oid, c.oid::regclass::text AS name, c.relrowsecurity, c.relforcerowsecurity,
        c.relowner::regrole AS owner,
        (SELECT a.attnum FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull AND a.atttypid = 'uuid'::regtype) AS tenant
    FROM pg_class AS c JOIN pg_trigger AS g ON g.tgrelid = c.oid
    WHERE g.tgfoid IN (to_regprocedure('aurex.with_an_entry()'), to_regprocedure('aurex.never()'), to_regprocedure('aurex.until_the_end()'))
        AND c.relnamespace <> to_regnamespace('aurex')
),
-- Whatever reads a walled table, or reads what reads one.
behind AS (
    SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace('aurex') AND relkind = 'r' AND relname <> 'migration'
    UNION
    SELECT oid FROM guarded
    UNION
    SELECT r.ev_class FROM behind AS b
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = b.oid AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite AS r ON r.oid = d.objid
)
SELECT sentence AS "sentence!" FROM (
    SELECT 'schema aurex belongs to ' || nspowner::regrole || ', not to ' || $1 AS sentence
    FROM pg_namespace WHERE nspname = 'aurex' AND pg_get_userbyid(nspowner) <> $1
    UNION ALL
    SELECT CASE relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || oid::regclass || ' belongs to '
        || relowner::regrole || ', not to ' || $1
    FROM pg_class WHERE relnamespace = to_regnamespace('aurex') AND relkind IN ('r', 'p', 'S') AND pg_get_userbyid(relowner) <> $1
    UNION ALL
    SELECT 'function ' || oid::regprocedure || ' belongs to ' || proowner::regrole || ', not to ' || $1
    FROM pg_proc WHERE pronamespace = to_regnamespace('aurex') AND pg_get_userbyid(proowner) <> $1

    -- An embedder's tables under guard stand behind the same wall.
    UNION ALL
    SELECT 'row-level security of ' || name || ' is '
        || CASE WHEN relrowsecurity THEN 'on but not forced' ELSE 'off' END || ', though the table is under guard'
    FROM guarded WHERE NOT (relrowsecurity AND relforcerowsecurity)
    UNION ALL
    SELECT 'table ' || name || ' is under guard without a column tenant_id of type uuid that is never null'
    FROM guarded WHERE tenant IS NULL
    UNION ALL
    SELECT 'table ' || name || ' is under guard without the policy own_tenant'
    FROM guarded AS t WHERE NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = t.oid AND p.polname = 'own_tenant')
    UNION ALL
    SELECT 'policy ' || p.polname || ' of ' || t.name || ' is not the canonical one'
    FROM guarded AS t JOIN pg_policy AS p ON p.polrelid = t.oid
    WHERE p.polname <> 'own_tenant' OR NOT p.polpermissive OR p.polcmd <> '*' OR p.polroles <> '{0}'
        OR p.polwithcheck IS NOT NULL OR coalesce(pg_get_expr(p.polqual, p.polrelid) <> ALL ($4), true)
    UNION ALL
    SELECT 'unique index ' || x.indexrelid::regclass || ' of ' || t.name || ' does not begin with tenant_id'
    FROM guarded AS t JOIN pg_index AS x ON x.indrelid = t.oid
    WHERE x.indisunique AND x.indkey[0] IS DISTINCT FROM t.tenant
    UNION ALL
    SELECT 'foreign key ' || c.conname || ' of ' || t.name || ' does not lead from tenant_id to tenant_id'
    FROM guarded AS t JOIN pg_constraint AS c ON c.conrelid = t.oid
    LEFT JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1]
    WHERE c.contype = 'f' AND (c.conkey[1] IS DISTINCT FROM t.tenant OR a.attname IS DISTINCT FROM 'tenant_id')
    UNION ALL
    SELECT 'table ' || own.name || ' is not under guard, or not there'
    FROM unnest($6::text[]) AS own (name) WHERE NOT EXISTS (SELECT FROM guarded AS t WHERE t.oid = to_regclass(own.name))
    UNION ALL
    SELECT 'trigger ' || wanted.name || ' of ' || t.name || ' is missing or does not fire always'
    FROM guarded AS t
    LEFT JOIN unnest($6::text[], $7::boolean[]) AS own (name, append_only) ON to_regclass(own.name) = t.oid
    CROSS JOIN (VALUES
        ('with_an_entry', 'CREATE CONSTRAINT TRIGGER %I AFTER INSERT OR UPDATE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION aurex.with_an_entry()', true),
        ('never_deleted', 'CREATE TRIGGER %I BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION aurex.until_the_end()', true),
        ('never_emptied', 'CREATE TRIGGER %I BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION aurex.never()', true),
        ('never_changed', 'CREATE TRIGGER %I BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION aurex.never()', false)
    ) AS wanted (name, how, on_each)
    -- Word for word: a guard with a condition, or for some columns alone, is none.
    WHERE (wanted.on_each OR own.append_only) AND NOT EXISTS (
        SELECT FROM pg_trigger AS g WHERE g.tgrelid = t.oid AND g.tgname = wanted.name AND g.tgenabled = 'A'
            AND pg_get_triggerdef(g.oid) = format(wanted.how, wanted.name, t.name)
    )
    UNION ALL
    SELECT 'trigger ' || g.tgname || ' of ' || t.name || ' does not fire always'
    FROM guarded AS t JOIN pg_trigger AS g ON g.tgrelid = t.oid
    WHERE g.tgname = 'never_changed' AND g.tgenabled <> 'A'

    -- Rows are read through a parent, and written to a child, without a look at the policies of the other.
    UNION ALL
    SELECT 'table ' || t.name || ' is under guard, and its rows are reached through ' || h.inhparent::regclass || ', its parent'
    FROM guarded AS t JOIN pg_inherits AS h ON h.inhrelid = t.oid
    UNION ALL
    SELECT 'table ' || t.name || ' is under guard, and has rows in ' || h.inhrelid::regclass || ', its child'
    FROM guarded AS t JOIN pg_inherits AS h ON h.inhparent = t.oid

    -- A view reads as its owner unless it says otherwise; what a materialized view kept is behind no policy.
    UNION ALL
    SELECT CASE c.relkind WHEN 'v' THEN 'view ' || c.oid::regclass || ' reads tables behind the wall without security_invoker'
        ELSE 'materialized view ' || c.oid::regclass || ' keeps rows of tables behind the wall' END
    FROM behind AS b JOIN pg_class AS c ON c.oid = b.oid
    WHERE c.relkind = 'm' OR c.relkind = 'v' AND NOT EXISTS (
        SELECT FROM pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'security_invoker' AND o.option_value::boolean
    )

    -- Who the application is.
    UNION ALL
    SELECT 'role ' || r.rolname || ' is ' || has.what
    FROM pg_roles AS r CROSS JOIN LATERAL (VALUES
        (r.rolsuper, 'a superuser, whom no policy holds'),
        (r.rolbypassrls AND NOT r.rolsuper, 'allowed to bypass row-level security (BYPASSRLS)'),
        -- Both roles are taken on, by logins of which each has a name of its own.
        ($3 AND r.rolcanlogin, 'allowed to sign in (LOGIN)'),
        ($3 AND r.rolcreaterole, 'allowed to make roles (CREATEROLE)'),
        ($3 AND r.rolcreatedb, 'allowed to make databases (CREATEDB)'),
        ($3 AND r.rolreplication, 'allowed to replicate (REPLICATION)')
    ) AS has (it, what)
    WHERE r.rolname IN ($1, $2) AND has.it
    UNION ALL
    SELECT 'role ' || $2 || ' is a member of ' || m.rolname
        || CASE WHEN m.rolname = $1 THEN ', which owns the tables' WHEN m.rolsuper THEN ', a superuser'
            WHEN m.rolbypassrls THEN ', which bypasses row-level security'
            WHEN m.rolcreaterole OR m.rolreplication THEN ', which has CREATEROLE or REPLICATION'
            ELSE ', a role of PostgreSQL''s own' END
    FROM pg_roles AS r JOIN pg_roles AS m ON m.oid <> r.oid
    WHERE r.rolname = $2 AND NOT r.rolsuper AND pg_has_role(r.oid, m.oid, 'MEMBER')
        AND ($3 AND (m.rolname = $1 OR m.rolcreaterole OR m.rolreplication OR m.rolname LIKE 'pg\_%')
            OR m.rolsuper OR m.rolbypassrls)
    UNION ALL
    SELECT 'role ' || $2 || ' is a member of ' || t.owner || ', which owns table ' || t.name || ' under guard'
    FROM guarded AS t
    WHERE $3 AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = $2)
        AND pg_get_userbyid(t.owner) NOT IN ($1, $2) AND pg_has_role($2, t.owner, 'MEMBER')
    UNION ALL
    SELECT 'role ' || $2 || ' owns ' || pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM pg_shdepend AS d JOIN pg_roles AS r ON r.oid = d.refobjid
    WHERE $3 AND r.rolname = $2 AND d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
        AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    UNION ALL
    SELECT 'role ' || $2 || ' may ' || may.what FROM (VALUES
        (has_schema_privilege($2, 'aurex', 'CREATE'), 'make objects in schema aurex'),
        (has_database_privilege($2, current_database(), 'CREATE'), 'make schemas in the database'),
        (has_parameter_privilege($2, 'session_replication_role', 'SET'), 'set session_replication_role')
    ) AS may (it, what)
    WHERE $3 AND may.it
    UNION ALL
    -- A name that is looked for in such a schema, by whomever, may be found to be the application's. Before version 15,
    -- and in databases that come from there, everybody may do it in public.
    SELECT 'role ' || $2 || ' may make objects in schema ' || n.nspname
    FROM pg_namespace AS n
    WHERE $3 AND n.nspname <> 'aurex' AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = $2)
        AND pg_get_userbyid(n.nspowner) <> $2 AND has_schema_privilege($2, n.oid, 'CREATE')
    UNION ALL
    -- What a guard remembers is its owner's to write and to read.
    SELECT 'role ' || $2 || ' may ' || string_agg(p.word, ', ' ORDER BY p.word) || ' on sequence ' || s.oid::regclass
        || ', which it must not'
    FROM pg_class AS s CROSS JOIN (VALUES ('SELECT'), ('UPDATE'), ('USAGE')) AS p (word)
    WHERE $3 AND s.relnamespace = to_regnamespace('aurex') AND s.relkind = 'S'
        AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = $2)
        -- Asked of nothing else, in whatever order the conditions come.
        AND CASE WHEN s.relkind = 'S' THEN has_sequence_privilege($2, s.oid, p.word) END
    GROUP BY s.oid
    UNION ALL
    SELECT 'role ' || $2 || ' may not use schema aurex' WHERE $3 AND NOT has_schema_privilege($2, 'aurex', 'USAGE')
    UNION ALL
    SELECT 'role ' || $2 || ' may '
        || CASE WHEN f.oid = ANY (own.own) THEN 'not call ' || f.oid::regprocedure || ', which the store needs'
            ELSE 'call ' || f.oid::regprocedure END
    FROM pg_proc AS f CROSS JOIN (
        SELECT array_agg(to_regprocedure(wanted)::oid) AS own FROM unnest($5::text[]) AS wanted
    ) AS own
    WHERE $3 AND f.pronamespace = to_regnamespace('aurex')
        AND has_function_privilege($2, f.oid, 'EXECUTE') <> (f.oid = ANY (own.own))
    UNION ALL
    SELECT 'anybody may call ' || f.oid::regprocedure || ', which runs as its owner'
    FROM pg_proc AS f CROSS JOIN LATERAL aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) AS acl
    WHERE f.pronamespace = to_regnamespace('aurex') AND f.prosecdef AND acl.grantee = 0

    -- Outside the schema, whatever may pass by the wall is not lent to the application. Extensions answer for their own.
    UNION ALL
    SELECT 'role ' || $2 || ' may call ' || f.oid::regprocedure || ', which runs as ' || o.rolname || ': '
        || CASE WHEN o.rolsuper THEN 'a superuser' WHEN o.rolbypassrls THEN 'it bypasses row-level security'
            ELSE 'it may act as the owner of the tables' END
    FROM pg_proc AS f JOIN pg_roles AS o ON o.oid = f.proowner LEFT JOIN pg_roles AS own ON own.rolname = $1
    WHERE f.prosecdef AND f.pronamespace <> to_regnamespace('aurex')
        AND (o.rolsuper OR o.rolbypassrls OR $3 AND pg_has_role(o.oid, own.oid, 'MEMBER'))
        AND has_function_privilege($2, f.oid, 'EXECUTE') AND has_schema_privilege($2, f.pronamespace, 'USAGE')
        AND NOT EXISTS (
            SELECT FROM pg_depend AS d
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e'
        )

    -- Nobody else has a privilege on what is ours. What belongs to somebody else, and what everybody may call, is said
    -- above.
    UNION ALL
    SELECT CASE acl.grantee WHEN 0 THEN 'anybody' ELSE 'role ' || pg_get_userbyid(acl.grantee) END || ' may '
        || string_agg(DISTINCT acl.privilege_type, ', ' ORDER BY acl.privilege_type) || ' on ' || acl.what
        || ', which is for ' || CASE WHEN $3 THEN $1 || ' and ' || $2 ELSE $1 END || ' alone'
    FROM (
        SELECT 'schema aurex' AS what, nspowner AS owner, a.grantee, a.privilege_type
        FROM pg_namespace, aclexplode(nspacl) AS a WHERE nspname = 'aurex'
        UNION ALL
        SELECT CASE relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || oid::regclass, relowner, a.grantee, a.privilege_type
        FROM pg_class, aclexplode(relacl) AS a WHERE relnamespace = to_regnamespace('aurex')
        UNION ALL
        SELECT 'table ' || c.oid::regclass, c.relowner, a.grantee, a.privilege_type || ' (' || t.attname || ')'
        FROM pg_class AS c JOIN pg_attribute AS t ON t.attrelid = c.oid, aclexplode(t.attacl) AS a
        WHERE c.relnamespace = to_regnamespace('aurex')
        UNION ALL
        SELECT 'function ' || oid::regprocedure, proowner, a.grantee, a.privilege_type
        FROM pg_proc, aclexplode(proacl) AS a WHERE pronamespace = to_regnamespace('aurex') AND a.grantee <> 0
    ) AS acl
    WHERE acl.grantee <> acl.owner AND (acl.grantee = 0 OR pg_get_userbyid(acl.grantee) NOT IN ($1, $2))
    GROUP BY acl.grantee, acl.what

    -- What the session starts with.
    UNION ALL
    SELECT 'the session starts with session_replication_role = ' || current_setting('session_replication_role')
    WHERE current_setting('session_replication_role') <> 'origin'
    UNION ALL
    SELECT 'the session starts with a tenant: aurex.tenant_id is set for the role or the database'
    WHERE nullif(current_setting('aurex.tenant_id', true), '') IS NOT NULL
    UNION ALL
    SELECT 'the database''s encoding is ' || getdatabaseencoding() || ', not UTF8' WHERE getdatabaseencoding() <> 'UTF8'
) AS breaches ORDER BY sentence COLLATE "C"
