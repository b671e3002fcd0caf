-- What the role $1 may do with each table, whether it was given to it, to a role it inherits from or to everybody: for
-- each privilege the columns that it reaches, and for those of the whole table all or none.
SELECT c.relname::text AS "table!", p.word AS "privilege!",
    coalesce(array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE CASE
        WHEN p.word IN ('DELETE', 'TRUNCATE', 'TRIGGER') THEN has_table_privilege($1, c.oid, p.word)
        ELSE has_column_privilege($1, c.oid, a.attnum, p.word) END), '{}') AS "reached!",
    array_agg(a.attname::text ORDER BY a.attnum) AS "columns!"
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('REFERENCES'), ('DELETE'), ('TRUNCATE'), ('TRIGGER')) AS p (word)
WHERE c.relnamespace = to_regnamespace('aurex') AND c.relkind = 'r'
GROUP BY c.relname, p.word
ORDER BY c.relname, p.word
