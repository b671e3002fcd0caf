-- What parties are found by while their names are typed: made from a party's row as it is written, and gone with what it
-- was made of. The rule is `words_of` in aurex-core's shop/parties/search.rs. In JSON a space stays a space, and what
-- ends a text is never within one, so that a list of words is made of a text by putting quotes and commas between them.

CREATE TABLE party_word (
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    word TEXT NOT NULL CHECK (word <> ''),
    party BLOB NOT NULL CHECK (length(party) = 16),
    PRIMARY KEY (tenant_id, kind, word, party),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX party_word_of_party ON party_word (tenant_id, party, word);

CREATE TRIGGER party_is_found AFTER INSERT ON party
BEGIN
    INSERT INTO party_word (tenant_id, kind, word, party)
    SELECT DISTINCT NEW.tenant_id, NEW.kind, value, NEW.id
    FROM json_each('[' || replace(json_quote(
        replace(replace(replace(replace(replace(replace(replace(
            lower(NEW.name), '.', ' '), ',', ' '), '-', ' '), '/', ' '), '&', ' '), '(', ' '), ')', ' ')
        || coalesce(
            ' ' || NEW.phone || ' ' || ltrim(NEW.phone, '+') || ' ' || substr(NEW.phone, -10) || ' '
            || substr(NEW.phone, -5) || ' ' || substr(NEW.phone, -4), ''
        )
        || coalesce(' ' || lower(NEW.gstin) || ' ' || lower(substr(NEW.gstin, 3)), '')
    ), ' ', '","') || ']')
    WHERE value <> '';
END;
CREATE TRIGGER party_is_found_anew AFTER UPDATE ON party
WHEN (NEW.kind, NEW.name, NEW.phone, NEW.gstin) IS NOT (OLD.kind, OLD.name, OLD.phone, OLD.gstin)
BEGIN
    DELETE FROM party_word WHERE tenant_id = OLD.tenant_id AND party = OLD.id;
    INSERT INTO party_word (tenant_id, kind, word, party)
    SELECT DISTINCT NEW.tenant_id, NEW.kind, value, NEW.id
    FROM json_each('[' || replace(json_quote(
        replace(replace(replace(replace(replace(replace(replace(
            lower(NEW.name), '.', ' '), ',', ' '), '-', ' '), '/', ' '), '&', ' '), '(', ' '), ')', ' ')
        || coalesce(
            ' ' || NEW.phone || ' ' || ltrim(NEW.phone, '+') || ' ' || substr(NEW.phone, -10) || ' '
            || substr(NEW.phone, -5) || ' ' || substr(NEW.phone, -4), ''
        )
        || coalesce(' ' || lower(NEW.gstin) || ' ' || lower(substr(NEW.gstin, 3)), '')
    ), ' ', '","') || ']')
    WHERE value <> '';
END;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('party_word', 'party_word', '1000000 1000000 300000 20 1'),
    ('party_word', 'party_word_of_party', '1000000 1000000 9 1');
