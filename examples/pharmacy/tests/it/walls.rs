//! What a connection is refused that went around the road, by the database itself.

use aurex_core::rbac::Role;
use aurex_core::store::{Doorkeeper as _, StoreError};
use aurex_core::tenancy::Id as _;
use aurex_pharmacy::actions::DispenseMedicine;
use aurex_pharmacy::dispense::decide_dispense;
use aurex_pharmacy::rows::{Batch, DispensingId};
use aurex_pharmacy::service::dispense;

use crate::world::{World, asked, run};

const DISPENSING: &str =
    "INSERT INTO dispensing SELECT tenant_id, randomblob(16), id, medicine, 1, 'x', 'y', 0
    FROM medicine_batch";

#[tokio::test]
async fn a_plain_connection_writes_no_row_without_an_entry() {
    let world = World::new().await;
    let tenant = world.found("asha-pharmacy").await;
    let pharmacist = world.scope(tenant, Role::Manager);
    let batch = world.batch(&pharmacist, "AX-17").await;
    dispense(&world.pharmacy, &pharmacist, None, asked(batch.id, 1)).await.unwrap();
    let before = world.state(&pharmacist).await;
    let mut conn = world.plain(tenant).await;
    for (statement, why) in [
        (DISPENSING, "written with an entry"),
        ("UPDATE medicine_batch SET on_hand = 1000", "written with an entry"),
        ("INSERT OR REPLACE INTO dispensing SELECT * FROM dispensing", "written with an entry"),
        ("DELETE FROM dispensing", "never deleted from"),
    ] {
        let refused = run(&mut conn, statement).await.expect_err(statement);
        assert!(refused.contains(why), "{statement}: {refused}");
    }
    assert_eq!(world.state(&pharmacist).await, before);
}

#[tokio::test]
async fn a_batch_of_another_workspace_is_no_reference() {
    let world = World::new().await;
    let (asha, ravi) = (world.found("asha-pharmacy").await, world.found("ravi-pharmacy").await);
    let (of_asha, of_ravi) = (world.scope(asha, Role::Owner), world.scope(ravi, Role::Owner));
    let foreign: Batch = world.batch(&of_asha, "AX-17").await;

    // A decision that was given another workspace's batch, as no use case does.
    let road = &world.pharmacy.road;
    let permit = of_ravi.permit::<DispenseMedicine>().unwrap();
    let mut turn = world.pharmacy.shelf.turn(&of_ravi, &*road.clock).await.unwrap();
    let now = turn.writer().now();
    let id = DispensingId::new(now, &*road.entropy);
    let (new, limits, today) = (asked(foreign.id, 1), *permit.limits(), foreign.expires);
    let mut change = decide_dispense(new, foreign.clone(), limits, id, now, today).unwrap();
    // Its own row would be written under the other's number; only the reference is left to betray it.
    change.after.id = aurex_pharmacy::rows::BatchId::from_uuid(aurex_core::uuid::Uuid::from_u128(9));
    let refused = turn.put(permit.seal(change, &*road.entropy)).await;
    assert!(refused.is_err(), "the foreign key begins with the workspace");
    assert!(matches!(turn.commit().await, Err(StoreError::Spoiled)));
    assert_eq!(world.state(&of_ravi).await, (vec![], vec![]));
    assert_eq!(world.state(&of_asha).await.0, [foreign]);
}

#[tokio::test]
async fn a_file_whose_guard_was_dropped_is_not_opened() {
    let world = World::new().await;
    let tenant = world.found("asha-pharmacy").await;
    let pharmacist = world.scope(tenant, Role::Manager);
    let batch = world.batch(&pharmacist, "AX-17").await;
    dispense(&world.pharmacy, &pharmacist, None, asked(batch.id, 1)).await.unwrap();
    let unguarded = "DROP TRIGGER dispensing_insert";
    assert!(world.reopened().await.known_token(tenant, &[0; 32]).await.is_ok(), "as it is");

    run(&mut world.plain(tenant).await, unguarded).await.unwrap();
    let refused = world.reopened().await.known_token(tenant, &[0; 32]).await;
    assert!(matches!(&refused, Err(StoreError::Corrupt(what)) if what.contains("dispensing")), "{refused:?}");
}
