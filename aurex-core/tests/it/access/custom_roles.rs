//! A workspace's own roles: they take away, at once, and never add.

use aurex_core::identity::members::MemberPatch;
use aurex_core::identity::roles::{CustomRolePatch, NewCustomRole, RoleCap};
use aurex_core::rbac::Role;
use aurex_core::service::access::{
    change_custom_role, change_member, current_session, custom_role, list_custom_roles, make_custom_role,
};
use aurex_core::shop::actions::{IssueInvoice, ReadRates};
use aurex_core::tenancy::CustomRoleId;

use crate::support::*;

fn trainee(base: Role) -> NewCustomRole {
    NewCustomRole {
        name: name("Trainee"),
        base,
        withheld: vec!["receipt.record".to_owned()],
        caps: vec![RoleCap { name: "discount_ppm".to_owned(), most: 20_000 }],
    }
}

fn given(role: Option<CustomRoleId>) -> MemberPatch {
    MemberPatch { custom_role: Some(role), ..MemberPatch::default() }
}

#[tokio::test]
async fn asvs_v8_2_1_v8_3_2_a_custom_role_narrows_its_holder_from_the_next_request_on() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let (road, catalogue) = (&world.road, &world.catalogue);
    let role =
        make_custom_role(road, catalogue, &owner.scope, None, trainee(Role::Cashier)).await.unwrap().value;
    assert_eq!(list_custom_roles(road, &owner.scope).await.unwrap(), [role.clone()]);

    let queued = world.request("zaveri", &ravi).await.unwrap();
    change_member(road, &owner.scope, ravi.member.id, 1, &given(Some(role.id))).await.unwrap();
    assert!(road.store.writer(&queued, &*road.clock).await.is_err(), "what was queued is withdrawn");
    let narrowed = world.request("zaveri", &ravi).await.unwrap();
    let held = current_session(road, catalogue, &narrowed).await.unwrap().permissions;
    assert!(!held.contains(&"receipt.record") && held.contains(&"invoice.issue"));
    let discount =
        |scope: &aurex_core::tenancy::Scope| scope.permit::<IssueInvoice>().unwrap().limits().discount.ppm();
    assert_eq!(discount(&narrowed), 20_000);

    let patch = CustomRolePatch {
        withheld: Some(vec!["invoice.issue".to_owned()]),
        caps: Some(Vec::new()),
        ..CustomRolePatch::default()
    };
    let changed = change_custom_role(road, catalogue, &owner.scope, role.id, 1, patch).await.unwrap().value;
    assert_eq!(changed.version, 2);
    assert!(road.store.writer(&narrowed, &*road.clock).await.is_err());
    let now = world.request("zaveri", &ravi).await.unwrap();
    assert!(now.permit::<IssueInvoice>().is_err() && now.permit::<ReadRates>().is_ok());
    // Taken away, the base role is whole again.
    change_member(road, &owner.scope, ravi.member.id, 2, &given(None)).await.unwrap();
    let whole = world.request("zaveri", &ravi).await.unwrap();
    assert!(discount(&whole) > 20_000);
}

#[tokio::test]
async fn nobody_gives_a_custom_role_of_another_base_or_a_retired_one() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let admin = world.member(&owner.scope, "zaveri", "asha", Role::Admin).await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await.member.id;
    let (road, catalogue) = (&world.road, &world.catalogue);
    let make =
        async |by: &aurex_core::tenancy::Scope, new| make_custom_role(road, catalogue, by, None, new).await;
    let cashier = make(&admin.scope, trainee(Role::Cashier)).await.unwrap().value;
    assert_eq!(code(make(&admin.scope, trainee(Role::Cashier)).await), "custom_role.name_taken");
    let of_admin = NewCustomRole { name: name("Clerk"), withheld: Vec::new(), ..trainee(Role::Admin) };
    assert_eq!(code(make(&admin.scope, of_admin.clone()).await), "custom_role.beyond_reach");
    let of_admin = make(&owner.scope, of_admin).await.unwrap().value;

    let change =
        async |version, patch: MemberPatch| change_member(road, &owner.scope, ravi, version, &patch).await;
    let pointer = "/custom_role".to_owned();
    assert_eq!(faults(change(1, given(Some(of_admin.id))).await), [(pointer, "member.custom_role_base")]);
    change(1, given(Some(cashier.id))).await.unwrap();
    // Another role takes it away, unless one that fits comes with it.
    let promoted = MemberPatch { role: Some(Role::Manager), ..MemberPatch::default() };
    assert_eq!(change(2, promoted).await.unwrap().value.custom_role, None);
    let back = MemberPatch { role: Some(Role::Cashier), ..given(Some(cashier.id)) };
    assert_eq!(change(3, back).await.unwrap().value.custom_role, Some(cashier.id));

    let retired = CustomRolePatch { retired: Some(true), ..CustomRolePatch::default() };
    change_custom_role(road, catalogue, &owner.scope, cashier.id, 1, retired).await.unwrap();
    let other = world.added(&owner.scope, "zaveri", "meera", Role::Cashier).await;
    let answer = change_member(road, &owner.scope, other.id, 1, &given(Some(cashier.id))).await;
    assert_eq!(code(answer), "member.custom_role_retired");
    let elsewhere = world.open("mehta").await;
    assert_eq!(code(custom_role(road, &elsewhere.scope, cashier.id).await), "resource.not_found");
}
