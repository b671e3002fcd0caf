-- The tables of a store once more, with everything in them: columns, checks, keys, indexes, foreign keys. No row-level
-- security and no trigger. Run by psql as the superuser.
\set ON_ERROR_STOP on
CREATE SCHEMA floor;

DO $$
DECLARE it record;
BEGIN
    FOR it IN
        SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'aurex'::regnamespace AND relkind = 'r' AND relname NOT LIKE '\_%'
    LOOP
        EXECUTE format('CREATE TABLE floor.%1$I (LIKE aurex.%1$I INCLUDING ALL)', it.name);
        EXECUTE format('INSERT INTO floor.%1$I SELECT * FROM aurex.%1$I', it.name);
    END LOOP;
    FOR it IN
        SELECT conname AS name, relname AS of, pg_get_constraintdef(pg_constraint.oid) AS says
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE contype = 'f' AND connamespace = 'aurex'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE floor.%I ADD CONSTRAINT %I %s', it.of, it.name, replace(it.says, 'aurex.', 'floor.'));
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA floor TO aurex_app;
GRANT SELECT ON ALL TABLES IN SCHEMA floor TO aurex_app;
-- Both sides of every comparison are planned with as much knowledge.
ANALYZE;
