-- Rows that are rewritten with every change keep room on their pages, so that a rewrite touches no index.
ALTER TABLE aurex.head SET (fillfactor = 50);
ALTER TABLE aurex.balance SET (fillfactor = 70);
ALTER TABLE aurex.series SET (fillfactor = 50);
ALTER TABLE aurex.lot_on_hand SET (fillfactor = 70);
