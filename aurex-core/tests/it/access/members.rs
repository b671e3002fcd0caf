//! Members: who may be added and changed by whom.

use aurex_core::identity::invitations::Invitee;
use aurex_core::identity::members::{MemberPatch, NewMember};
use aurex_core::identity::password::Password;
use aurex_core::rbac::Role;
use aurex_core::service::access::{add_member, change_member, invite_member, list_members, member};
use aurex_core::service::{Presented, ServiceError};
use aurex_core::store::PageRequest;
use aurex_core::tenancy::{Id as _, MemberId};
use aurex_core::uuid::Uuid;

use crate::support::*;

fn new(who: &str, role: Role, password: &str) -> NewMember {
    let email = email(&address("zaveri", who));
    NewMember { name: name(who), email, role, password: Password::new(password) }
}

fn role(role: Role) -> MemberPatch {
    MemberPatch { role: Some(role), ..MemberPatch::default() }
}

#[tokio::test]
async fn a_member_is_added_listed_and_found() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.clock.advance(1);
    let ravi = world.added(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    assert_eq!((ravi.role, ravi.disabled, ravi.version), (Role::Cashier, false, 1));
    assert_eq!(member(&world.road, &owner.scope, ravi.id).await.unwrap(), ravi);
    let page = list_members(&world.road, &owner.scope, PageRequest::first(10)).await.unwrap();
    assert_eq!(page.items, [owner.member, ravi]);
}

#[tokio::test]
async fn one_address_is_one_login() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.added(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let again = add_member(&world.sign_in, &owner.scope, None, new("RAVI", Role::Auditor, SECRET)).await;
    assert_eq!(faults(again), [("/email".to_owned(), "member.email_taken")]);
    // The same address in another shop is another login.
    let other = world.open("mehta").await;
    assert!(add_member(&world.sign_in, &other.scope, None, new("ravi", Role::Cashier, SECRET)).await.is_ok());
}

#[tokio::test]
async fn asvs_v6_2_11_a_secret_built_around_the_shops_name_is_not_accepted() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    for (password, expected) in [
        ("zaveri@2026", vec!["password.context_word"]),
        ("short", vec!["password.too_short"]),
        ("password", vec!["password.common"]),
    ] {
        let answer =
            add_member(&world.sign_in, &owner.scope, None, new("ravi", Role::Cashier, password)).await;
        let faults = faults(answer);
        assert!(faults.iter().all(|(pointer, _)| pointer == "/password"));
        assert_eq!(faults.into_iter().map(|(_, code)| code).collect::<Vec<_>>(), expected, "{password}");
    }
}

#[tokio::test]
async fn a_repeated_command_adds_nobody_twice() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let presented = |role: &str| Presented {
        key: "k1".to_owned(),
        content: vec![("/name".to_owned(), "ravi".to_owned()), ("/role".to_owned(), role.to_owned())],
    };
    let add = |presented| {
        let (sign_in, scope) = (&world.sign_in, &owner.scope);
        async move { add_member(sign_in, scope, Some(&presented), new("ravi", Role::Cashier, SECRET)).await }
    };
    let first = add(presented("cashier")).await.unwrap();
    let again = add(presented("cashier")).await.unwrap();
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.value, again.value);
    let other = add(presented("auditor")).await;
    assert!(matches!(other, Err(ServiceError::KeyReused { pointer }) if pointer == "/role"));
}

#[tokio::test]
async fn an_admin_cannot_touch_an_owner_or_make_one() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let admin = world.member(&owner.scope, "zaveri", "asha", Role::Admin).await;
    let ravi = world.added(&admin.scope, "zaveri", "ravi", Role::Cashier).await;
    let change = |id, version, patch| {
        let (road, scope) = (&world.road, &admin.scope);
        async move { change_member(road, scope, id, version, &patch).await }
    };
    let disable = MemberPatch { disabled: Some(true), ..MemberPatch::default() };
    let owner_id = owner.member.id;
    for patch in [disable.clone(), role(Role::Cashier)] {
        assert_eq!(code(change(owner_id, 1, patch).await), "member.beyond_reach");
    }
    assert_eq!(code(change(admin.member.id, 1, role(Role::Owner)).await), "member.beyond_reach");
    for given in [Role::Owner, Role::Admin] {
        let answer = change(ravi.id, 1, role(given)).await;
        assert_eq!(faults(answer), [("/role".to_owned(), "member.role_beyond_reach")]);
        let added = add_member(&world.sign_in, &admin.scope, None, new("x", given, SECRET)).await;
        assert_eq!(faults(added), [("/role".to_owned(), "member.role_beyond_reach")]);
    }
    assert!(change(ravi.id, 1, role(Role::Manager)).await.is_ok());
}

#[tokio::test]
async fn the_last_owner_stays_and_a_second_one_may_go() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let id = owner.member.id;
    let disable = MemberPatch { disabled: Some(true), ..MemberPatch::default() };
    for patch in [disable.clone(), role(Role::Admin)] {
        let answer = change_member(&world.road, &owner.scope, id, 1, &patch).await;
        assert_eq!(code(answer), "member.last_owner");
    }
    let second = world.member(&owner.scope, "zaveri", "asha", Role::Owner).await;
    let own = change_member(&world.road, &owner.scope, id, 1, &disable).await;
    assert_eq!(faults(own), [("/disabled".to_owned(), "member.own_access")]);
    assert!(change_member(&world.road, &owner.scope, id, 1, &role(Role::Admin)).await.is_ok());
    // Who was added or invited and never came could not run it.
    world.added(&second.scope, "zaveri", "never", Role::Owner).await;
    let invitee =
        Invitee { name: name("Invited"), email: email("invited@zaveri.example"), role: Role::Owner };
    invite_member(&world.road, &second.scope, None, invitee).await.unwrap();
    // Now the second is the last, and nobody is left to change them but themselves.
    let answer = change_member(&world.road, &second.scope, second.member.id, 1, &role(Role::Manager)).await;
    assert_eq!(code(answer), "member.last_owner");
}

#[tokio::test]
async fn a_change_is_made_to_the_version_that_was_read() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.added(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let rename = |text| MemberPatch { name: Some(name(text)), ..MemberPatch::default() };
    let change = |version, patch| {
        let (road, scope) = (&world.road, &owner.scope);
        async move { change_member(road, scope, ravi.id, version, &patch).await }
    };
    let renamed = change(1, rename("Ravi Kumar")).await.unwrap();
    assert_eq!((renamed.value.version, renamed.value.name.as_str()), (2, "Ravi Kumar"));
    assert!(matches!(change(1, rename("Ravi K")).await, Err(ServiceError::Stale)));
    let nothing = change(2, rename("Ravi Kumar")).await.unwrap();
    assert_eq!((nothing.value.version, nothing.receipt), (2, None));
}

#[tokio::test]
async fn asvs_v8_2_2_another_shops_member_is_nobody() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let other = world.open("mehta").await;
    let unknown = MemberId::from_uuid(Uuid::from_u128(7));
    for id in [other.member.id, unknown] {
        assert_eq!(code(member(&world.road, &owner.scope, id).await), "resource.not_found");
        let answer = change_member(&world.road, &owner.scope, id, 1, &role(Role::Cashier)).await;
        assert_eq!(code(answer), "resource.not_found");
    }
}

#[tokio::test]
async fn members_are_not_for_cashiers() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await.scope;
    let (road, id) = (&world.road, owner.member.id);
    assert_eq!(code(list_members(road, &cashier, PageRequest::first(1)).await), "permission.denied");
    assert_eq!(code(member(road, &cashier, id).await), "permission.denied");
    let answer = change_member(road, &cashier, id, 1, &role(Role::Cashier)).await;
    assert_eq!(code(answer), "permission.denied");
    let added = add_member(&world.sign_in, &cashier, None, new("x", Role::Cashier, SECRET)).await;
    assert_eq!(code(added), "permission.denied");
}
