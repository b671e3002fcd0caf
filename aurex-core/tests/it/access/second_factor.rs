//! The second factor: set up, asked for, proved once more, lost.

use aurex_core::identity::actions::{AddMember, ChangeSecondFactor, ReadMembers};
use aurex_core::identity::second_factors::Proving;
use aurex_core::identity::settings::SettingsPatch;
use aurex_core::rbac::Role;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{
    FactorState, ShellReset, SignedIn, begin_second_factor, change_password, change_settings, close_session,
    confirm_second_factor, current_session, new_recovery_codes, remove_second_factor, reset_by_shell,
    reset_password, reset_second_factor, second_factor, settings, step_up,
};
use aurex_core::store::{PageRequest, Store as _};
use aurex_core::tenancy::{Assurance, Errand, RequestFacts, Scope};
use aurex_core::time::Clock as _;

use crate::support::*;

/// Somebody with a second factor, and what it is proved with.
struct Enrolled {
    me: SignedIn,
    secret: String,
    codes: Vec<String>,
}

impl World {
    fn code(&self, secret: &str) -> String {
        code_at(secret, self.clock.now())
    }

    /// Sets up a second factor in the session of `me`; its time moves on to the next code.
    async fn enrol(&self, me: &SignedIn, slug: &str, end_others: bool) -> Enrolled {
        let scope = self.request(slug, me).await.unwrap();
        let offer = begin_second_factor(&self.road, &scope).await.unwrap().value;
        let first = self.code(&offer.secret);
        let done = confirm_second_factor(&self.sign_in, &scope, &first, end_others).await.unwrap().value;
        self.clock.advance(30);
        let codes = done.codes.texts().map(|text| text.as_str().to_owned()).collect();
        Enrolled { me: done.signed_in, secret: offer.secret.as_str().to_owned(), codes }
    }

    async fn step_up(&self, scope: &Scope, proving: Proving<'_>) -> Result<SignedIn, ServiceError> {
        Ok(step_up(&self.sign_in, scope, proving, None).await?.value)
    }

    async fn with_code(&self, who: &str, code: &str) -> Result<SignedIn, ServiceError> {
        let email = address("zaveri", who);
        self.sign_in.password_and_code("zaveri", &email, (PASSWORD, Some(code)), None, facts()).await
    }

    async fn ask_of(&self, scope: &Scope, roles: &[Role]) {
        let version = settings(&self.road, scope).await.unwrap().version();
        let patch = SettingsPatch { second_factor_for: Some(roles.to_vec()), ..SettingsPatch::default() };
        change_settings(&self.road, scope, &version, patch).await.unwrap();
    }

    async fn told(&self, scope: &Scope) -> Vec<(String, String)> {
        let mut reader = self.store.reader(scope).await.unwrap();
        let page = reader.mails(PageRequest::first(100)).await.unwrap();
        page.items
            .into_iter()
            .map(|mail| (mail.kind.code().to_owned(), mail.recipient.as_ref().unwrap().as_str().to_owned()))
            .collect()
    }
}

#[tokio::test]
async fn asvs_v6_3_3_a_session_without_the_second_factor_reaches_only_proving_it_and_signing_out() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let enrolled = world.enrol(&owner, "zaveri", true).await;
    let half = world.signed_in("zaveri", "owner").await.unwrap();
    assert_eq!((half.first, half.device.is_some()), (Some(Errand::ProveSecondFactor), false));
    let scope = world.request("zaveri", &half).await.unwrap();
    assert_eq!(code(scope.permit::<ReadMembers>().map_err(Into::into)), "auth.second_factor_needed");
    assert_eq!(code(second_factor(&world.road, &scope).await), "auth.second_factor_needed");
    assert_eq!(code(begin_second_factor(&world.road, &scope).await), "auth.second_factor_needed");
    assert_eq!(
        code(change_password(&world.sign_in, &scope, PASSWORD, SECRET).await),
        "auth.second_factor_needed"
    );
    let seen = current_session(&world.road, &world.catalogue, &scope).await.unwrap();
    assert_eq!(seen.first, Some(Errand::ProveSecondFactor));
    assert_eq!(seen.permissions, ["session.close", "session.open", "session.step_up"]);

    let whole = world.step_up(&scope, Proving::Code(&world.code(&enrolled.secret))).await.unwrap();
    assert_eq!((whole.first, whole.session), (None, half.session));
    assert!(whole.device.is_some());
    let scope = world.request("zaveri", &whole).await.unwrap();
    assert!(scope.permit::<AddMember>().is_ok());
    assert_eq!(code(world.request("zaveri", &half).await), "auth.required");

    let other = world.signed_in("zaveri", "owner").await.unwrap();
    assert!(close_session(&world.road, &other.scope).await.is_ok());
}

#[tokio::test]
async fn asvs_v6_3_3_v6_5_1_a_code_beside_the_password_signs_in_once_and_a_wrong_one_is_a_wrong_password() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let enrolled = world.enrol(&owner, "zaveri", true).await;
    let now = world.code(&enrolled.secret);
    let whole = world.with_code("owner", &now).await.unwrap();
    assert_eq!((whole.first, whole.scope.assurance()), (None, Assurance::SecondFactor));
    assert!(whole.device.is_some());
    assert_eq!(code(world.with_code("owner", &now).await), "auth.required", "a replay");
    assert_eq!(code(world.with_code("owner", "000000x").await), "auth.required");
    // Of somebody without a second factor, nobody asks what the code was.
    world.member(&whole.scope, "zaveri", "ravi", Role::Cashier).await;
    assert!(world.with_code("ravi", "000000").await.is_ok());
    let log = world.log(&whole.scope).await;
    let refused = log.iter().filter(|stored| stored.entry.action == "session.refused").count();
    assert!(refused >= 1, "{refused}");
    let opened = log.iter().rfind(|stored| {
        stored.entry.action == "session.open" && stored.entry.actor.assurance == "second_factor"
    });
    assert!(opened.is_some(), "the log says how they signed in");
}

#[tokio::test]
async fn asvs_v6_5_8_it_is_the_servers_clock_that_counts() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let enrolled = world.enrol(&owner, "zaveri", true).await;
    let later = code_at(&enrolled.secret, world.clock.now().plus_seconds(90));
    assert_eq!(code(world.with_code("owner", &later).await), "auth.required");
    world.clock.advance(90);
    assert!(world.with_code("owner", &later).await.is_ok());
}

#[tokio::test]
async fn p63_a_factor_proved_from_another_network_than_the_password_is_an_entry() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let enrolled = world.enrol(&owner, "zaveri", true).await;
    let half = world.signed_in("zaveri", "owner").await.unwrap();
    let seen = async || {
        let story = world.story(&enrolled.me.scope).await;
        story.iter().filter(|(action, _)| action == "session.concurrent").count()
    };
    assert_eq!(seen().await, 0);
    world.clock.advance(90);
    let code = world.code(&enrolled.secret);
    let elsewhere = RequestFacts { ip: Some([198, 51, 100, 1].into()), ..facts() };
    let half = world.sign_in.session("zaveri", half.token.expose(), elsewhere).await.unwrap();
    world.step_up(&half, Proving::Code(&code)).await.unwrap();
    assert_eq!(seen().await, 1);
}

#[tokio::test]
async fn guessing_codes_is_counted_for_the_member_whatever_session_it_is_done_in() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let enrolled = world.enrol(&owner, "zaveri", true).await;
    let one = world.signed_in("zaveri", "owner").await.unwrap();
    for _ in 0..10 {
        let refused = world.step_up(&one.scope, Proving::Code("12345")).await;
        assert_eq!(faults(refused), [("/code".to_owned(), "session.proof_wrong")]);
    }
    let other = world.signed_in("zaveri", "owner").await.unwrap();
    let right = world.code(&enrolled.secret);
    for scope in [&one.scope, &other.scope] {
        assert_eq!(code(world.step_up(scope, Proving::Code(&right)).await), "auth.too_many_tries");
    }
    assert_eq!(code(world.with_code("owner", &right).await), "auth.too_many_tries");
    let story = world.story(&enrolled.me.scope).await;
    assert!(story.iter().any(|(action, _)| action == "session.step_up_refused"));
    world.clock.advance(120);
    let right = world.code(&enrolled.secret);
    assert!(world.step_up(&other.scope, Proving::Code(&right)).await.is_ok());
}

#[tokio::test]
async fn asvs_v6_5_1_a_recovery_code_opens_once() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let enrolled = world.enrol(&owner, "zaveri", true).await;
    let stands = second_factor(&world.road, &enrolled.me.scope).await.unwrap();
    assert_eq!((stands.state, stands.recovery_codes_left), (FactorState::Active, 10));
    let half = world.signed_in("zaveri", "owner").await.unwrap();
    let typed = enrolled.codes[7].to_lowercase();
    let whole = world.step_up(&half.scope, Proving::RecoveryCode(&typed)).await.unwrap();
    assert_eq!(whole.scope.assurance(), Assurance::SecondFactor);
    assert_eq!(second_factor(&world.road, &whole.scope).await.unwrap().recovery_codes_left, 9);
    let again = world.step_up(&whole.scope, Proving::RecoveryCode(&typed)).await;
    assert_eq!(faults(again), [("/recovery_code".to_owned(), "session.proof_wrong")]);

    // New ones take the place of all before them.
    let new = new_recovery_codes(&world.road, &whole.scope).await.unwrap().value;
    let old = world.step_up(&whole.scope, Proving::RecoveryCode(&enrolled.codes[0])).await;
    assert_eq!(code(old), "session.proof_wrong");
    let new = new.texts().next().unwrap();
    assert!(world.step_up(&whole.scope, Proving::RecoveryCode(&new)).await.is_ok());
}

#[tokio::test]
async fn asvs_v7_2_4_v7_4_3_a_new_factor_renews_the_session_and_ends_the_others_or_makes_them_prove_it() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let elsewhere = world.signed_in("zaveri", "owner").await.unwrap();
    let enrolled = world.enrol(&owner, "zaveri", false).await;
    assert_eq!(code(world.request("zaveri", &owner).await), "auth.required", "the old token is dead");
    let other = world.request("zaveri", &elsewhere).await.unwrap();
    assert_eq!(code(other.permit::<ReadMembers>().map_err(Into::into)), "auth.second_factor_needed");
    let me = world.request("zaveri", &enrolled.me).await.unwrap();
    assert_eq!(me.assurance(), Assurance::SecondFactor);

    remove_second_factor(&world.road, &me).await.unwrap();
    assert_eq!(code(world.request("zaveri", &elsewhere).await), "auth.required");
    let elsewhere = world.signed_in("zaveri", "owner").await.unwrap();
    let me = world.signed_in("zaveri", "owner").await.unwrap();
    world.enrol(&me, "zaveri", true).await;
    assert_eq!(code(world.request("zaveri", &elsewhere).await), "auth.required");
}

#[tokio::test]
async fn asvs_v7_5_1_v7_5_3_what_changes_access_takes_a_proof_of_the_last_quarter_of_an_hour() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.clock.advance(15 * 60 + 1);
    let stale = world.request("zaveri", &owner).await.unwrap();
    assert_eq!(code(begin_second_factor(&world.road, &stale).await), "auth.step_up_needed");
    assert_eq!(code(stale.permit::<AddMember>().map_err(Into::into)), "auth.step_up_needed");
    let no_factor = world.step_up(&stale, Proving::Code("123456")).await;
    assert_eq!(faults(no_factor), [("/password".to_owned(), "session.password_needed")]);
    let wrong = world.step_up(&stale, Proving::Password("not this one")).await;
    assert_eq!(faults(wrong), [("/password".to_owned(), "session.proof_wrong")]);
    let fresh = world.step_up(&stale, Proving::Password(PASSWORD)).await.unwrap();
    assert!(fresh.scope.permit::<AddMember>().is_ok());
    assert_eq!(code(world.request("zaveri", &owner).await), "auth.required");

    let enrolled = world.enrol(&fresh, "zaveri", true).await;
    world.clock.advance(15 * 60 + 1);
    let stale = world.request("zaveri", &enrolled.me).await.unwrap();
    assert_eq!(code(stale.permit::<ChangeSecondFactor>().map_err(Into::into)), "auth.step_up_needed");
    assert_eq!(code(remove_second_factor(&world.road, &stale).await), "auth.step_up_needed");
    assert_eq!(code(new_recovery_codes(&world.road, &stale).await), "auth.step_up_needed");
    assert!(stale.permit::<ReadMembers>().is_ok());
    let password = world.step_up(&stale, Proving::Password(PASSWORD)).await;
    assert_eq!(faults(password), [("/code".to_owned(), "session.code_needed")]);
    let fresh = world.step_up(&stale, Proving::Code(&world.code(&enrolled.secret))).await.unwrap();
    assert!(remove_second_factor(&world.road, &fresh.scope).await.is_ok());
}

#[tokio::test]
async fn asvs_v6_3_3_whoever_has_to_have_one_sets_it_up_before_anything_else() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.ask_of(&owner.scope, &[Role::Manager, Role::Owner, Role::Owner]).await;
    let workspace = settings(&world.road, &owner.scope).await.unwrap().workspace;
    assert_eq!(workspace.second_factor_for, [Role::Owner, Role::Manager]);

    // The one who asked for it has to, too, and is not locked out by it.
    let scope = world.request("zaveri", &owner).await.unwrap();
    assert_eq!(code(scope.permit::<ReadMembers>().map_err(Into::into)), "auth.second_factor_missing");
    let seen = current_session(&world.road, &world.catalogue, &scope).await.unwrap();
    assert_eq!(seen.first, Some(Errand::AddSecondFactor));
    let enrolled = world.enrol(&owner, "zaveri", true).await;
    let scope = world.request("zaveri", &enrolled.me).await.unwrap();
    assert!(scope.permit::<ReadMembers>().is_ok());
    assert_eq!(code(remove_second_factor(&world.road, &scope).await), "second_factor.required");

    let cashier = world.member(&scope, "zaveri", "ravi", Role::Cashier).await;
    assert_eq!(cashier.first, None);
    let manager = world.member(&scope, "zaveri", "meera", Role::Manager).await;
    assert_eq!(manager.first, Some(Errand::AddSecondFactor));
    // In a session whose password is no longer fresh, the password comes first.
    world.clock.advance(15 * 60 + 1);
    let stale = world.request("zaveri", &manager).await.unwrap();
    assert_eq!(code(begin_second_factor(&world.road, &stale).await), "auth.step_up_needed");
    let fresh = world.step_up(&stale, Proving::Password(PASSWORD)).await.unwrap();
    assert!(world.enrol(&fresh, "zaveri", true).await.me.first.is_none());
}

#[tokio::test]
async fn asvs_v6_4_3_a_reset_password_does_not_get_around_the_second_factor() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.enrol(&owner, "zaveri", true).await;
    let cli = world.cli.scope(owner.scope.tenant(), &["password.reset"], facts());
    let address = email("owner@zaveri.example");
    let secret = reset_password(&world.sign_in, &cli, &address).await.unwrap().value.secret;
    let first = world.sign_in.password("zaveri", address.as_str(), secret.expose(), None, facts()).await;
    let own = change_password(&world.sign_in, &first.unwrap().scope, secret.expose(), PASSWORD).await;
    assert_eq!(own.unwrap().value.first, Some(Errand::ProveSecondFactor));
    assert_eq!(world.signed_in("zaveri", "owner").await.unwrap().first, Some(Errand::ProveSecondFactor));
}

#[tokio::test]
async fn asvs_v6_5_6_v6_3_7_a_lost_factor_is_reset_by_who_manages_its_holder_and_they_are_told() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let admin = world.member(&owner.scope, "zaveri", "meera", Role::Admin).await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let lost = world.enrol(&cashier, "zaveri", true).await;
    let ravi = cashier.member.id;
    let reset = |scope, id| reset_second_factor(&world.road, scope, id);
    assert_eq!(code(reset(&lost.me.scope, ravi).await), "permission.denied");
    assert_eq!(code(reset(&admin.scope, owner.member.id).await), "member.beyond_reach");
    assert_eq!(code(reset(&owner.scope, owner.member.id).await), "second_factor.own");
    assert_eq!(code(reset(&owner.scope, admin.member.id).await), "second_factor.missing");

    assert_eq!(reset(&admin.scope, ravi).await.unwrap().value.id, ravi);
    assert_eq!(code(world.request("zaveri", &lost.me).await), "auth.required");
    let back = world.signed_in("zaveri", "ravi").await.unwrap();
    assert_eq!(back.first, None);
    for old in [Proving::Code(&world.code(&lost.secret)), Proving::RecoveryCode(&lost.codes[0])] {
        assert_eq!(code(world.step_up(&back.scope, old).await), "session.password_needed");
    }
    assert_eq!(code(reset(&admin.scope, ravi).await), "second_factor.missing");
    let told = world.told(&owner.scope).await;
    let mail = |kind: &str| (kind.to_owned(), "ravi@zaveri.example".to_owned());
    let of_factors: Vec<_> = told.into_iter().filter(|(kind, _)| kind.starts_with("second_factor")).collect();
    assert_eq!(of_factors, [mail("second_factor_added"), mail("second_factor_removed")]);
}

#[tokio::test]
async fn asvs_v6_4_4_the_shell_resets_a_lone_owners_factor_after_notice_and_three_days() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let partner = world.member(&owner.scope, "zaveri", "partner", Role::Owner).await;
    let enrolled = world.enrol(&owner, "zaveri", true).await;
    let cli = world.cli.scope(owner.scope.tenant(), &["second_factor.reset"], facts());
    let address = email("owner@zaveri.example");
    let reset = async || reset_by_shell(&world.road, &cli, &address).await.unwrap().value;

    let ShellReset::Asked { told, due } = reset().await else { panic!("it was not asked for before") };
    assert_eq!(told, [address.clone(), email("partner@zaveri.example")]);
    let due_in = |kind| world.mailed(&partner.scope, kind, "due");
    for kind in ["second_factor_reset_asked", "second_factor_reset_notice"] {
        assert_eq!(due_in(kind).await, due.to_string(), "{kind}");
    }
    let whose = world.mailed(&partner.scope, "second_factor_reset_notice", "of").await;
    assert_eq!(whose, owner.member.name.as_str());
    assert_eq!(reset().await, ShellReset::Waits(due));
    // Whoever still has the factor calls it off by using it.
    world.clock.advance(60);
    world.with_code("owner", &world.code(&enrolled.secret)).await.unwrap();
    world.clock.advance(72 * 3600);
    assert!(matches!(reset().await, ShellReset::Asked { .. }));
    world.clock.advance(72 * 3600 - 1);
    assert!(matches!(reset().await, ShellReset::Waits(_)));
    world.clock.advance(2);
    assert!(matches!(reset().await, ShellReset::Done(member) if member.id == owner.member.id));
    let by = world.mailed(&partner.scope, "second_factor_removed", "by").await;
    assert_eq!(by, "whoever runs the server");
    assert_eq!(world.signed_in("zaveri", "owner").await.unwrap().first, None);

    // The notice about one owner is none about the other.
    let partner = world.signed_in("zaveri", partner.member.email.as_str().split('@').next().unwrap()).await;
    let partner = world.enrol(&partner.unwrap(), "zaveri", true).await;
    let of_partner = reset_by_shell(&world.road, &cli, &partner.me.member.email).await.unwrap().value;
    assert!(matches!(of_partner, ShellReset::Asked { .. }));
    let nobody = reset_by_shell(&world.road, &cli, &email("nobody@zaveri.example")).await;
    assert_eq!(code(nobody), "resource.not_found");
}

#[tokio::test]
async fn a_factor_is_set_up_in_order() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let confirm = |code: String| {
        let world = &world;
        let scope = owner.scope.clone();
        async move { confirm_second_factor(&world.sign_in, &scope, &code, true).await }
    };
    assert_eq!(code(confirm("123456".to_owned()).await), "second_factor.not_begun");
    assert_eq!(code(remove_second_factor(&world.road, &owner.scope).await), "second_factor.missing");
    let first = begin_second_factor(&world.road, &owner.scope).await.unwrap().value;
    let second = begin_second_factor(&world.road, &owner.scope).await.unwrap().value;
    assert_ne!(first.secret, second.secret);
    assert!(
        second.uri.starts_with("otpauth://totp/Aurex%20Zaveri%20and%20Sons:owner%40zaveri.example?secret=")
    );
    let stands = second_factor(&world.road, &owner.scope).await.unwrap();
    assert_eq!((stands.state, stands.recovery_codes_left), (FactorState::Pending, 0));
    assert!(world.signed_in("zaveri", "owner").await.unwrap().first.is_none(), "it does not count yet");
    let old = confirm(world.code(&first.secret)).await;
    assert_eq!(faults(old), [("/code".to_owned(), "second_factor.code_wrong")]);
    let done = confirm(world.code(&second.secret)).await.unwrap().value;
    let me = done.signed_in;
    assert_eq!(code(begin_second_factor(&world.road, &me.scope).await), "second_factor.active");
    assert_eq!(done.ended, 1);
}
