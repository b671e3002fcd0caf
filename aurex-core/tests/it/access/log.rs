//! What the log says of the door.

use aurex_core::audit::{Body, Outcome, Value};
use aurex_core::identity::actions::AddMember;
use aurex_core::rbac::Role;
use aurex_core::service::access::change_password;
use aurex_core::store::{Store as _, StoredEntry, field_name};

use crate::support::*;

fn notes(stored: &StoredEntry) -> Vec<(String, Option<Value>)> {
    let body = Body::from_openings(&stored.openings).unwrap();
    body.changes(field_name).into_iter().map(|change| (change.field, change.after)).collect()
}

#[tokio::test]
async fn asvs_v16_3_1_a_failed_sign_in_is_sealed_with_its_count_and_without_the_address() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    for _ in 0..5 {
        let _ = world.sign_in.password("zaveri", "owner@zaveri.example", "wrong", None, facts()).await;
    }
    let _ = world.sign_in.password("zaveri", "nobody@zaveri.example", "wrong", None, facts()).await;
    let log = world.log(&owner.scope).await;
    let refused: Vec<_> = log.iter().filter(|e| e.entry.action == "session.refused").collect();
    assert_eq!(refused.len(), 2);
    for stored in &refused {
        assert_eq!(stored.entry.outcome, Outcome::Refused);
        assert_eq!(stored.entry.actor.kind, "anonymous");
        assert_eq!((stored.entry.subject_kind.as_str(), stored.entry.subject_id.len()), ("account", 32));
        let everything = format!("{stored:?}");
        assert!(!everything.contains("owner@") && !everything.contains("nobody@"));
    }
    assert_ne!(refused[0].entry.subject_id, refused[1].entry.subject_id);
    let five = notes(refused[0]);
    assert!(five.iter().any(|(_, after)| *after == Some(Value::Int(5))), "{five:?}");
    // Sealed once: nothing waits any more.
    assert_eq!(world.collect(owner.scope.tenant()).await, 0);
}

#[tokio::test]
async fn asvs_v16_3_2_a_refused_permission_is_in_the_log_under_who_was_refused() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let denied = ravi.scope.permit::<AddMember>().unwrap_err();
    world.sign_in.observe_denied(&ravi.scope, &denied).await.unwrap();
    let log = world.log(&owner.scope).await;
    let last = &log.last().unwrap().entry;
    assert_eq!((last.action.as_str(), last.outcome), ("permission.refused", Outcome::Refused));
    assert_eq!((last.actor.id.clone(), last.subject_id.as_str()), (ravi.member.id.to_string(), "member.add"));
}

#[tokio::test]
async fn asvs_v16_3_1_every_way_of_setting_a_password_is_in_the_log() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let _ = change_password(&world.sign_in, &owner.scope, "wrong", "green parrot off a till").await;
    world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let actions: Vec<_> = world.story(&owner.scope).await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(
        actions,
        [
            "workspace.open",
            "session.open",
            "member.add",
            "session.open",
            "password.change",
            "password.refused"
        ]
    );
}

#[tokio::test]
async fn asvs_v16_2_5_no_secret_is_in_the_log() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let mut reader = world.store.reader(&owner.scope).await.unwrap();
    let hash = reader.credential(ravi.member.id).await.unwrap().unwrap().hash;
    drop(reader);
    let token_hash = *ravi.token.hash().as_bytes();
    let log = world.log(&owner.scope).await;
    let secrets =
        [hash.as_bytes(), token_hash.as_slice(), ravi.token.expose().as_bytes(), PASSWORD.as_bytes()];
    for stored in &log {
        let bytes = stored.openings.iter().flat_map(|o| o.content.clone()).chain(stored.bytes.clone());
        let bytes: Vec<u8> = bytes.collect();
        for secret in secrets {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{}", stored.entry.action);
        }
    }
}
