//! The weekly digest: sent once to every owner, worked out anew for whoever may read the log, reviewed on the record.

use aurex_core::audit::Outcome;
use aurex_core::audit::digest::Unusual;
use aurex_core::rbac::Role;
use aurex_core::service::{digest, digests, review_digest, send_digest};
use aurex_core::time::{Date, parse_date};

use crate::support::*;

const DAY: i64 = 86_400;

/// The Monday that the scripted clock begins on.
fn first_week() -> Date {
    parse_date("2026-11-23").unwrap()
}

/// A week with two owners, twenty failed sign-ins and a night, and the Monday after it, five minutes to seven.
async fn a_week_later(world: &World) -> (aurex_core::service::access::SignedIn, String) {
    let owner = world.open("zaveri").await;
    let other = world.member(&owner.scope, "zaveri", "asha", Role::Owner).await;
    for _ in 0..20 {
        world.clock.advance(600);
        let answer =
            world.sign_in.password("zaveri", &address("zaveri", "owner"), "not it", None, facts()).await;
        assert_eq!(code(answer), "auth.required");
    }
    world.sign_in.refusals_written().await;
    world.collect(owner.scope.tenant()).await;
    // The clock began at ten; 3 hours and 20 minutes have passed.
    world.clock.advance(10 * 3600);
    world.added(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    world.clock.advance(7 * DAY - (13 * 3600 + 20 * 60) - 3 * 3600 - 300);
    (world.signed_in("zaveri", "owner").await.unwrap(), other.member.id.to_string())
}

#[tokio::test]
async fn p65_the_digest_of_a_week_is_mailed_once_to_every_owner_on_monday_at_seven() {
    let world = World::new();
    let (owner, _) = a_week_later(&world).await;
    let tenant = owner.scope.tenant();
    let send = async || send_digest(&world.road, &world.digesting, tenant).await.unwrap();
    assert!(!send().await, "not before seven");
    world.clock.advance(300);
    assert!(send().await);
    assert!(!send().await, "once");
    world.clock.advance(3 * DAY);
    assert!(!send().await, "once a week");

    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    let mails = world.mails(&owner.scope).await;
    let sent: Vec<_> = mails.iter().filter(|(kind, _, _)| kind == "digest").collect();
    let to: Vec<_> = sent.iter().map(|(_, to, _)| to.as_str()).collect();
    assert_eq!(to.len(), 2);
    assert!(
        to.contains(&address("zaveri", "owner").as_str()) && to.contains(&address("zaveri", "asha").as_str())
    );
    let (_, _, content) = sent.first().unwrap();
    assert_eq!(content["week"], "2026-11-23");
    let codes: Vec<_> =
        content["unusual"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert!(codes.contains(&"failed_sign_ins".into()) && codes.contains(&"night_hours".into()), "{codes:?}");
    let story = world.story(&owner.scope).await;
    assert_eq!(story.iter().filter(|(action, _)| action == "audit.digest").count(), 1);
}

#[tokio::test]
async fn p65_a_review_is_recorded_once_for_each_who_does_it() {
    let world = World::new();
    let (owner, _) = a_week_later(&world).await;
    let (road, week) = (&world.road, first_week());
    let seen = digest(road, &owner.scope, week).await.unwrap();
    assert!(seen.is_whole);
    assert!(seen.digest.unusual.contains(&Unusual::FailedSignIns { count: 20, usual: 0 }), "{seen:?}");
    assert_eq!((seen.state.sent_at, seen.state.reviews.len()), (None, 0));

    let reviewed = review_digest(road, &owner.scope, None, week).await.unwrap();
    assert!(reviewed.receipt.is_some());
    let again = review_digest(road, &owner.scope, None, week).await.unwrap();
    assert!(again.receipt.is_none());
    let other = world.signed_in("zaveri", "asha").await.unwrap();
    review_digest(road, &other.scope, None, week).await.unwrap();

    let listed = digests(road, &owner.scope).await.unwrap();
    let by: Vec<_> = listed.first().unwrap().reviews.iter().map(|(member, _)| *member).collect();
    assert_eq!((listed.len(), by), (1, vec![owner.member.id, other.member.id]));
    world.collect(owner.scope.tenant()).await;
    let story = world.story(&owner.scope).await;
    assert_eq!(story.iter().filter(|(action, _)| action == "audit.review").count(), 2);
    assert!(story.contains(&("audit.viewed".to_owned(), Outcome::Seen)), "looking is observed");
}

#[tokio::test]
async fn a_digest_is_for_those_who_read_the_log_and_of_a_week_that_is_over() {
    let world = World::new();
    let (owner, _) = a_week_later(&world).await;
    let cashier = world.member(&owner.scope, "zaveri", "meera", Role::Cashier).await;
    let (road, week) = (&world.road, first_week());
    assert_eq!(code(digest(road, &cashier.scope, week).await), "permission.denied");
    assert_eq!(code(review_digest(road, &cashier.scope, None, week).await), "permission.denied");
    for not_over in ["2026-11-30", "2026-11-24", "2027-11-22"] {
        let week = parse_date(not_over).unwrap();
        assert_eq!(code(digest(road, &owner.scope, week).await), "digest.not_a_week", "{not_over}");
        assert_eq!(
            code(review_digest(road, &owner.scope, None, week).await),
            "digest.not_a_week",
            "{not_over}"
        );
    }
}
