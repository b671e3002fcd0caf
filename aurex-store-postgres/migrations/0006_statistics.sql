-- Rows that are rewritten with every change keep room on their pages, so that a rewrite touches no index.
ALTER TABLE aurex.head SET (fillfactor = 50);
ALTER TABLE aurex.balance SET (fillfactor = 70);
ALTER TABLE aurex.series SET (fillfactor = 50);
ALTER TABLE aurex.lot_on_hand SET (fillfactor = 70);

-- A search that is answered by an index alone asks the table only for pages that no vacuum has seen since they were written.
-- By default a fifth of the log may be such pages, and they are the newest, where every search begins.
ALTER TABLE aurex.audit_entry SET (
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000
);

-- The planner's statistics are samples of values. Of personal ones it keeps none: what is erased is not to live on there,
-- and no plan depends on them.
ALTER TABLE aurex.audit_opening ALTER COLUMN salt SET STATISTICS 0, ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE aurex.member ALTER COLUMN name SET STATISTICS 0, ALTER COLUMN email SET STATISTICS 0;
ALTER TABLE aurex.workspace ALTER COLUMN contacts SET STATISTICS 0, ALTER COLUMN billing SET STATISTICS 0, ALTER COLUMN payee SET STATISTICS 0;
ALTER TABLE aurex.session ALTER COLUMN address SET STATISTICS 0, ALTER COLUMN agent SET STATISTICS 0;
ALTER TABLE aurex.mail ALTER COLUMN recipient SET STATISTICS 0, ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE aurex.party ALTER COLUMN name SET STATISTICS 0, ALTER COLUMN phone SET STATISTICS 0,
ALTER COLUMN email SET STATISTICS 0, ALTER COLUMN gstin SET STATISTICS 0, ALTER COLUMN pan SET STATISTICS 0,
ALTER COLUMN address SET STATISTICS 0, ALTER COLUMN identity SET STATISTICS 0;
