//! Founding workspaces that belong to no domain of ours.

use aurex_core::audit::Outcome;
use aurex_core::identity::founding::{NewFounding, NewOwner};
use aurex_core::identity::password::Password;
use aurex_core::rbac::Role;
use aurex_core::service::access::found_workspace;
use aurex_core::store::Store as _;
use aurex_core::time::Zone;

use crate::support::*;

fn pharmacy(slug: &str) -> NewFounding {
    NewFounding {
        slug: slug.parse().unwrap(),
        name: name("Asha Pharmacy"),
        currency: aurex_core::money::Currency::INR,
        zone: Zone::INDIA,
        owner: NewOwner {
            name: name("Asha"),
            email: email(&address(slug, "owner")),
            password: Password::new(PASSWORD),
        },
    }
}

#[tokio::test]
async fn a_workspace_is_founded_with_an_owner_who_signs_in_and_nothing_of_a_shop() {
    let world = World::new();
    let founded = found_workspace(&world.sign_in, pharmacy("asha-pharmacy"), facts()).await.unwrap();
    assert_eq!((founded.value.owner.role, founded.receipt.unwrap().seq), (Role::Owner, 0));

    let owner = world.signed_in("asha-pharmacy", "owner").await.unwrap();
    assert_eq!(owner.scope.tenant(), founded.value.id);
    let mut reader = world.store.reader(&owner.scope).await.unwrap();
    assert_eq!(reader.workspace().await.unwrap(), founded.value.workspace);
    assert_eq!(reader.accounts_for(None).await.unwrap(), []);
    assert_eq!(reader.facts("business").await.unwrap(), []);
    drop(reader);
    let cashier = world.member(&owner.scope, "asha-pharmacy", "cashier", Role::Cashier).await;
    assert_eq!(cashier.scope.role(), Role::Cashier, "members come as in a shop");
    let first = world.story(&owner.scope).await.into_iter().next();
    assert_eq!(first, Some(("workspace.open".to_owned(), Outcome::Done)));
}

#[tokio::test]
async fn shops_and_others_share_their_names() {
    let world = World::new();
    world.open("zaveri").await;
    let again = found_workspace(&world.sign_in, pharmacy("zaveri"), facts()).await;
    assert_eq!(faults(again), [("/slug".to_owned(), "workspace.slug_taken")]);
}
