//! Opening workspaces.

use aurex_core::audit::Outcome;
use aurex_core::identity::opening::NewWorkspace;
use aurex_core::identity::password::Password;
use aurex_core::money::Currency;
use aurex_core::rbac::Role;
use aurex_core::service::access::open_workspace;
use aurex_core::shop::accounts::{Chart, For};
use aurex_core::shop::business::Scheme;
use aurex_core::shop::identifiers::{Gstin, StateCode};
use aurex_core::store::Store as _;

use crate::support::*;

/// A well-formed GSTIN of Maharashtra (27), as published in examples of the GST portal's format.
const MAHARASHTRA: &str = "27AAPFU0939F1ZV";

#[tokio::test]
async fn a_workspace_opens_with_an_owner_particulars_and_a_chart() {
    let world = World::new();
    let opened = open_workspace(&world.sign_in, new_workspace("zaveri"), facts()).await.unwrap();
    assert_eq!(opened.value.owner.role, Role::Owner);
    assert_eq!(opened.receipt.unwrap().seq, 0);

    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    assert!(!owner.one_time);
    assert_eq!(owner.scope.tenant(), opened.value.id);
    let mut reader = world.store.reader(&owner.scope).await.unwrap();
    assert_eq!(reader.workspace().await.unwrap(), opened.value.workspace);
    assert_eq!(reader.business().await.unwrap(), opened.value.business);
    assert_eq!(opened.value.business.missing(), [""; 0]);
    let accounts = reader.accounts_for(None).await.unwrap();
    assert!(Chart(&accounts).of(For::Cash).is_ok());
    drop(reader);
    let story = world.story(&owner.scope).await;
    let done = |action: &str| (action.to_owned(), Outcome::Done);
    assert_eq!(story, [done("workspace.open"), done("session.open")]);
}

#[tokio::test]
async fn a_name_is_given_once() {
    let world = World::new();
    world.open("zaveri").await;
    let again = open_workspace(&world.sign_in, new_workspace("zaveri"), facts()).await;
    assert_eq!(faults(again), [("/slug".to_owned(), "workspace.slug_taken")]);
    assert!(world.signed_in("zaveri", "owner").await.is_ok());
}

#[tokio::test]
async fn a_gstin_belongs_to_the_shops_state() {
    let world = World::new();
    let with = |state: &str| {
        let mut new = new_workspace("zaveri");
        new.state = StateCode::parse(state).unwrap();
        let business = new.business.as_mut().unwrap();
        business.gstin = Some(Gstin::parse(MAHARASHTRA).unwrap());
        business.scheme = Scheme::Regular;
        new
    };
    let elsewhere = open_workspace(&world.sign_in, with("24"), facts()).await;
    assert_eq!(faults(elsewhere), [("/business/gstin".to_owned(), "business.gstin_state")]);
    assert!(world.store.tenants().await.unwrap().is_empty());
    assert!(open_workspace(&world.sign_in, with("27"), facts()).await.is_ok());
}

#[tokio::test]
async fn a_shop_that_says_nothing_of_itself_cannot_bill_yet() {
    let world = World::new();
    let new = NewWorkspace { business: None, currency: Currency::INR, ..new_workspace("zaveri") };
    let opened = open_workspace(&world.sign_in, new, facts()).await.unwrap().value;
    assert_eq!(opened.business.missing(), ["legal_name", "address", "gstin"]);
}

#[tokio::test]
async fn asvs_v6_2_11_the_owners_password_is_not_the_shops_name() {
    let world = World::new();
    let mut new = new_workspace("zaveri");
    new.owner.password = Password::new("zaveriandsons");
    let refused = open_workspace(&world.sign_in, new, facts()).await;
    assert_eq!(faults(refused), [("/owner/password".to_owned(), "password.context_word")]);
}
