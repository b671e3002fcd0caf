-- In a schema of its own, so that the schema `aurex` stays what its migrations made it.
CREATE SCHEMA IF NOT EXISTS aurex_raising;
GRANT USAGE ON SCHEMA aurex_raising TO PUBLIC;

CREATE OR REPLACE FUNCTION aurex_raising.own_tenant(of_row uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF of_row = nullif(current_setting('aurex.tenant_id', true), '')::uuid THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION 'a statement came upon a row of another tenant' USING ERRCODE = 'AX003';
END
$$;

DO $$
DECLARE
    walled regclass;
BEGIN
    FOR walled IN
        SELECT polrelid::regclass FROM pg_catalog.pg_policy AS p WHERE polname = 'own_tenant'
    LOOP
        EXECUTE format('ALTER POLICY own_tenant ON %s USING (aurex_raising.own_tenant(tenant_id))', walled);
    END LOOP;
END
$$;
