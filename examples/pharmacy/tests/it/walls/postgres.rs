//! What a login of the database is refused: at COMMIT what has no entry, at once what is never done, and at the next
//! opening of the store whatever somebody did to the walls.

use aurex_core::rbac::Role;
use aurex_core::store::StoreError;
use aurex_core::tenancy::{Scope, TenantId};
use aurex_pharmacy::service::dispense;
use aurex_store_postgres::{NotGuarded, Policy};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::world::{Postgres, World, asked, in_postgres};

const DISPENSING: &str = "INSERT INTO pharmacy.dispensing
    SELECT tenant_id, gen_random_uuid(), id, medicine, 1, 'x', 'y', 0 FROM pharmacy.medicine_batch";
const SHELF: &str = "UPDATE pharmacy.medicine_batch SET on_hand = 1000";

async fn with_one_dispensing() -> (World<Postgres>, TenantId, Scope) {
    let world = Postgres::open(Policy::Filters).await;
    let tenant = world.found("asha-pharmacy").await;
    let pharmacist = world.scope(tenant, Role::Manager);
    let batch = world.batch(&pharmacist, "AX-17").await;
    dispense(&world.pharmacy, &pharmacist, None, asked(batch.id, 1)).await.unwrap();
    (world, tenant, pharmacist)
}

fn begin(tenant: TenantId) -> String {
    format!("BEGIN; SET LOCAL aurex.tenant_id = '{}'", tenant.uuid())
}

#[tokio::test]
async fn a_plain_connection_commits_no_row_without_an_entry() {
    let (world, tenant, pharmacist) = with_one_dispensing().await;
    let before = world.state(&pharmacist).await;
    for role in ["aurex_app", "aurex_owner", "NONE"] {
        let mut conn = world.kept.plain(role).await;
        if role == "NONE" {
            // What a superuser might try, and what applies the rows of a replication.
            in_postgres(&mut conn, "SET session_replication_role = replica").await.unwrap();
        }
        for statement in [DISPENSING, SHELF] {
            in_postgres(&mut conn, &format!("{}; {statement}", begin(tenant))).await.unwrap();
            let refused = in_postgres(&mut conn, "COMMIT").await.expect_err(statement);
            assert!(
                refused.starts_with("AX001") && refused.contains("written with an entry"),
                "{role}: {refused}"
            );
        }
    }
    assert_eq!(world.state(&pharmacist).await, before);
}

#[tokio::test]
async fn what_was_dispensed_is_never_changed_and_nothing_is_ever_deleted() {
    let (world, tenant, pharmacist) = with_one_dispensing().await;
    let before = world.state(&pharmacist).await;
    for (role, code) in [("aurex_app", "42501"), ("aurex_owner", "AX002"), ("NONE", "AX002")] {
        let mut conn = world.kept.plain(role).await;
        for statement in [
            "UPDATE pharmacy.dispensing SET pieces = 2",
            "DELETE FROM pharmacy.dispensing",
            "DELETE FROM pharmacy.medicine_batch",
            "TRUNCATE pharmacy.medicine_batch, pharmacy.dispensing",
        ] {
            let refused = in_postgres(&mut conn, &format!("{}; {statement}", begin(tenant))).await;
            let refused = refused.expect_err(statement);
            assert!(refused.starts_with(code), "{role}: {statement}: {refused}");
            in_postgres(&mut conn, "ROLLBACK").await.unwrap();
        }
    }
    assert_eq!(world.state(&pharmacist).await, before);
}

#[tokio::test]
async fn a_plain_connection_sees_and_writes_the_rows_of_its_tenant_alone() {
    let (world, _, pharmacist) = with_one_dispensing().await;
    let other = world.found("ravi-pharmacy").await;
    let before = world.state(&pharmacist).await;
    for role in ["aurex_app", "aurex_owner"] {
        let mut conn = world.kept.plain(role).await;
        for opening in ["BEGIN".to_owned(), begin(other)] {
            in_postgres(&mut conn, &opening).await.unwrap();
            let none = "SELECT 1 / (count(*) = 0)::int FROM pharmacy.dispensing";
            in_postgres(&mut conn, none).await.expect("there is nothing to see");
            // It comes upon no row, so that it is committed, and changes none.
            in_postgres(&mut conn, &format!("{SHELF}; COMMIT")).await.unwrap();
            let elsewhere = format!(
                "{opening}; INSERT INTO pharmacy.medicine_batch
                 VALUES ('{}', gen_random_uuid(), 'x', 'y', '2027-01-01', false, 1, 0, 1)",
                pharmacist.tenant().uuid()
            );
            let refused = in_postgres(&mut conn, &elsewhere).await.unwrap_err();
            assert!(refused.starts_with("42501"), "{refused}");
            in_postgres(&mut conn, "ROLLBACK").await.unwrap();
        }
    }
    assert_eq!(world.state(&pharmacist).await, before);
}

#[tokio::test]
async fn a_read_under_the_turn_writes_nothing() {
    let (world, _, pharmacist) = with_one_dispensing().await;
    let before = world.state(&pharmacist).await;
    let refused = [
        "INSERT INTO pharmacy.dispensing
             SELECT tenant_id, gen_random_uuid(), batch, medicine, pieces, patient, prescriber, dispensed_at
             FROM pharmacy.dispensing RETURNING id",
        "UPDATE pharmacy.medicine_batch SET on_hand = 1000 RETURNING id",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "SELECT id FROM pharmacy.medicine_batch FOR UPDATE",
    ];
    for statement in refused {
        let mut turn = world.kept.store.open_writer(&pharmacist, &*world.pharmacy.road.clock).await.unwrap();
        let tried = turn.own().optional(select(statement)).await;
        assert!(tried.is_err(), "{statement}: {tried:?}");
        let after = turn.own().optional(select("SELECT 1")).await;
        assert!(matches!(after, Err(StoreError::Spoiled)), "{statement}: {after:?}");

        let mut snapshot = world.kept.store.open_reader(&pharmacist).await.unwrap();
        let tried = snapshot.own().all(select(statement)).await;
        assert!(tried.is_err(), "{statement}: {tried:?}");
    }
    assert_eq!(world.state(&pharmacist).await, before);
}

#[tokio::test]
async fn after_a_read_the_turn_writes_as_before() {
    let (world, _, pharmacist) = with_one_dispensing().await;
    let mut turn = world.kept.store.open_writer(&pharmacist, &*world.pharmacy.road.clock).await.unwrap();
    let setting = "SELECT current_setting('transaction_read_only')";
    let during = turn.own().optional(select(setting).map(|row| row.get::<String, _>(0))).await.unwrap();
    assert_eq!(during.as_deref(), Some("on"));
    drop(turn);
    // It reads the batch under the turn, and then writes it.
    let batch = world.state(&pharmacist).await.0.remove(0);
    dispense(&world.pharmacy, &pharmacist, None, asked(batch.id, 1)).await.unwrap();
    assert_eq!(world.state(&pharmacist).await.0.remove(0).on_hand, batch.on_hand - 1);
}

#[expect(clippy::disallowed_methods, reason = "a test tries statements that no macro would pass")]
fn select(
    statement: &'static str,
) -> sqlx::query::Map<
    'static,
    sqlx::Postgres,
    impl FnMut(PgRow) -> Result<PgRow, sqlx::Error> + Send,
    sqlx::postgres::PgArguments,
> {
    sqlx::query(statement).try_map(Ok)
}

#[tokio::test]
async fn a_store_whose_walls_were_touched_is_not_opened() {
    let world = Postgres::open(Policy::Filters).await;
    let mut conn = world.kept.plain("aurex_owner").await;
    assert_eq!(world.kept.refusal().await, None, "as it is");
    for (touched, finding) in [
        (
            "ALTER TABLE pharmacy.dispensing NO FORCE ROW LEVEL SECURITY",
            "row-level security of pharmacy.dispensing is on but not forced",
        ),
        (
            "ALTER TABLE pharmacy.dispensing DISABLE ROW LEVEL SECURITY",
            "row-level security of pharmacy.dispensing is off",
        ),
        (
            "ALTER POLICY own_tenant ON pharmacy.dispensing USING (true)",
            "policy own_tenant of pharmacy.dispensing is not the canonical one",
        ),
        (
            "DROP TRIGGER never_changed ON pharmacy.dispensing",
            "trigger never_changed of pharmacy.dispensing is missing",
        ),
        (
            "DROP TRIGGER never_deleted ON pharmacy.dispensing;
             CREATE TRIGGER never_deleted BEFORE DELETE ON pharmacy.dispensing FOR EACH ROW
             WHEN (OLD.pieces < 0) EXECUTE FUNCTION aurex.never();
             ALTER TABLE pharmacy.dispensing ENABLE ALWAYS TRIGGER never_deleted",
            "trigger never_deleted of pharmacy.dispensing is missing",
        ),
        (
            "ALTER TABLE pharmacy.medicine_batch DISABLE TRIGGER with_an_entry",
            "trigger with_an_entry of pharmacy.medicine_batch is missing or does not fire always",
        ),
        // Without a trace of its guards, a table is known by its name alone.
        (
            "DROP TRIGGER with_an_entry ON pharmacy.medicine_batch;
             DROP TRIGGER never_deleted ON pharmacy.medicine_batch;
             DROP TRIGGER never_emptied ON pharmacy.medicine_batch",
            "table pharmacy.medicine_batch is not under guard, or not there",
        ),
    ] {
        let found = world.kept.refusal().await.unwrap_or_default();
        assert!(!found.contains(finding), "before {touched}: {found}");
        in_postgres(&mut conn, touched).await.expect(touched);
        let found = world.kept.refusal().await.unwrap_or_default();
        assert!(found.contains(finding), "{touched}: {found}");
    }
}

#[tokio::test]
async fn migrating_again_changes_nothing_and_puts_no_guard_on_rows() {
    let (world, _, pharmacist) = with_one_dispensing().await;
    let before = world.state(&pharmacist).await;
    aurex_pharmacy::postgres::migrate(world.kept.database.url()).await.unwrap();
    assert_eq!(world.kept.refusal().await, None);
    assert_eq!(world.state(&pharmacist).await, before);

    let mut owner = world.kept.plain("aurex_owner").await;
    let table = "pharmacy.dispensing".to_owned();
    for (taken_off, why) in [
        ("DROP TRIGGER with_an_entry ON pharmacy.dispensing", NotGuarded::HasPolicies(table.clone())),
        (
            "DROP POLICY own_tenant ON pharmacy.dispensing;
             ALTER TABLE pharmacy.dispensing DISABLE ROW LEVEL SECURITY",
            NotGuarded::HasRows(table),
        ),
    ] {
        in_postgres(&mut owner, taken_off).await.unwrap();
        let refused = aurex_pharmacy::postgres::migrate(world.kept.database.url()).await.unwrap_err();
        let source = std::error::Error::source(&*refused).map(ToString::to_string);
        assert_eq!(source, Some(why.to_string()), "{refused:?}");
    }
}
