-- For each key of the deployment, what shows that it is the one this store was made with. Written once, in the operator's
-- own tenant.
CREATE TABLE aurex.key_check (
    tenant_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
CALL aurex.wall('aurex.key_check');
CREATE TRIGGER never_changed BEFORE UPDATE ON aurex.key_check FOR EACH ROW EXECUTE FUNCTION aurex.never();
ALTER TABLE aurex.key_check ENABLE ALWAYS TRIGGER never_changed;
