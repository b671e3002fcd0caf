//! A former member, erased: everything that they and others did with their account, through the services that everybody
//! uses, and nothing of them left in any row or entry.

use aurex_core::audit::{Body, Value};
use aurex_core::erasure::{ErasureBasis, MemberField};
use aurex_core::identity::invitations::Invitee;
use aurex_core::identity::members::MemberPatch;
use aurex_core::identity::tokens::NewApiToken;
use aurex_core::rbac::Role;
use aurex_core::service::access::{
    SignedIn, approve, change_member, change_password, close_session, create_api_token, invite_member,
    send_reset, set_pin, sign_everybody_out, sign_member_out,
};
use aurex_core::service::shop::record_customer;
use aurex_core::service::{ask_member_erasure, member_erasure};
use aurex_core::shop::parties::NewParty;
use aurex_core::store::TABLES;
use aurex_core::tenancy::{RequestFacts, Scope};

use crate::support::*;

const WHO: &str = "quetzal";

/// A request from where they work.
fn theirs() -> RequestFacts {
    RequestFacts {
        ip: Some([198, 51, 100, 9].into()),
        user_agent: Some("Quetzal-Till/9".to_owned()),
        request_id: "theirs".to_owned(),
    }
}

async fn comes(world: &World, password: &str) -> SignedIn {
    world.sign_in.password("zaveri", &address("zaveri", WHO), password, None, theirs()).await.unwrap()
}

/// What of the store says any of this, in whatever case.
async fn says(world: &World, by: &Scope, words: &[&str]) -> Vec<String> {
    let has = |value: &Value| {
        let said = format!("{value:?}").to_lowercase();
        words.iter().any(|word| said.contains(word))
    };
    let mut found = Vec::new();
    let mut reader = world.road.store.reader(by).await.unwrap();
    for table in TABLES.iter().filter(|table| !table.fields.is_empty()) {
        let rows = reader.facts(table.name).await.unwrap();
        found.extend(rows.iter().filter(|row| row.values().iter().any(has)).map(|_| table.name.to_owned()));
    }
    for stored in world.log(by).await {
        let opened = stored.openings.iter();
        let told = opened.filter(|opening| has(&Value::from_bytes(&opening.content).unwrap()));
        found.extend(told.map(|opening| format!("{} of {}", opening.name, stored.entry.action)));
    }
    found
}

#[tokio::test]
async fn whatever_was_done_with_an_account_nothing_of_its_holder_is_left() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let admin = world.member(&owner.scope, "zaveri", "asha", Role::Admin).await;
    let road = &world.road;
    // Invited, joined, renamed; signed in again and again; a new password, a number, links that were and were not used.
    let new =
        Invitee { name: name("Quetzal Rao"), email: email(&address("zaveri", WHO)), role: Role::Cashier };
    let id = invite_member(road, &owner.scope, None, new).await.unwrap().value.id;
    let token = world.mailed(&owner.scope, "invitation", "token").await;
    world.sign_in.use_link("zaveri", &token, PASSWORD, theirs()).await.unwrap();
    let first = comes(&world, PASSWORD).await;
    let patch = MemberPatch { name: Some(name("Quetzal Rao-Zaveri")), ..MemberPatch::default() };
    change_member(road, &owner.scope, id, 1, &patch).await.unwrap();
    let asha = NewParty {
        name: name("Asha"),
        phone: None,
        email: None,
        gstin: None,
        pan: None,
        state: None,
        address: None,
        identity: None,
    };
    record_customer(road, &first.scope, None, asha).await.unwrap();
    set_pin(&world.sign_in, &first.scope, "407193").await.unwrap();
    let second = change_password(&world.sign_in, &first.scope, PASSWORD, "green parrot off a till").await;
    close_session(road, &second.unwrap().value.scope).await.unwrap();
    comes(&world, "green parrot off a till").await;
    world.sign_in.request_reset("zaveri", &address("zaveri", WHO), theirs()).await.unwrap();
    send_reset(road, &owner.scope, id).await.unwrap();
    let token = world.mailed(&owner.scope, "password_reset", "token").await;
    world.sign_in.use_link("zaveri", &token, PASSWORD, theirs()).await.unwrap();
    comes(&world, PASSWORD).await;
    sign_member_out(road, &owner.scope, id).await.unwrap();
    comes(&world, PASSWORD).await;
    let promoted = MemberPatch { role: Some(Role::Manager), ..MemberPatch::default() };
    change_member(road, &owner.scope, id, 2, &promoted).await.unwrap();
    let manager = comes(&world, PASSWORD).await;
    let token = NewApiToken { name: name("bridge"), permissions: None, expires_in_days: 300 };
    create_api_token(road, &world.catalogue, &manager.scope, None, token).await.unwrap();
    let everybody = sign_everybody_out(road, &owner.scope).await;
    everybody.unwrap();
    comes(&world, PASSWORD).await;
    assert!(
        world.sign_in.password("zaveri", &address("zaveri", WHO), "wrong", None, theirs()).await.is_err()
    );
    world.collect(owner.scope.tenant()).await;
    let gone = MemberPatch { disabled: Some(true), ..MemberPatch::default() };
    change_member(road, &owner.scope, id, 3, &gone).await.unwrap();

    let words = ["quetzal", "198.51.100.9"];
    let before = says(&world, &owner.scope, &words).await;
    for expected in
        ["member", "session", "mail", "member.name.before of member.change", "request.ip of customer.record"]
    {
        assert!(before.iter().any(|of| of == expected), "{expected} in {before:?}");
    }

    world.clock.advance(10 * 366 * 86_400);
    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    let standing = member_erasure(road, &owner.scope, id).await.unwrap();
    assert!(standing.iter().all(|of| of.holds && of.held.is_none()), "{standing:?}");
    let (basis, none) = (ErasureBasis::PurposeEnded, Vec::<MemberField>::new());
    let asked = ask_member_erasure(road, &owner.scope, None, id, basis, none, None).await.unwrap().value;
    let admin = world.signed_in("zaveri", &admin.member.name.to_string()).await.unwrap();
    approve(road, &admin.scope, None, asked.id, &asked.digest, None).await.unwrap();

    let left = says(&world, &owner.scope, &words).await;
    // Whoever tries a password is nobody yet: what is left of that goes by itself.
    let strangers = ["request.ip of session.refused", "request.user_agent of session.refused"];
    let left: Vec<_> = left.iter().filter(|of| !strangers.contains(&of.as_str())).collect();
    assert!(left.is_empty(), "{left:?}");
    let log = world.log(&owner.scope).await;
    let entry = log.iter().rfind(|stored| stored.entry.action == "personal.erase").unwrap();
    assert_eq!(entry.entry.subject_id, id.to_string());
    let listed = Body::from_openings(&entry.openings).unwrap().erased().unwrap();
    assert!(listed.len() > 40, "{}", listed.len());
}
