-- Who sold and who bought, as a bill says it: written with the bill, and changed by an erasure alone.

CREATE TABLE invoice_parties (
    tenant_id BLOB NOT NULL,
    invoice BLOB NOT NULL CHECK (length(invoice) = 16),
    party BLOB NOT NULL CHECK (length(party) = 16),
    seller_name TEXT NOT NULL,
    seller_address TEXT NOT NULL,
    seller_gstin TEXT,
    seller_state TEXT NOT NULL CHECK (length(seller_state) = 2),
    scheme TEXT NOT NULL CHECK (scheme IN ('regular', 'composition', 'unregistered')),
    buyer_name TEXT NOT NULL,
    buyer_phone TEXT,
    buyer_gstin TEXT,
    buyer_state TEXT CHECK (buyer_state IS NULL OR length(buyer_state) = 2),
    buyer_address TEXT,
    PRIMARY KEY (tenant_id, invoice),
    FOREIGN KEY (tenant_id, invoice) REFERENCES invoice (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES party (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invoice_parties_of_party ON invoice_parties (tenant_id, party, invoice);

CREATE TRIGGER invoice_parties_insert BEFORE INSERT ON invoice_parties
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'invoice_parties is written with an entry of its own tenant');
END;
CREATE TRIGGER invoice_parties_update BEFORE UPDATE ON invoice_parties
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'invoice_parties is written with an entry of its own tenant');
END;
CREATE TRIGGER invoice_parties_erased BEFORE UPDATE ON invoice_parties
WHEN (
    NEW.tenant_id, NEW.invoice, NEW.party, NEW.seller_name, NEW.seller_address, NEW.seller_gstin, NEW.seller_state,
    NEW.scheme, NEW.buyer_state
) IS NOT (
    OLD.tenant_id, OLD.invoice, OLD.party, OLD.seller_name, OLD.seller_address, OLD.seller_gstin, OLD.seller_state,
    OLD.scheme, OLD.buyer_state
)
OR NEW.buyer_name NOT IN (OLD.buyer_name, '(erased)')
OR (NEW.buyer_phone IS NOT NULL AND NEW.buyer_phone IS NOT OLD.buyer_phone)
OR (NEW.buyer_gstin IS NOT NULL AND NEW.buyer_gstin IS NOT OLD.buyer_gstin)
OR (NEW.buyer_address IS NOT NULL AND NEW.buyer_address IS NOT OLD.buyer_address)
BEGIN
    SELECT RAISE(ABORT, 'invoice_parties changes by erasure alone');
END;
CREATE TRIGGER invoice_parties_delete BEFORE DELETE ON invoice_parties
BEGIN
    SELECT RAISE(ABORT, 'invoice_parties is never deleted from');
END;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('invoice_parties', 'invoice_parties', '500000 500000 1'),
    ('invoice_parties', 'invoice_parties_of_party', '500000 500000 5 1');
