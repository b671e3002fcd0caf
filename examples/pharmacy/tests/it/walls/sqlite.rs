//! What a plain connection on a workspace's file is refused, statement by statement.

use aurex_core::rbac::Role;
use aurex_core::store::{Doorkeeper as _, StoreError};
use aurex_pharmacy::service::dispense;

use crate::world::{Sqlite, asked, in_sqlite};

const DISPENSING: &str =
    "INSERT INTO dispensing SELECT tenant_id, randomblob(16), id, medicine, 1, 'x', 'y', 0
    FROM medicine_batch";

#[tokio::test]
async fn a_plain_connection_writes_no_row_without_an_entry() {
    let world = Sqlite::open().await;
    let tenant = world.found("asha-pharmacy").await;
    let pharmacist = world.scope(tenant, Role::Manager);
    let batch = world.batch(&pharmacist, "AX-17").await;
    dispense(&world.pharmacy, &pharmacist, None, asked(batch.id, 1)).await.unwrap();
    let before = world.state(&pharmacist).await;
    let mut conn = world.kept.plain(tenant).await;
    for (statement, why) in [
        (DISPENSING, "written with an entry"),
        ("UPDATE medicine_batch SET on_hand = 1000", "written with an entry"),
        ("INSERT OR REPLACE INTO dispensing SELECT * FROM dispensing", "written with an entry"),
        ("DELETE FROM dispensing", "never deleted from"),
    ] {
        let refused = in_sqlite(&mut conn, statement).await.expect_err(statement);
        assert!(refused.contains(why), "{statement}: {refused}");
    }
    assert_eq!(world.state(&pharmacist).await, before);
}

#[tokio::test]
async fn a_file_whose_guard_was_dropped_is_not_opened() {
    let world = Sqlite::open().await;
    let tenant = world.found("asha-pharmacy").await;
    let pharmacist = world.scope(tenant, Role::Manager);
    let batch = world.batch(&pharmacist, "AX-17").await;
    dispense(&world.pharmacy, &pharmacist, None, asked(batch.id, 1)).await.unwrap();
    assert!(world.kept.reopened().await.known_token(tenant, &[0; 32]).await.is_ok(), "as it is");

    in_sqlite(&mut world.kept.plain(tenant).await, "DROP TRIGGER dispensing_insert").await.unwrap();
    let refused = world.kept.reopened().await.known_token(tenant, &[0; 32]).await;
    assert!(matches!(&refused, Err(StoreError::Corrupt(what)) if what.contains("dispensing")), "{refused:?}");
}
