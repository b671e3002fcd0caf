//! The audit at every start: what a neighbour with a superuser's password could do to the database overnight, and that
//! the store refuses to serve it in the morning and says what it found.

use std::path::Path;

use aurex_core::store::StoreError;
use aurex_store_postgres::{Findings, Policy, PostgresOptions, PostgresStore, Warning};
use sqlx::Connection as _;

use crate::world::{Database, number, options, rows, run};

/// Servers that tests run on keep nothing for ever, and are warned of.
pub fn unless_the_server_is_thrown_away(warnings: &[Warning]) -> Vec<Warning> {
    warnings.iter().filter(|warning| !matches!(warning, Warning::NotDurable { .. })).cloned().collect()
}

/// What the store found when it was opened on this database, or how it was content.
pub async fn opened(url: &str, options: PostgresOptions) -> Result<Vec<Warning>, Vec<String>> {
    match PostgresStore::open(url, options).await {
        Ok((store, _)) => Ok(unless_the_server_is_thrown_away(store.warnings())),
        Err(StoreError::Failed(source)) => {
            let findings = source.downcast::<Findings>().expect("the audit's findings");
            assert_eq!(findings.to_string().lines().count(), findings.sentences().len() + 2);
            Err(findings.sentences().to_vec())
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// What the store finds after somebody, as a superuser, did this to a sound database.
async fn found_after(sql: &str) -> Vec<String> {
    let database = Database::migrated(Policy::Filters).await;
    run(&mut database.superuser().await, sql).await.unwrap();
    opened(&database.url(), options(Policy::Filters)).await.unwrap_err()
}

/// That the audit finds exactly this.
pub async fn finds(sql: &str, sentences: &[&str]) {
    assert_eq!(found_after(sql).await, sentences);
}

const CANONICAL: &str =
    "(tenant_id = (NULLIF(current_setting('aurex.tenant_id'::text, true), ''::text))::uuid)";

#[tokio::test]
async fn a_sound_database_is_served_with_a_warning_where_the_login_is_a_superuser() {
    let database = Database::migrated(Policy::Filters).await;
    let warnings = opened(&database.url(), options(Policy::Filters)).await.unwrap();
    assert!(matches!(&warnings[..], [Warning::PrivilegedLogin { .. }]), "{warnings:?}");
    assert!(warnings[0].to_string().contains("passes by row-level security"));
}

#[tokio::test]
async fn the_description_is_what_the_migrations_make() {
    let database = Database::migrated(Policy::Filters).await;
    let mut conn = database.superuser().await;
    run(&mut conn, "SET search_path = ''").await.unwrap();
    let lines = rows(&mut conn, include_str!("../../src/walls/describe.sql")).await;
    let lines = lines.into_iter().map(|line| line.into_iter().flatten().collect::<Vec<_>>().join(": "));
    let live = lines.map(|line| line + "\n").collect::<String>();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/walls/expected.txt");
    if bless() {
        std::fs::write(&file, &live).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept == live, "src/walls/expected.txt is of other migrations: run this test with AUREX_BLESS=1");
}

#[expect(clippy::disallowed_methods, reason = "whether to bless is the environment's to say")]
fn bless() -> bool {
    std::env::var_os("AUREX_BLESS").is_some()
}

#[tokio::test]
async fn asvs_v8_4_1_row_level_security_switched_off_on_one_table_is_found() {
    finds(
        "ALTER TABLE aurex.posting DISABLE ROW LEVEL SECURITY",
        &["row-level security of aurex.posting is: off; it should be: on and forced"],
    )
    .await;
}

#[tokio::test]
async fn asvs_v8_4_1_row_level_security_that_does_not_hold_the_owner_is_found() {
    finds(
        "ALTER TABLE aurex.member NO FORCE ROW LEVEL SECURITY",
        &["row-level security of aurex.member is: on but not forced; it should be: on and forced"],
    )
    .await;
}

#[tokio::test]
async fn an_altered_policy_is_found() {
    finds(
        "ALTER POLICY own_tenant ON aurex.invoice USING (true)",
        &[&format!(
            "policy own_tenant of aurex.invoice is: permissive for all to public using true; it should be: permissive \
             for all to public using {CANONICAL}"
        )],
    )
    .await;
}

#[tokio::test]
async fn a_policy_beside_ours_is_found() {
    finds(
        "CREATE POLICY support ON aurex.party FOR SELECT USING (true)",
        &["policy support of aurex.party was added: permissive for select to public using true"],
    )
    .await;
}

#[tokio::test]
async fn a_policy_dropped_is_found() {
    let found = found_after("DROP POLICY own_tenant ON aurex.session").await;
    assert!(found[0].starts_with("policy own_tenant of aurex.session is missing"), "{found:?}");
}

#[tokio::test]
async fn a_key_without_its_tenant_is_found() {
    finds(
        "ALTER TABLE aurex.session_use DROP CONSTRAINT session_use_pkey, ADD CONSTRAINT session_use_pkey PRIMARY KEY (session)",
        &[
            "constraint session_use_pkey of aurex.session_use is: PRIMARY KEY (session); it should be: PRIMARY KEY \
             (tenant_id, session)",
            "index session_use_pkey of aurex.session_use is: CREATE UNIQUE INDEX session_use_pkey ON aurex.session_use \
             USING btree (session); it should be: CREATE UNIQUE INDEX session_use_pkey ON aurex.session_use USING \
             btree (tenant_id, session)",
        ],
    )
    .await;
    finds(
        "CREATE UNIQUE INDEX one_phone ON aurex.party (phone)",
        &["index one_phone of aurex.party was added: CREATE UNIQUE INDEX one_phone ON aurex.party USING btree (phone)"],
    )
    .await;
}

#[tokio::test]
async fn a_tenant_that_may_be_null_is_found() {
    finds(
        "ALTER TABLE aurex.key_check DROP CONSTRAINT key_check_pkey; ALTER TABLE aurex.key_check ALTER tenant_id DROP NOT NULL;
         CREATE UNIQUE INDEX key_check_pkey ON aurex.key_check (tenant_id, name)",
        &[
            "constraint key_check_pkey of aurex.key_check is missing; it should be: PRIMARY KEY (tenant_id, name)",
            "column tenant_id of aurex.key_check is: uuid, may be null; it should be: uuid, never null",
        ],
    )
    .await;
}

#[tokio::test]
async fn columns_added_changed_and_dropped_are_found() {
    finds(
        "ALTER TABLE aurex.observation ADD secret text; ALTER TABLE aurex.lot ALTER description TYPE varchar(99);
         ALTER TABLE aurex.session_use DROP at",
        &[
            "column at of aurex.session_use is missing; it should be: bigint, never null",
            "column secret of aurex.observation was added: text, may be null",
            "column description of aurex.lot is: character varying(99), never null; it should be: text collate C, never \
             null",
            "order of columns of aurex.observation is: tenant_id, number, bytes, secret; it should be: tenant_id, number, bytes",
            "order of columns of aurex.session_use is: tenant_id, session; it should be: tenant_id, session, at",
        ],
    )
    .await;
}

#[tokio::test]
async fn checks_and_references_that_were_dropped_are_found() {
    let found = found_after(
        "ALTER TABLE aurex.balance DROP CONSTRAINT balance_debit_check;
         ALTER TABLE aurex.posting DROP CONSTRAINT posting_tenant_id_entry_fkey",
    )
    .await;
    assert_eq!(
        found,
        [
            "constraint balance_debit_check of aurex.balance is missing; it should be: CHECK ((debit >= 0))",
            "constraint posting_tenant_id_entry_fkey of aurex.posting is missing; it should be: FOREIGN KEY (tenant_id, \
             entry) REFERENCES aurex.journal_entry(tenant_id, id)",
        ]
    );
}

#[tokio::test]
async fn a_trigger_disabled_or_not_firing_in_replicas_is_found() {
    finds(
        "ALTER TABLE aurex.posting DISABLE TRIGGER never_changed",
        &["firing of trigger never_changed of aurex.posting is: disabled; it should be: always"],
    )
    .await;
    finds(
        "ALTER TABLE aurex.audit_checkpoint DISABLE TRIGGER checkpoints_grow",
        &["firing of trigger checkpoints_grow of aurex.audit_checkpoint is: disabled; it should be: always"],
    )
    .await;
    finds(
        "ALTER TABLE aurex.posting ENABLE TRIGGER with_an_entry",
        &["firing of trigger with_an_entry of aurex.posting is: not in replicas; it should be: always"],
    )
    .await;
}

#[tokio::test]
async fn references_whose_triggers_are_disabled_are_found() {
    let found = found_after("ALTER TABLE aurex.settlement DISABLE TRIGGER ALL").await;
    let receipt = "constraint settlement_tenant_id_receipt_fkey of aurex.settlement is: FOREIGN KEY (tenant_id, receipt) \
                   REFERENCES aurex.receipt(tenant_id, id), but disabled";
    assert!(found.iter().any(|sentence| sentence.starts_with(receipt)), "{found:?}");
}

#[tokio::test]
async fn a_trigger_dropped_is_found() {
    let found = found_after("DROP TRIGGER never_deleted ON aurex.audit_entry").await;
    assert!(
        found
            .iter()
            .any(|sentence| sentence.starts_with("trigger never_deleted of aurex.audit_entry is missing"))
    );
}

#[tokio::test]
async fn a_guard_with_another_body_is_found() {
    let found = found_after(
        "CREATE OR REPLACE FUNCTION aurex.never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    )
    .await;
    assert!(matches!(&found[..], [one] if one.starts_with("function aurex.never() is: ")), "{found:?}");
}

#[tokio::test]
async fn a_table_that_is_gone_is_one_finding() {
    finds("DROP TABLE aurex.session_use", &["relation aurex.session_use is missing; it should be: a table"])
        .await;
}

#[tokio::test]
async fn a_table_that_would_be_lost_in_a_crash_is_found() {
    finds(
        "ALTER TABLE aurex.session_use SET UNLOGGED",
        &["relation aurex.session_use is: not permanent, a table; it should be: a table"],
    )
    .await;
}

#[tokio::test]
async fn a_rule_that_copies_rows_away_is_found() {
    let found = found_after(
        "CREATE TABLE copies (LIKE aurex.party);
         CREATE RULE copy AS ON INSERT TO aurex.party DO ALSO INSERT INTO copies SELECT NEW.*",
    )
    .await;
    assert!(
        matches!(&found[..], [one] if one.starts_with("rule copy of aurex.party was added")),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_table_through_which_ours_is_read_is_found() {
    finds(
        "CREATE TABLE public.spy (tenant_id uuid NOT NULL, name text COLLATE \"C\" NOT NULL);
         ALTER TABLE aurex.member INHERIT public.spy; GRANT SELECT ON public.spy TO aurex_app",
        &["parent public.spy of aurex.member was added: a table"],
    )
    .await;
    finds(
        "CREATE TABLE public.more () INHERITS (aurex.rate)",
        &["child public.more of aurex.rate was added: a table"],
    )
    .await;
}

#[tokio::test]
async fn a_table_of_an_embedders_that_is_reached_beside_its_guards_is_found() {
    finds(
        &format!(
            "{EMBEDDERS}
             CREATE TABLE public.spy (tenant_id uuid NOT NULL, code text NOT NULL);
             ALTER TABLE pharmacy.medicine INHERIT public.spy;
             CREATE TABLE public.more () INHERITS (pharmacy.medicine)"
        ),
        &[
            "table pharmacy.medicine is under guard, and has rows in public.more, its child",
            "table pharmacy.medicine is under guard, and its rows are reached through public.spy, its parent",
        ],
    )
    .await;
}

#[tokio::test]
async fn views_that_read_as_their_owner_are_found_in_any_schema() {
    finds(
        "CREATE VIEW everybody AS SELECT name FROM aurex.party;
         CREATE VIEW sound WITH (security_invoker = on) AS SELECT name FROM aurex.party;
         CREATE VIEW through AS SELECT name FROM sound;
         CREATE MATERIALIZED VIEW kept AS SELECT name FROM aurex.party;
         CREATE VIEW nothing_of_ours AS SELECT 1 AS one",
        &[
            "materialized view public.kept keeps rows of tables behind the wall",
            "view public.everybody reads tables behind the wall without security_invoker",
            "view public.through reads tables behind the wall without security_invoker",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_definer_function_added_is_found() {
    let found = found_after(
        "CREATE FUNCTION aurex.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM aurex.party'",
    )
    .await;
    let peek = |words: &str| {
        found.iter().any(|sentence| sentence.contains("aurex.peek()") && sentence.contains(words))
    };
    assert!(peek("was added: as its owner") && peek("anybody may call") && peek("belongs to"), "{found:?}");
}

#[tokio::test]
async fn a_definer_function_opened_to_everybody_is_found() {
    finds(
        "GRANT EXECUTE ON FUNCTION aurex.workspaces() TO PUBLIC",
        &["anybody may call aurex.workspaces(), which runs as its owner"],
    )
    .await;
}

#[tokio::test]
async fn a_function_elsewhere_that_lends_its_owners_rights_is_found() {
    finds(
        "CREATE FUNCTION public.all_members() RETURNS bigint LANGUAGE sql SECURITY DEFINER
             AS 'SELECT count(*) FROM aurex.member';
         CREATE FUNCTION public.lift() RETURNS void LANGUAGE sql SECURITY DEFINER AS '';
         ALTER FUNCTION public.lift() OWNER TO aurex_owner;
         CREATE FUNCTION public.kept_away() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint';
         REVOKE EXECUTE ON FUNCTION public.kept_away() FROM PUBLIC;
         CREATE FUNCTION public.as_its_caller() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        &[
            "role aurex_app may call public.all_members(), which runs as postgres: a superuser",
            "role aurex_app may call public.lift(), which runs as aurex_owner: it may act as the owner of the tables",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_function_of_an_extension_and_one_that_may_no_more_than_we_are_no_matter() {
    let database = Database::migrated(Policy::Filters).await;
    let ordinary = database.login("").await;
    let harmless = format!(
        "CREATE FUNCTION public.harmless() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint';
         ALTER FUNCTION public.harmless() OWNER TO {ordinary};
         CREATE FUNCTION public.extended() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint';
         ALTER EXTENSION plpgsql ADD FUNCTION public.extended()"
    );
    run(&mut database.superuser().await, &harmless).await.unwrap();
    opened(&database.url(), options(Policy::Filters)).await.unwrap();
}

#[tokio::test]
async fn a_table_with_another_owner_is_found() {
    finds(
        "ALTER TABLE aurex.party OWNER TO postgres",
        &["table aurex.party belongs to postgres, not to aurex_owner"],
    )
    .await;
}

#[tokio::test]
async fn a_database_that_was_never_migrated_is_refused() {
    let database = Database::empty().await;
    let found = opened(&database.url(), options(Policy::Filters)).await.unwrap_err();
    assert_eq!(found, ["there is no schema aurex: the database has to be migrated first"]);
}

#[tokio::test]
async fn a_session_that_starts_with_a_tenant_is_refused() {
    let database = Database::migrated(Policy::Filters).await;
    let set = format!(
        "ALTER DATABASE {} SET aurex.tenant_id = '00000000-0000-0000-0000-000000000001'",
        database.name
    );
    run(&mut database.superuser().await, &set).await.unwrap();
    let found = opened(&database.url(), options(Policy::Filters)).await.unwrap_err();
    assert_eq!(
        found,
        ["the session starts with a tenant: aurex.tenant_id is set for the role or the database"]
    );
}

const EMBEDDERS: &str = "CREATE SCHEMA pharmacy;
    CREATE TABLE pharmacy.medicine (
        tenant_id uuid NOT NULL, code text NOT NULL, pieces bigint NOT NULL, PRIMARY KEY (tenant_id, code)
    );
    CALL aurex.guard('pharmacy.medicine', append_only => false);";

#[tokio::test]
async fn a_table_of_an_embedders_is_content_behind_the_same_wall() {
    for policy in [Policy::Filters, Policy::Raises] {
        let database = Database::migrated(policy).await;
        run(&mut database.superuser().await, EMBEDDERS).await.unwrap();
        opened(&database.url(), options(policy)).await.unwrap();
    }
}

#[tokio::test]
async fn a_table_of_an_embedders_with_a_hole_in_its_wall_is_found() {
    finds(
        &format!(
            "{EMBEDDERS}
             ALTER TABLE pharmacy.medicine NO FORCE ROW LEVEL SECURITY;
             CREATE POLICY all_of_it ON pharmacy.medicine USING (true);
             CREATE UNIQUE INDEX by_code ON pharmacy.medicine (code);
             ALTER TABLE pharmacy.medicine DISABLE TRIGGER with_an_entry;
             CREATE TABLE pharmacy.batch (tenant_id uuid, code text);
             CALL aurex.guard('pharmacy.batch', append_only => true);
             CREATE VIEW pharmacy.shelf AS SELECT * FROM pharmacy.medicine"
        ),
        &[
            "policy all_of_it of pharmacy.medicine is not the canonical one",
            "row-level security of pharmacy.medicine is on but not forced, though the table is under guard",
            "table pharmacy.batch is under guard without a column tenant_id of type uuid that is never null",
            "trigger with_an_entry of pharmacy.medicine is missing or does not fire always",
            "unique index pharmacy.by_code of pharmacy.medicine does not begin with tenant_id",
            "view pharmacy.shelf reads tables behind the wall without security_invoker",
        ],
    )
    .await;
}

#[tokio::test]
async fn the_raising_policy_is_served_only_where_it_is_asked_for() {
    let raising = Database::migrated(Policy::Raises).await;
    opened(&raising.url(), options(Policy::Raises)).await.unwrap();
    let found = opened(&raising.url(), options(Policy::Filters)).await.unwrap_err();
    assert!(
        found.len() > 25 && found.iter().all(|sentence| sentence.starts_with("policy own_tenant of")),
        "{found:?}"
    );
    let plain = Database::migrated(Policy::Filters).await;
    assert_eq!(opened(&plain.url(), options(Policy::Raises)).await.unwrap_err().len(), found.len());
}

#[tokio::test]
async fn asvs_v8_4_1_under_the_raising_policy_a_statement_that_forgot_its_tenant_fails() {
    let database = Database::migrated(Policy::Raises).await;
    let mut app = database.app().await;
    let begin =
        |n: u8| format!("BEGIN; SET LOCAL aurex.tenant_id = '00000000-0000-0000-0000-00000000000{n}'");
    for n in [1, 2] {
        let id = format!("'00000000-0000-0000-0000-00000000000{n}'");
        let insert = format!("{}; INSERT INTO aurex.house_tenant VALUES ({id}, 0); COMMIT", begin(n));
        run(&mut app, &insert).await.unwrap();
    }
    run(&mut app, &begin(2)).await.unwrap();
    let own = "SELECT count(*) FROM aurex.house_tenant
        WHERE tenant_id = '00000000-0000-0000-0000-000000000002'::uuid AND last_number + 0 = 0";
    assert_eq!(number(&mut app, own).await, 1, "a statement that spells its tenant does not notice");
    let refused = run(&mut app, "SELECT count(*) FROM aurex.house_tenant").await.unwrap_err();
    assert!(refused.starts_with("AX003"), "{refused}");
    app.close().await.unwrap();
}
