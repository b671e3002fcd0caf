//! Hours and networks by role: who is refused, who is asked, and who never is.

use aurex_core::identity::actions::ReadMembers;
use aurex_core::identity::second_factors::Proving;
use aurex_core::identity::settings::SettingsPatch;
use aurex_core::rbac::Role;
use aurex_core::service::Done;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{
    SignedIn, change_settings, close_session, current_session, own_sessions, settings, step_up,
};
use aurex_core::service::shop::rate_board;
use aurex_core::shop::actions::ReadRates;
use aurex_core::tenancy::{AccessRule, OpenHours, RequestFacts, Scope, Weekday, WhenOutside};

use crate::support::*;

/// From half past nine to eight on every day, and from the shop's own street.
fn rule(role: Role, outside: WhenOutside) -> AccessRule {
    let (from, until) = ("09:30".parse().unwrap(), "20:00".parse().unwrap());
    AccessRule {
        role,
        hours: vec![OpenHours { days: Weekday::ALL.to_vec(), from, until }],
        networks: vec!["203.0.113.0/24".parse().unwrap()],
        outside,
    }
}

impl World {
    async fn limits(&self, scope: &Scope, rules: &[AccessRule]) -> Result<(), ServiceError> {
        let version = settings(&self.road, scope).await?.version();
        let patch = SettingsPatch { access_rules: Some(rules.to_vec()), ..SettingsPatch::default() };
        change_settings(&self.road, scope, &version, patch).await.map(|_: Done<_>| ())
    }

    /// Somebody's next request, from elsewhere.
    async fn elsewhere(&self, who: &SignedIn) -> Scope {
        let facts = RequestFacts { ip: Some([198, 51, 100, 1].into()), ..facts() };
        self.sign_in.session("zaveri", who.token.expose(), facts).await.unwrap()
    }
}

/// The ten hours from ten in the morning, when every world here begins, to eight in the evening.
const TO_EVENING: i64 = 10 * 3600;

#[tokio::test]
async fn asvs_v8_2_4_a_cashier_is_in_at_the_shops_hours_and_out_the_moment_they_end_also_mid_session() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    world.limits(&owner.scope, &[rule(Role::Cashier, WhenOutside::Refuse)]).await.unwrap();
    // At work all day: the session is used, and does not end for being left alone.
    for _ in 0..40 {
        let scope = world.request("zaveri", &ravi).await.unwrap();
        assert!(scope.permit::<ReadRates>().is_ok());
        world.clock.advance(TO_EVENING / 40);
    }
    let scope = world.request("zaveri", &ravi).await.unwrap();
    assert_eq!(code(scope.permit::<ReadRates>().map_err(Into::into)), "access.outside_hours");
    assert_eq!(code(own_sessions(&world.road, &scope).await), "access.outside_hours");
    assert_eq!(code(current_session(&world.road, &world.catalogue, &scope).await), "access.outside_hours");
    assert_eq!(world.catalogue.permissions(&scope), ["session.close"]);
    assert_eq!(code(world.signed_in("zaveri", "ravi").await), "access.outside_hours");
    assert_eq!(
        code(world.sign_in.password("zaveri", &address("zaveri", "ravi"), "wrong", None, facts()).await),
        "auth.required"
    );
    // The owner is never kept out.
    assert!(world.signed_in("zaveri", "owner").await.is_ok());
    assert!(close_session(&world.road, &scope).await.is_ok(), "signing out is never refused");

    world.clock.advance(13 * 3600 + 1800);
    assert!(world.signed_in("zaveri", "ravi").await.is_ok(), "half past nine the next morning");
}

#[tokio::test]
async fn asvs_v8_2_4_a_session_that_moves_to_another_network_stops_there_and_goes_on_where_it_was() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    world.limits(&owner.scope, &[rule(Role::Cashier, WhenOutside::Refuse)]).await.unwrap();
    let scope = world.elsewhere(&ravi).await;
    assert_eq!(code(rate_board(&world.road, &scope, None).await), "access.outside_network");
    assert!(world.request("zaveri", &ravi).await.unwrap().permit::<ReadRates>().is_ok());
    let facts = RequestFacts { ip: None, ..facts() };
    let nowhere = world.sign_in.session("zaveri", ravi.token.expose(), facts).await.unwrap();
    assert!(nowhere.permit::<ReadRates>().is_err(), "an address that nobody knows is in no network");
}

#[tokio::test]
async fn asvs_v8_2_4_where_a_role_is_asked_a_fresh_proof_lets_it_go_on_for_a_while() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    world.limits(&owner.scope, &[rule(Role::Cashier, WhenOutside::Ask)]).await.unwrap();
    world.clock.advance(16 * 60);
    assert!(world.request("zaveri", &ravi).await.unwrap().permit::<ReadRates>().is_ok(), "in the shop");
    let scope = world.elsewhere(&ravi).await;
    assert_eq!(code(scope.permit::<ReadRates>().map_err(Into::into)), "auth.step_up_needed");
    let session = current_session(&world.road, &world.catalogue, &scope).await.unwrap();
    assert_eq!(session.first.map(|first| first.code()), Some("step_up"));
    let proved = step_up(&world.sign_in, &scope, Proving::Password(PASSWORD), None).await.unwrap().value;
    assert!(world.elsewhere(&proved).await.permit::<ReadRates>().is_ok());
    world.clock.advance(15 * 60);
    let scope = world.elsewhere(&proved).await;
    assert_eq!(code(scope.permit::<ReadRates>().map_err(Into::into)), "auth.step_up_needed");
}

#[tokio::test]
async fn asvs_v8_2_4_nobody_is_kept_out_by_a_peer_and_rules_are_in_the_log_and_take_a_fresh_proof() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let admin = world.member(&owner.scope, "zaveri", "asha", Role::Admin).await;
    let refused = world.limits(&admin.scope, &[rule(Role::Admin, WhenOutside::Refuse)]).await;
    assert_eq!(code(refused), "access_rule.beyond_reach");
    let refused = world.limits(&owner.scope, &[rule(Role::Owner, WhenOutside::Ask)]).await;
    assert_eq!(code(refused), "access_rule.owner");
    world.limits(&admin.scope, &[rule(Role::Manager, WhenOutside::Refuse)]).await.unwrap();
    assert_eq!(settings(&world.road, &owner.scope).await.unwrap().workspace.access_rules.len(), 1);
    let log = world.log(&owner.scope).await;
    assert_eq!(log.last().unwrap().entry.action, "settings.change");

    world.clock.advance(16 * 60);
    let stale = world.request("zaveri", &owner).await.unwrap();
    assert!(stale.permit::<ReadMembers>().is_ok());
    assert_eq!(code(world.limits(&stale, &[]).await), "auth.step_up_needed");
}

#[tokio::test]
async fn asvs_v8_2_4_a_sign_in_at_the_wrong_hour_is_in_the_log_with_its_member_and_costs_no_try() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    world.limits(&owner.scope, &[rule(Role::Cashier, WhenOutside::Refuse)]).await.unwrap();
    world.clock.advance(TO_EVENING);
    for _ in 0..30 {
        assert_eq!(code(world.signed_in("zaveri", "ravi").await), "access.outside_hours");
    }
    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    let log = world.log(&owner.scope).await;
    let seen = log.iter().rfind(|stored| stored.entry.action == "session.refused").unwrap();
    assert_eq!(seen.entry.subject_id, ravi.member.id.to_string());
}
