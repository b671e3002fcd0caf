//! The guard remembers within a transaction that it saw an entry. What it remembers is true, whoever says otherwise.

use aurex_store_postgres::Policy;
use sqlx::PgConnection;

use crate::guards::{begin, entry};
use crate::world::{Database, number, run};

const SHOP: &str = "00000000-0000-0000-0000-00000000000a";
const OTHER: &str = "00000000-0000-0000-0000-00000000000b";

/// As the guard notes that it has something to remember.
const SAID: &str = "SET LOCAL aurex.seen = 'yes';";
/// Makes the guards look now, and not at COMMIT.
const NOW: &str = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;";

/// A database in which both shops are open, each with an entry, and the application in a session that has seen both.
async fn shops() -> (Database, PgConnection) {
    let database = Database::migrated(Policy::Filters).await;
    let mut app = database.app().await;
    for (shop, slug) in [(SHOP, "meena-jewels"), (OTHER, "other-jewels")] {
        let open = format!(
            "{} SELECT aurex.open_workspace('{shop}', '{slug}'); {} COMMIT",
            begin(shop),
            entry(shop, 0)
        );
        run(&mut app, &open).await.unwrap();
    }
    (database, app)
}

fn lot(shop: &str, name: &str) -> String {
    format!("INSERT INTO aurex.lot VALUES ('{shop}', gen_random_uuid(), '{name}', 'gold', 1, 0, 'stock');")
}

async fn refused(app: &mut PgConnection, statements: &str) -> String {
    let answer = run(app, &format!("{} {statements} COMMIT", begin(SHOP))).await;
    run(app, "ROLLBACK").await.unwrap();
    answer.expect_err(statements)
}

async fn stays(app: &mut PgConnection, statements: &str) {
    run(app, &format!("{} {statements} COMMIT", begin(SHOP))).await.unwrap();
}

#[tokio::test]
async fn the_next_transaction_of_a_session_needs_an_entry_of_its_own() {
    let (_database, mut app) = shops().await;
    stays(&mut app, &format!("{} {} {}", entry(SHOP, 1), lot(SHOP, "first"), lot(SHOP, "second"))).await;
    for said in ["", SAID] {
        let alone = refused(&mut app, &format!("{said} {}", lot(SHOP, "third"))).await;
        assert!(alone.starts_with("AX001 lot is written with an entry"), "{alone}");
    }
}

#[tokio::test]
async fn a_session_that_has_seen_nothing_is_not_told_that_it_has() {
    let (database, _app) = shops().await;
    let mut app = database.app().await;
    let said = refused(&mut app, &format!("{SAID} {}", lot(SHOP, "first"))).await;
    assert!(said.starts_with("55000 currval"), "{said}");
    // What it saw and was made to forget it does not go by either.
    let forgot = format!("{} {} {NOW} DISCARD SEQUENCES; {}", entry(SHOP, 1), lot(SHOP, "1"), lot(SHOP, "2"));
    let forgot = refused(&mut app, &forgot).await;
    assert!(forgot.starts_with("55000 currval"), "{forgot}");
}

#[tokio::test]
async fn an_entry_that_was_rolled_back_is_not_remembered() {
    let (_database, mut app) = shops().await;
    let written = format!("{} {} {NOW}", entry(SHOP, 1), lot(SHOP, "first"));
    for seen in [
        format!("SAVEPOINT s; {written} ROLLBACK TO s;"),
        format!("SAVEPOINT s; SAVEPOINT t; {written} RELEASE t; ROLLBACK TO s;"),
        format!("SAVEPOINT s; SAVEPOINT t; {written} ROLLBACK TO t; RELEASE s;"),
        format!("SAVEPOINT s; {written} ROLLBACK TO s; SAVEPOINT u; RELEASE u; SAVEPOINT v;"),
    ] {
        for said in ["", SAID] {
            let alone = refused(&mut app, &format!("{seen} {said} {}", lot(SHOP, "second"))).await;
            assert!(alone.starts_with("AX001 lot is written with an entry"), "{seen}{said}: {alone}");
        }
    }
    // It is the rolling back that does it.
    stays(&mut app, &format!("SAVEPOINT s; {written} RELEASE s; {}", lot(SHOP, "second"))).await;
}

#[tokio::test]
async fn an_entry_outlives_what_is_rolled_back_after_it() {
    let (_database, mut app) = shops().await;
    let before = format!("{} {}", entry(SHOP, 1), lot(SHOP, "first"));
    stays(
        &mut app,
        &format!("{before} SAVEPOINT s; {} {NOW} ROLLBACK TO s; {}", lot(SHOP, "2"), lot(SHOP, "3")),
    )
    .await;
    let nested =
        format!("SAVEPOINT s; {} SAVEPOINT t; {} {NOW} ROLLBACK TO t;", entry(SHOP, 2), lot(SHOP, "4"));
    stays(&mut app, &format!("{nested} {} RELEASE s; {}", lot(SHOP, "5"), lot(SHOP, "6"))).await;
    run(&mut app, &begin(SHOP)).await.unwrap();
    assert_eq!(number(&mut app, "SELECT count(*) FROM aurex.lot").await, 4);
}

#[tokio::test]
async fn an_entry_of_one_shop_does_not_speak_for_another() {
    let (_database, mut app) = shops().await;
    let of_shop = format!("{} {} {NOW}", entry(SHOP, 1), lot(SHOP, "first"));
    let to_other = format!("SET LOCAL aurex.tenant_id = '{OTHER}';");
    let alone = refused(&mut app, &format!("{of_shop} {to_other} {}", lot(OTHER, "second"))).await;
    assert!(alone.starts_with("AX001 lot is written with an entry"), "{alone}");
    // With an entry of each it is no matter whose was seen last.
    let of_other = format!("{to_other} {} {} {NOW}", entry(OTHER, 1), lot(OTHER, "second"));
    let back = format!("SET LOCAL aurex.tenant_id = '{SHOP}'; {} {NOW}", lot(SHOP, "third"));
    stays(&mut app, &format!("{of_shop} {of_other} {back}")).await;
}

#[tokio::test]
async fn what_a_guard_remembers_is_out_of_the_applications_reach() {
    let (_database, mut app) = shops().await;
    let seen = format!("{} {} {NOW}", entry(SHOP, 1), lot(SHOP, "first"));
    for sequence in ["seen_appended_by", "seen_tenant_high", "seen_tenant_low"] {
        let sequence = format!("aurex.{sequence}");
        for reach in [
            format!("SELECT setval('{sequence}', 1);"),
            format!("SELECT nextval('{sequence}');"),
            format!("SELECT currval('{sequence}');"),
            format!("SELECT last_value FROM {sequence};"),
        ] {
            let answer = refused(&mut app, &format!("{seen} {reach}")).await;
            assert!(answer.starts_with("42501 permission denied for sequence"), "{reach}: {answer}");
        }
        let answer = refused(&mut app, &format!("ALTER SEQUENCE {sequence} RESTART;")).await;
        assert!(answer.starts_with("42501 must be owner"), "{answer}");
    }
    let asked = refused(&mut app, &format!("SELECT aurex.sees_an_entry('{SHOP}');")).await;
    assert!(asked.starts_with("42501 permission denied for function"), "{asked}");
    let planted = "CREATE TEMPORARY TABLE mine (tenant_id uuid);
        CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION aurex.with_an_entry();";
    let planted = refused(&mut app, planted).await;
    assert!(planted.starts_with("42501 permission denied for function"), "{planted}");
}

#[tokio::test]
async fn a_sequence_of_the_same_name_is_not_what_the_guard_asks() {
    let (_database, mut app) = shops().await;
    let planted = "CREATE TEMPORARY SEQUENCE seen_appended_by;
        SELECT setval('pg_temp.seen_appended_by', pg_current_xact_id()::text::bigint);";
    let path = "SET LOCAL search_path = pg_temp, aurex;";
    let alone = refused(
        &mut app,
        &format!("{planted} {path} {SAID} {}", lot(SHOP, "first").replace("gen_", "pg_catalog.gen_")),
    )
    .await;
    assert!(alone.starts_with("AX001"), "{alone}");
}

/// As the rows of a restored database are: their column says what it said where they come from.
#[tokio::test]
async fn an_entry_that_names_a_transaction_which_did_not_append_it_is_none() {
    let (database, mut app) = shops().await;
    let mut superuser = database.superuser().await;
    // Appended by a transaction of a lower and of a higher number.
    for (seq, earlier) in [(1, true), (2, false)] {
        run(&mut superuser, "BEGIN").await.unwrap();
        if earlier {
            number(&mut superuser, "SELECT pg_current_xact_id()::text::bigint").await;
        }
        run(&mut app, &begin(SHOP)).await.unwrap();
        let this = number(&mut app, "SELECT pg_current_xact_id()::text::bigint").await;
        let forged = format!(
            "INSERT INTO aurex.audit_entry VALUES ('{SHOP}', {seq}, '', sha256(''), 0, 'x', 'y', 'z', 'done', '{this}')"
        );
        // The guard of the entry itself refuses it too; here it is switched off.
        run(&mut superuser, "ALTER TABLE aurex.audit_entry DISABLE TRIGGER with_an_entry").await.unwrap();
        run(&mut superuser, &forged).await.unwrap();
        run(&mut superuser, "COMMIT").await.unwrap();
        let answer = run(&mut app, &format!("{} COMMIT", lot(SHOP, "first"))).await.unwrap_err();
        assert!(answer.starts_with("AX001 lot is written with an entry"), "{answer}");
        run(&mut app, "ROLLBACK").await.unwrap();
    }
}
