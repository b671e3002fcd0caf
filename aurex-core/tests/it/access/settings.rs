//! Settings.

use aurex_core::identity::settings::{BusinessPatch, SettingsPatch};
use aurex_core::rbac::Role;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{change_settings, settings};
use aurex_core::shop::business::Scheme;
use aurex_core::shop::identifiers::Gstin;

use crate::support::*;

#[tokio::test]
async fn each_part_counts_its_own_versions() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    assert_eq!(settings(&world.road, &owner.scope).await.unwrap().version(), "1-1");
    let change = |expected, patch| change_settings(&world.road, &owner.scope, expected, patch);
    let rename = || SettingsPatch { name: Some(name("Zaveri's")), ..SettingsPatch::default() };
    assert_eq!(change("1-1", rename()).await.unwrap().value.version(), "2-1");
    assert!(matches!(change("1-1", rename()).await, Err(ServiceError::Stale)));
    let nothing = change("2-1", rename()).await.unwrap();
    assert_eq!((nothing.value.version().as_str(), nothing.receipt), ("2-1", None));

    let gstin = Some(Some(Gstin::parse("27AAPFU0939F1ZV").unwrap()));
    let business = BusinessPatch { gstin, scheme: Some(Scheme::Regular), ..BusinessPatch::default() };
    let patch = SettingsPatch { business: Some(business), ..SettingsPatch::default() };
    let after = change("2-1", patch).await.unwrap().value;
    assert_eq!((after.version().as_str(), after.business.scheme), ("2-2", Scheme::Regular));
    assert!(after.business.legal_name.is_some());
    assert_eq!(settings(&world.road, &owner.scope).await.unwrap(), after);

    let business = BusinessPatch { gstin: Some(None), ..BusinessPatch::default() };
    let patch = SettingsPatch { business: Some(business), ..SettingsPatch::default() };
    assert_eq!(change("2-2", patch).await.unwrap().value.business.gstin, None);
}

#[tokio::test]
async fn everybody_sees_the_settings_and_few_change_them() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    for role in [Role::Admin, Role::Manager, Role::Cashier, Role::Accountant, Role::Auditor] {
        let member = world.member(&owner.scope, "zaveri", role.code(), role).await;
        assert!(settings(&world.road, &member.scope).await.is_ok(), "{role}");
        let version = settings(&world.road, &owner.scope).await.unwrap().version();
        let patch = SettingsPatch { name: Some(name(role.code())), ..SettingsPatch::default() };
        let changed = change_settings(&world.road, &member.scope, &version, patch).await;
        assert_eq!(changed.is_ok(), role == Role::Admin, "{role}");
    }
}
