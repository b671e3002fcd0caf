//! A workspace that has ended is nowhere, its name is not given again, and the shop beside it is as it was.

use super::moving::{archive_of, busy};
use super::world::refusal;
use super::{Shop, World};
use crate::identity::actions::DeleteWorkspace;
use crate::identity::deletion::{DAYS_TO_THE_END, decide_delete};
use crate::service::access::{Ending, see_to_the_end};
use crate::store::StoreError;
use crate::tenancy::RequestFacts;
use crate::time::{Clock as _, Timestamp};

/// Sets the end of a shop's workspace, as an approval does.
pub(super) async fn end_is_set(shop: &Shop) {
    let owner = shop.owner().await;
    let mut turn = shop.writer(&owner).await.unwrap();
    let workspace = turn.workspace().await.unwrap();
    let name = workspace.name.to_string();
    let change = decide_delete(workspace, &name, true, turn.now()).unwrap();
    let permit = owner.permit::<DeleteWorkspace>().unwrap();
    turn.apply(permit.seal(change, &*shop.road.entropy)).await.unwrap();
    turn.commit().await.unwrap();
}

/// Nothing of it is found before or after in the wrong order: not ended early, ended whole, and only it.
pub async fn a_workspace_that_has_ended_is_nowhere_and_another_is_as_it_was(world: &World) {
    let (shop, other) = (busy(world, "meena").await, busy(world, "rupa").await);
    let before = archive_of(&other).await;
    let job = world.job::<Ending>();
    assert!(!see_to_the_end(&shop.road, &job, shop.tenant).await.unwrap(), "nobody asked for it");
    let never = world.store.end_workspace(&shop.owner().await, Timestamp::from_micros(i64::MAX)).await;
    assert!(matches!(never, Err(StoreError::Failed(_))), "its row has no end");
    end_is_set(&shop).await;
    assert!(!see_to_the_end(&shop.road, &job, shop.tenant).await.unwrap());
    let early = world.store.end_workspace(&shop.owner().await, shop.clock.now()).await;
    assert!(matches!(early, Err(StoreError::Failed(_))), "its end has not come");
    assert!(world.store.door(&shop.slug).await.unwrap().is_some());
    world.store.note_mails(shop.tenant, &[], shop.clock.now()).await.unwrap();

    let owner = shop.owner().await;
    shop.clock.advance(i64::from(DAYS_TO_THE_END) * 86_400 + 1);
    assert!(see_to_the_end(&shop.road, &job, shop.tenant).await.unwrap());
    assert!(world.store.door(&shop.slug).await.unwrap().is_none());
    assert_eq!(world.store.tenants().await.unwrap(), [(other.slug.clone(), other.tenant)]);
    assert!(matches!(refusal(world.store.reader(&owner).await), StoreError::NoSuchTenant));
    assert!(matches!(refusal(shop.writer(&owner).await), StoreError::NoSuchTenant));
    let last = world.store.last_checkpoint(shop.tenant).await;
    assert!(!matches!(last, Ok(Some(_))), "what was published of it is gone");
    let (now, later) = (shop.clock.now(), shop.clock.now().plus_seconds(60));
    let due = world.store.claim_mails(now, later, 100).await.unwrap();
    assert!(due.iter().all(|mail| mail.tenant != shop.tenant), "its mails do not go out any more");
    assert!(!world.store.observed_tenants().await.unwrap().contains(&shop.tenant));
    let again = see_to_the_end(&shop.road, &job, shop.tenant).await;
    assert!(again.is_err(), "there is none to end");
    let facts = RequestFacts::default();
    let scope = world.entrances.cli.scope(shop.tenant, &["workspace.arrive"], facts);
    let taken = world.store.arrival(&scope, &shop.slug).await;
    assert!(matches!(taken.err().unwrap(), StoreError::SlugTaken), "its name is not given again");

    assert!(archive_of(&other).await == before, "the other shop is as it was, byte for byte");
}
