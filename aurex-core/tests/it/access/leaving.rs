//! Members who leave: out at the end of their last day, and disabled for good soon after.

use aurex_core::identity::members::MemberPatch;
use aurex_core::rbac::Role;
use aurex_core::service::access::{change_member, member, retire_members};
use aurex_core::time::parse_date;

use crate::support::*;

fn last_day(day: Option<&str>) -> MemberPatch {
    MemberPatch { leaves_on: Some(day.map(|day| parse_date(day).unwrap())), ..MemberPatch::default() }
}

#[tokio::test]
async fn p64_a_member_is_out_at_the_end_of_their_last_day_and_disabled_by_the_next_hour() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let patch = last_day(Some("2026-11-23"));
    let leaving = change_member(&world.road, &owner.scope, ravi.member.id, 1, &patch).await.unwrap().value;
    assert_eq!(leaving.leaves_at.unwrap().to_string(), "2026-11-23T18:30:00.000000Z", "midnight in India");
    let tenant = owner.scope.tenant();
    // From ten in the morning to a second before midnight.
    world.clock.advance(14 * 3600 - 1);
    let late = world.signed_in("zaveri", "ravi").await.unwrap();
    assert_eq!(retire_members(&world.road, &world.retiring, tenant).await.unwrap(), 0);
    world.clock.advance(1);
    assert_eq!(code(world.request("zaveri", &late).await), "auth.required");
    assert_eq!(code(world.signed_in("zaveri", "ravi").await), "auth.required");

    assert_eq!(retire_members(&world.road, &world.retiring, tenant).await.unwrap(), 1);
    assert_eq!(retire_members(&world.road, &world.retiring, tenant).await.unwrap(), 0);
    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    let gone = member(&world.road, &owner.scope, ravi.member.id).await.unwrap();
    assert_eq!((gone.disabled, gone.version), (true, 3));
    let story = world.story(&owner.scope).await;
    assert_eq!(story.iter().filter(|(action, _)| action == "member.retire").count(), 1);
}

#[tokio::test]
async fn the_last_owner_has_no_last_day_and_nobody_has_one_that_is_over_by_their_own_hand() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let road = &world.road;
    let far = last_day(Some("2031-03-31"));
    let own = change_member(road, &owner.scope, owner.member.id, 1, &far).await;
    assert_eq!(code(own), "member.last_owner");
    let second = world.member(&owner.scope, "zaveri", "asha", Role::Owner).await;
    let over = change_member(road, &owner.scope, owner.member.id, 1, &last_day(Some("2026-11-22"))).await;
    assert_eq!(faults(over), [("/leaves_on".to_owned(), "member.own_last_day")]);
    let leaving = change_member(road, &owner.scope, owner.member.id, 1, &far).await.unwrap().value;
    // An owner who is about to leave does not count: the other one is the last.
    let other = change_member(road, &second.scope, second.member.id, 1, &far).await;
    assert_eq!(code(other), "member.last_owner");
    let stays = change_member(road, &second.scope, leaving.id, 2, &last_day(None)).await.unwrap().value;
    assert_eq!(stays.leaves_at, None);
}
