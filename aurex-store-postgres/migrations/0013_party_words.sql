-- What parties are found by while their names are typed: made from a party's row as it is written, and gone with what it
-- was made of. The rule is `words_of` in aurex-core's shop/parties/search.rs.

CREATE TABLE aurex.party_word (
    tenant_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    word TEXT COLLATE "C" NOT NULL CHECK (word <> ''),
    party UUID NOT NULL,
    PRIMARY KEY (tenant_id, kind, word, party),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id)
);
CREATE INDEX party_word_of_party ON aurex.party_word (tenant_id, party, word);

CALL aurex.wall('aurex.party_word');
CREATE FUNCTION aurex.party_is_found() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.kind, NEW.name, NEW.phone, NEW.gstin) IS NOT DISTINCT FROM (OLD.kind, OLD.name, OLD.phone, OLD.gstin) THEN
            RETURN NULL;
        END IF;
        DELETE FROM aurex.party_word WHERE tenant_id = OLD.tenant_id AND party = OLD.id;
    END IF;
    INSERT INTO aurex.party_word (tenant_id, kind, word, party)
    SELECT DISTINCT NEW.tenant_id, NEW.kind, word, NEW.id
    FROM string_to_table(
        concat_ws(
            ' ', translate(lower(NEW.name COLLATE "C"), '.,-/&()', '       '), NEW.phone, ltrim(NEW.phone, '+'),
            right(NEW.phone, 10), right(NEW.phone, 5), right(NEW.phone, 4), lower(NEW.gstin COLLATE "C"),
            lower(substr(NEW.gstin, 3) COLLATE "C")
        ), ' '
    ) AS word
    WHERE word <> '';
    RETURN NULL;
END
$$;
CREATE TRIGGER is_found AFTER INSERT OR UPDATE ON aurex.party
FOR EACH ROW EXECUTE FUNCTION aurex.party_is_found();
ALTER TABLE aurex.party ENABLE ALWAYS TRIGGER is_found;

-- Of personal values the planner keeps no samples, as in 0006.
ALTER TABLE aurex.party_word ALTER COLUMN word SET STATISTICS 0;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA aurex FROM PUBLIC;
