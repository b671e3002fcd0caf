-- Who sold and who bought, as a bill says it: written with the bill, and changed by an erasure alone.

CREATE TABLE aurex.invoice_parties (
    tenant_id UUID NOT NULL,
    invoice UUID NOT NULL,
    party UUID NOT NULL,
    seller_name TEXT COLLATE "C" NOT NULL,
    seller_address TEXT COLLATE "C" NOT NULL,
    seller_gstin TEXT COLLATE "C",
    seller_state TEXT COLLATE "C" NOT NULL CHECK (length(seller_state) = 2),
    scheme TEXT COLLATE "C" NOT NULL CHECK (scheme IN ('regular', 'composition', 'unregistered')),
    buyer_name TEXT COLLATE "C" NOT NULL,
    buyer_phone TEXT COLLATE "C",
    buyer_gstin TEXT COLLATE "C",
    buyer_state TEXT COLLATE "C" CHECK (length(buyer_state) = 2),
    buyer_address TEXT COLLATE "C",
    PRIMARY KEY (tenant_id, invoice),
    FOREIGN KEY (tenant_id, invoice) REFERENCES aurex.invoice (tenant_id, id),
    FOREIGN KEY (tenant_id, party) REFERENCES aurex.party (tenant_id, id)
);
CREATE INDEX invoice_parties_of_party ON aurex.invoice_parties (tenant_id, party, invoice);

CALL aurex.guard('aurex.invoice_parties', append_only => false);
CREATE FUNCTION aurex.invoice_parties_are_erased() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (
        NEW.tenant_id, NEW.invoice, NEW.party, NEW.seller_name, NEW.seller_address, NEW.seller_gstin,
        NEW.seller_state, NEW.scheme, NEW.buyer_state
    ) IS DISTINCT FROM (
        OLD.tenant_id, OLD.invoice, OLD.party, OLD.seller_name, OLD.seller_address, OLD.seller_gstin,
        OLD.seller_state, OLD.scheme, OLD.buyer_state
    )
    OR NEW.buyer_name NOT IN (OLD.buyer_name, '(erased)')
    OR (NEW.buyer_phone IS NOT NULL AND NEW.buyer_phone IS DISTINCT FROM OLD.buyer_phone)
    OR (NEW.buyer_gstin IS NOT NULL AND NEW.buyer_gstin IS DISTINCT FROM OLD.buyer_gstin)
    OR (NEW.buyer_address IS NOT NULL AND NEW.buyer_address IS DISTINCT FROM OLD.buyer_address) THEN
        RAISE EXCEPTION 'invoice_parties changes by erasure alone' USING ERRCODE = 'AX002';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER erasure_alone BEFORE UPDATE ON aurex.invoice_parties
FOR EACH ROW EXECUTE FUNCTION aurex.invoice_parties_are_erased();
ALTER TABLE aurex.invoice_parties ENABLE ALWAYS TRIGGER erasure_alone;

-- Of personal values the planner keeps no samples, as in 0006.
ALTER TABLE aurex.invoice_parties ALTER COLUMN buyer_name SET STATISTICS 0,
ALTER COLUMN buyer_phone SET STATISTICS 0, ALTER COLUMN buyer_gstin SET STATISTICS 0,
ALTER COLUMN buyer_address SET STATISTICS 0;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA aurex FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA aurex FROM PUBLIC;
