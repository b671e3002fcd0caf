-- For each key of the deployment, what shows that it is the one this store was made with. Written once.
CREATE TABLE key_check (
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER key_check_update BEFORE UPDATE ON key_check
BEGIN
    SELECT RAISE(ABORT, 'key_check never changes');
END;
CREATE TRIGGER key_check_anew BEFORE INSERT ON key_check
WHEN EXISTS (SELECT 1 FROM key_check WHERE name = NEW.name)
BEGIN
    SELECT RAISE(ABORT, 'a row of key_check is already there');
END;
