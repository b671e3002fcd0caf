//! What people are told by mail when what they may do, or what opens their account, was changed.

use aurex_core::identity::actions::RemindOfTokens;
use aurex_core::identity::members::MemberPatch;
use aurex_core::identity::roles::NewCustomRole;
use aurex_core::identity::second_factors::Proving;
use aurex_core::identity::tokens::NewApiToken;
use aurex_core::rbac::{Action as _, Role};
use aurex_core::service::access::{
    AskedCommand, Command, approve, ask_approval, begin_second_factor, change_member, confirm_second_factor,
    create_api_token, enrol_till, make_custom_role, new_recovery_codes, remind_of_tokens, remove_pin,
    revoke_api_token, set_pin, sign_everybody_out, sign_member_out, step_up,
};
use aurex_core::tenancy::Scope;
use aurex_core::time::{Clock as _, parse_date};
use serde_json::Value;

use crate::support::*;

const DAY: i64 = 24 * 3600;

/// The mails of these kinds: to whom, and the content.
async fn of_kind(world: &World, scope: &Scope, kind: &str) -> Vec<(String, Value)> {
    let mails = world.mails(scope).await.into_iter().filter(|(of, ..)| of == kind);
    mails.map(|(_, to, content)| (to.split('@').next().unwrap().to_owned(), content)).collect()
}

fn patch(role: Role) -> MemberPatch {
    MemberPatch { role: Some(role), ..MemberPatch::default() }
}

#[tokio::test]
async fn asvs_v6_3_7_whoever_gets_another_role_is_told_who_gave_it() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await.member.id;
    let change = async |version, patch: MemberPatch| {
        change_member(&world.road, &owner.scope, ravi, version, &patch).await.unwrap().value
    };
    change(1, MemberPatch { name: Some(name("Ravi")), ..MemberPatch::default() }).await;
    assert!(of_kind(&world, &owner.scope, "role_changed").await.is_empty(), "a name is no role");
    change(2, patch(Role::Manager)).await;
    let narrowed = NewCustomRole {
        name: name("Counter"),
        base: Role::Manager,
        withheld: vec!["rate.post".to_owned()],
        caps: Vec::new(),
    };
    let own =
        make_custom_role(&world.road, &world.catalogue, &owner.scope, None, narrowed).await.unwrap().value;
    change(3, MemberPatch { custom_role: Some(Some(own.id)), ..MemberPatch::default() }).await;
    let told = of_kind(&world, &owner.scope, "role_changed").await;
    let said = |(to, content): &(String, Value)| {
        let text = |field: &str| content[field].as_str().unwrap().to_owned();
        (to.clone(), text("by"), text("before"), text("after"))
    };
    let expected = |before: &str, after: &str| {
        ("ravi".to_owned(), owner.member.name.to_string(), before.to_owned(), after.to_owned())
    };
    let told: Vec<_> = told.iter().map(said).collect();
    assert_eq!(told, [expected("cashier", "manager"), expected("manager", "Counter")]);

    // The same by a change that somebody approved: it is the approver who did it.
    let partner = world.member(&owner.scope, "zaveri", "partner", Role::Owner).await;
    let command = Command::MemberRole { member: ravi, role: Role::Auditor };
    let asked = AskedCommand { command, note: None };
    let asked = ask_approval(&world.road, &owner.scope, None, &asked).await.unwrap().value;
    approve(&world.road, &partner.scope, None, asked.id, &asked.digest, None).await.unwrap();
    let told = of_kind(&world, &owner.scope, "role_changed").await;
    assert_eq!(
        (told.len(), &told[2].1["by"], &told[2].1["after"]),
        (3, &"partner".into(), &"auditor".into())
    );
}

#[tokio::test]
async fn a_last_day_and_a_locked_login_are_told_to_whose_they_are() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await.member.id;
    let change = async |version, patch: MemberPatch| {
        change_member(&world.road, &owner.scope, ravi, version, &patch).await.unwrap();
    };
    let leaves = |day: Option<&str>| MemberPatch {
        leaves_on: Some(day.map(|day| parse_date(day).unwrap())),
        ..MemberPatch::default()
    };
    change(1, leaves(Some("2026-12-31"))).await;
    change(2, leaves(None)).await;
    let told = of_kind(&world, &owner.scope, "last_day").await;
    let days: Vec<_> = told.iter().map(|(to, content)| (to.as_str(), content["last_day"].as_str())).collect();
    assert_eq!(days, [("ravi", Some("2026-12-31")), ("ravi", None)]);
    for (version, disabled) in [(3, true), (4, false)] {
        change(version, MemberPatch { disabled: Some(disabled), ..MemberPatch::default() }).await;
    }
    for kind in ["member_disabled", "member_enabled"] {
        let told = of_kind(&world, &owner.scope, kind).await;
        assert_eq!((told.len(), told[0].0.as_str()), (1, "ravi"), "{kind}");
        assert_eq!(told[0].1["by"], owner.member.name.as_str());
    }
}

#[tokio::test]
async fn asvs_v6_3_7_a_number_and_a_new_till_are_told() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let manager = world.member(&owner.scope, "zaveri", "meera", Role::Manager).await;
    world.member(&owner.scope, "zaveri", "partner", Role::Owner).await;
    enrol_till(&world.road, &manager.scope, None, name("Front counter")).await.unwrap();
    let told = of_kind(&world, &owner.scope, "till_enrolled").await;
    let mut whom: Vec<_> = told.iter().map(|(to, _)| to.as_str()).collect();
    // Told in the same moment, in either order.
    whom.sort_unstable();
    assert_eq!(whom, ["owner", "partner"]);
    assert!(told.iter().all(|(_, mail)| mail["by"] == "meera" && mail["what"] == "Front counter"));

    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    for _ in 0..2 {
        set_pin(&world.sign_in, &ravi.scope, "407193").await.unwrap();
    }
    remove_pin(&world.road, &ravi.scope).await.unwrap();
    remove_pin(&world.road, &ravi.scope).await.unwrap();
    let set = of_kind(&world, &owner.scope, "pin_set").await;
    let removed = of_kind(&world, &owner.scope, "pin_removed").await;
    assert_eq!((set.len(), removed.len()), (2, 1), "nothing is told where nothing was done");
    assert!(
        set.iter().chain(&removed).all(|(to, mail)| to == "ravi" && !mail.to_string().contains("407193"))
    );
}

#[tokio::test]
async fn asvs_v6_3_5_v6_3_7_a_recovery_code_that_was_used_and_new_ones_are_told() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let offer = begin_second_factor(&world.road, &owner.scope).await.unwrap().value;
    let first = code_at(&offer.secret, world.clock.now());
    let done = confirm_second_factor(&world.sign_in, &owner.scope, &first, true).await.unwrap().value;
    let codes: Vec<_> = done.codes.texts().map(|text| text.as_str().to_owned()).collect();
    world.clock.advance(60);
    let scope = world.request("zaveri", &done.signed_in).await.unwrap();
    let code = code_at(&offer.secret, world.clock.now());
    let me = step_up(&world.sign_in, &scope, Proving::Code(&code), None).await.unwrap().value;
    assert!(
        of_kind(&world, &owner.scope, "recovery_code_used").await.is_empty(),
        "that was the authenticator"
    );
    let me = step_up(&world.sign_in, &me.scope, Proving::RecoveryCode(&codes[0]), None).await.unwrap().value;
    let told = of_kind(&world, &owner.scope, "recovery_code_used").await;
    assert_eq!((told.len(), told[0].0.as_str(), &told[0].1["count"]), (1, "owner", &9.into()));
    assert!(!told[0].1.to_string().contains(&codes[0]));
    new_recovery_codes(&world.road, &me.scope).await.unwrap();
    assert_eq!(of_kind(&world, &owner.scope, "recovery_codes_renewed").await.len(), 1);
}

#[tokio::test]
async fn whose_sessions_somebody_else_ended_is_told_how_many() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    world.signed_in("zaveri", "ravi").await.unwrap();
    sign_member_out(&world.road, &owner.scope, ravi.member.id).await.unwrap();
    let told = of_kind(&world, &owner.scope, "sessions_revoked").await;
    assert_eq!((told.len(), told[0].0.as_str(), &told[0].1["count"]), (1, "ravi", &2.into()));

    world.signed_in("zaveri", "ravi").await.unwrap();
    world.signed_in("zaveri", "owner").await.unwrap();
    sign_everybody_out(&world.road, &owner.scope).await.unwrap();
    let told = of_kind(&world, &owner.scope, "sessions_revoked").await;
    let mut last: Vec<_> = told[1..].iter().map(|(to, mail)| (to.as_str(), mail["by"].clone())).collect();
    last.sort_by_key(|(to, _)| *to);
    assert_eq!(last, [("owner", Value::Null), ("ravi", owner.member.name.as_str().into())]);
}

#[tokio::test]
async fn asvs_v6_4_5_a_token_about_to_expire_is_told_to_its_holder_once_each_time() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let make = async |label: &str, days| {
        let new = NewApiToken {
            name: name(label),
            permissions: Some(vec!["rate.read".to_owned()]),
            expires_in_days: days,
        };
        let made = create_api_token(&world.road, &world.catalogue, &owner.scope, None, new).await;
        made.unwrap().value.token
    };
    let board = make("price board", 60).await;
    let revoked = make("old till", 60).await;
    revoke_api_token(&world.road, &owner.scope, revoked.id).await.unwrap();
    let tenant = owner.scope.tenant();
    let remind = async || remind_of_tokens(&world.road, &world.reminding, tenant).await.unwrap();
    // The turn's time is a moment later than the clock's.
    world.clock.advance(1);
    let mut told_on = Vec::new();
    for day in 0..62 {
        for _ in 0..2 {
            if remind().await == 1 {
                told_on.push(day);
            }
        }
        world.clock.advance(DAY);
    }
    assert_eq!(told_on, [30, 53, 59]);
    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    let told = of_kind(&world, &owner.scope, "token_expires").await;
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|(to, mail)| {
        to == "owner" && mail["what"] == "price board" && mail["due"] == board.expires_at.to_string()
    }));
    let log = world.log(&owner.scope).await;
    let reminders = log.iter().filter(|stored| stored.entry.action == RemindOfTokens::CODE);
    assert!(reminders.clone().count() == 3 && reminders.into_iter().all(|of| of.entry.actor.kind == "job"));
}
