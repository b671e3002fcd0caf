//! What is refused that went around the road.

mod postgres;
mod sqlite;

use aurex_core::rbac::Role;
use aurex_core::store::StoreError;
use aurex_core::tenancy::Id as _;
use aurex_pharmacy::actions::DispenseMedicine;
use aurex_pharmacy::dispense::decide_dispense;
use aurex_pharmacy::rows::{Batch, DispensingId};

use crate::world::{World, asked};

async fn a_batch_of_another_workspace_is_no_reference(world: World) {
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

mod on_every_store {
    use super::a_batch_of_another_workspace_is_no_reference;

    crate::world::on_every_store!(a_batch_of_another_workspace_is_no_reference);
}
