//! Shared tills: who may take one over, with what, and what that opens.

use aurex_core::identity::members::MemberPatch;
use aurex_core::identity::settings::SettingsPatch;
use aurex_core::rbac::Role;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{
    EnrolledTill, SignedIn, change_member, change_settings, enrol_till, remove_pin, revoke_till, set_pin,
    settings,
};
use aurex_core::shop::actions::IssueInvoice;
use aurex_core::store::Housekeeping as _;
use aurex_core::tenancy::{Assurance, MemberId};
use aurex_core::time::Clock as _;

use crate::support::*;

const PIN: &str = "407193";

struct Counter {
    world: World,
    owner: SignedIn,
    till: EnrolledTill,
    ravi: SignedIn,
    asha: SignedIn,
}

impl Counter {
    async fn new() -> Self {
        let world = World::new();
        let owner = world.open("zaveri").await;
        let manager = world.member(&owner.scope, "zaveri", "meera", Role::Manager).await;
        let till = enrol_till(&world.road, &manager.scope, None, name("Front counter")).await.unwrap().value;
        let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
        let asha = world.member(&owner.scope, "zaveri", "asha", Role::Cashier).await;
        for member in [&ravi, &asha] {
            set_pin(&world.sign_in, &member.scope, PIN).await.unwrap();
        }
        Self { world, owner, till, ravi, asha }
    }

    fn token(&self) -> &str {
        self.till.token.as_ref().unwrap().expose()
    }

    async fn takes_over(&self, member: MemberId, pin: &str) -> Result<SignedIn, ServiceError> {
        let token = self.token();
        self.world.sign_in.pin("zaveri", token, member, pin, facts()).await
    }
}

#[tokio::test]
async fn p63_two_cashiers_share_a_till_and_each_is_themselves() {
    let counter = Counter::new().await;
    let world = &counter.world;
    let at_hand = world.sign_in.till("zaveri", counter.token()).await.unwrap();
    let names: Vec<_> = at_hand.members.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["ravi", "asha"]);

    let ravi = counter.takes_over(counter.ravi.member.id, PIN).await.unwrap();
    assert_eq!((ravi.scope.assurance(), ravi.scope.member()), (Assurance::Pin, Some(counter.ravi.member.id)));
    assert!(ravi.scope.permit::<IssueInvoice>().is_ok());
    assert_eq!(code(set_pin(&world.sign_in, &ravi.scope, PIN).await), "auth.password_needed");
    let asha = counter.takes_over(counter.asha.member.id, PIN).await.unwrap();
    assert_eq!(code(world.request("zaveri", &ravi).await), "auth.required", "one at a time");
    assert!(world.request("zaveri", &asha).await.is_ok());
    assert!(world.request("zaveri", &counter.ravi).await.is_ok(), "elsewhere they stay signed in");
    world.clock.advance(5 * 60 + 60);
    assert_eq!(code(world.request("zaveri", &asha).await), "auth.required", "left alone");
    let log = world.log(&counter.owner.scope).await;
    assert!(log.iter().any(|stored| stored.entry.actor.assurance == "pin"));
}

impl Counter {
    /// Five wrong numbers of Ravi's.
    async fn locks_ravi(&self) {
        for wrong in ["407194", "no number", "407195", "407196", "407197"] {
            assert_eq!(code(self.takes_over(self.ravi.member.id, wrong).await), "auth.required");
        }
        assert_eq!(code(self.takes_over(self.ravi.member.id, PIN).await), "pin.locked");
    }
}

#[tokio::test]
async fn asvs_v6_3_1_five_wrong_numbers_are_the_last_until_a_password_or_another_number() {
    let counter = Counter::new().await;
    let (world, ravi) = (&counter.world, counter.ravi.member.id);
    for _ in 0..4 {
        assert_eq!(code(counter.takes_over(ravi, "407194").await), "auth.required");
    }
    assert!(counter.takes_over(ravi, PIN).await.is_ok(), "the fifth is right, and forgives the others");
    counter.locks_ravi().await;
    assert!(counter.takes_over(counter.asha.member.id, PIN).await.is_ok(), "nobody else is locked");
    world.clock.advance(365 * 24 * 3600);
    world.store.sweep(world.clock.now()).await.unwrap();
    assert_eq!(code(counter.takes_over(ravi, PIN).await), "pin.locked", "time gives no try back");

    let signed_in = world.signed_in("zaveri", "ravi").await.unwrap();
    assert!(counter.takes_over(ravi, PIN).await.is_ok(), "the password does");
    counter.locks_ravi().await;
    set_pin(&world.sign_in, &signed_in.scope, "407198").await.unwrap();
    assert!(counter.takes_over(ravi, "407198").await.is_ok(), "and so does another number");
    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    assert!(world.story(&owner.scope).await.iter().any(|(action, _)| action == "session.refused"));
}

#[tokio::test]
async fn asvs_v6_3_4_a_number_is_not_enough_where_the_role_has_to_have_a_second_factor() {
    let counter = Counter::new().await;
    let Counter { world, owner, ravi, .. } = &counter;
    let session = counter.takes_over(ravi.member.id, PIN).await.unwrap();
    let version = settings(&world.road, &owner.scope).await.unwrap().version();
    let asked = SettingsPatch { second_factor_for: Some(vec![Role::Cashier]), ..SettingsPatch::default() };
    change_settings(&world.road, &owner.scope, &version, asked).await.unwrap();
    assert_eq!(code(counter.takes_over(ravi.member.id, PIN).await), "auth.required");
    assert!(world.sign_in.till("zaveri", counter.token()).await.unwrap().members.is_empty());
    // What a number opened before reaches nothing but a second factor either.
    let denied = match world.request("zaveri", &session).await {
        Ok(scope) => code(scope.permit::<IssueInvoice>().map_err(Into::into)),
        Err(error) => code(Err::<(), _>(error)),
    };
    assert_eq!(denied, "auth.second_factor_missing");
}

#[tokio::test]
async fn a_number_opens_nothing_without_the_till_or_for_somebody_above_the_counter() {
    let counter = Counter::new().await;
    let Counter { world, owner, till, ravi, asha } = &counter;
    let manager = world.signed_in("zaveri", "meera").await.unwrap();
    assert_eq!(code(set_pin(&world.sign_in, &manager.scope, PIN).await), "permission.denied");
    for guessable in ["123456", "31", "111111"] {
        assert!(set_pin(&world.sign_in, &ravi.scope, guessable).await.is_err(), "{guessable}");
    }
    let stranger = world.sign_in.pin("zaveri", ravi.token.expose(), ravi.member.id, PIN, facts()).await;
    assert_eq!(code(stranger), "auth.required");
    assert_eq!(code(counter.takes_over(owner.member.id, PIN).await), "auth.required");

    // A promotion is worth a password: the number stops working, and what it opened ends.
    let session = counter.takes_over(ravi.member.id, PIN).await.unwrap();
    let promoted = MemberPatch { role: Some(Role::Manager), ..MemberPatch::default() };
    change_member(&world.road, &owner.scope, ravi.member.id, 1, &promoted).await.unwrap();
    assert_eq!(code(world.request("zaveri", &session).await), "auth.required");
    assert!(world.request("zaveri", ravi).await.is_ok());
    assert_eq!(code(counter.takes_over(ravi.member.id, PIN).await), "auth.required");

    let session = counter.takes_over(asha.member.id, PIN).await.unwrap();
    let at_home = world.request("zaveri", asha).await.unwrap();
    remove_pin(&world.road, &at_home).await.unwrap();
    assert_eq!(code(world.request("zaveri", &session).await), "auth.required");
    assert_eq!(code(counter.takes_over(asha.member.id, PIN).await), "auth.required");
    let at_home = world.request("zaveri", asha).await.unwrap();
    set_pin(&world.sign_in, &at_home, "407195").await.unwrap();
    let session = counter.takes_over(asha.member.id, "407195").await.unwrap();
    revoke_till(&world.road, &manager.scope, till.till.id).await.unwrap();
    assert_eq!(code(world.request("zaveri", &session).await), "auth.required");
    assert_eq!(code(world.sign_in.till("zaveri", counter.token()).await), "auth.required");
}
