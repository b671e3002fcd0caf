//! The directory and the door: slugs given once, credentials found by exact match within one tenant.

use super::forge::insert;
use super::world::refusal;
use super::{World, shop as scripted};
use crate::audit::Outcome;
use crate::identity::actions::OpenWorkspace;
use crate::rbac::Role;
use crate::store::{AuditFilter, Door, PageRequest, StoreError};
use crate::tenancy::{MemberId, Slug, TenantId};
use crate::text::Email;
use crate::time::Clock as _;

/// A founding that nothing is wrong with but, perhaps, its slug.
pub(super) fn founding(world: &World, shop: &super::Shop, slug: &Slug) -> (TenantId, crate::audit::Sealed) {
    let now = shop.clock.now();
    let tenant = TenantId::new(now, &*shop.entropy);
    let owner = crate::identity::member::Member {
        id: MemberId::new(now, &*shop.entropy),
        ..shop.member(Role::Owner).clone()
    };
    let scope = world.entrances.sign_in.founder(tenant, owner.id, scripted::facts("founding"));
    let rows = scripted::founding(slug, &owner, now, &*shop.entropy);
    (tenant, insert::<OpenWorkspace>(&scope, &*shop.entropy, rows))
}

/// The second to ask for a slug is refused, and nothing of theirs is there.
pub async fn a_slug_is_given_once(world: &World) {
    let shop = world.shop("meena").await;
    let (tenant, sealed) = founding(world, &shop, &shop.slug);
    let answer = world.store.found(&shop.slug, sealed, &*shop.clock).await;
    assert!(matches!(refusal(answer), StoreError::SlugTaken));
    assert_eq!(world.store.door(&shop.slug).await.unwrap(), Some(Door { tenant: shop.tenant }));
    let scope = shop.entrances.trusted.vouch_for(
        tenant,
        shop.member(Role::Owner).id,
        Role::Owner,
        scripted::facts("x"),
    );
    assert!(matches!(refusal(world.store.reader(&scope).await), StoreError::NoSuchTenant));
    assert_eq!(world.store.tenants().await.unwrap(), [(shop.slug.clone(), shop.tenant)]);
}

/// Two who ask for one slug at once: one has it, the other is refused.
pub async fn one_of_two_foundings_at_once_has_the_slug(world: &World) {
    let shop = world.shop("meena").await;
    let slug: Slug = "wanted".parse().unwrap();
    let mut asking = Vec::new();
    for _ in 0..4 {
        let (tenant, sealed) = founding(world, &shop, &slug);
        let (store, slug, clock) = (world.store.clone(), slug.clone(), shop.clock.clone());
        asking.push(tokio::spawn(async move { store.found(&slug, sealed, &*clock).await.map(|_| tenant) }));
    }
    let mut given = Vec::new();
    for asked in asking {
        match asked.await.unwrap() {
            Ok(tenant) => given.push(tenant),
            Err(error) => assert!(matches!(error, StoreError::SlugTaken), "{error:?}"),
        }
    }
    let door = world.store.door(&slug).await.unwrap().unwrap();
    assert_eq!(given, [door.tenant]);
}

/// A workspace begins with its founding: the first entry of its own log.
pub async fn a_workspace_begins_with_the_entry_of_its_founding(world: &World) {
    let shop = world.shop("meena").await;
    assert_eq!((shop.opened.tenant, shop.opened.seq), (shop.tenant, 0));
    let mut reader = shop.reader().await;
    let filter = AuditFilter { action: Some("workspace.open".to_owned()), ..AuditFilter::default() };
    let entries = reader.entries(&filter, PageRequest::first(9)).await.unwrap().items;
    let [founding] = entries.as_slice() else { unreachable!("one founding, not {}", entries.len()) };
    assert_eq!((founding.entry.seq, founding.leaf), (0, shop.opened.leaf));
    assert_eq!((founding.entry.outcome, founding.entry.tenant), (Outcome::Done, shop.tenant));
    assert_eq!(
        reader.member(shop.member(Role::Owner).id).await.unwrap().as_ref(),
        Some(shop.member(Role::Owner))
    );
    assert_eq!(reader.accounts_for(None).await.unwrap().len(), 57, "the whole chart");
    assert_eq!(reader.business().await.unwrap().version, 1);
}

/// The directory knows every workspace, by slug.
pub async fn the_directory_lists_every_workspace(world: &World) {
    world.store.ready().await.unwrap();
    assert_eq!(world.store.tenants().await.unwrap(), []);
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let mut listed = world.store.tenants().await.unwrap();
    listed.sort();
    let mut expected = vec![(meena.slug.clone(), meena.tenant), (rupa.slug.clone(), rupa.tenant)];
    expected.sort();
    assert_eq!(listed, expected);
    assert_eq!(world.store.door(&"nobody".parse().unwrap()).await.unwrap(), None);
}

/// One person in two shops is two members. The door of each finds its own.
pub async fn a_member_is_found_in_one_workspace_at_a_time(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let email = meena.member(Role::Cashier).email.clone();
    assert_eq!(email, rupa.member(Role::Cashier).email, "both shops know the address");
    for shop in [&meena, &rupa] {
        let known = world.store.known_member(shop.tenant, &email).await.unwrap().unwrap();
        assert_eq!(known.member, *shop.member(Role::Cashier));
        assert_eq!(known.credential.unwrap().member, known.member.id);
        assert_eq!(known.epoch, shop.reader().await.head().await.unwrap().epoch);
    }
    let nearly = Email::new("cashier@shop.example.org").unwrap();
    assert!(world.store.known_member(meena.tenant, &nearly).await.unwrap().is_none());
}

/// A session or token opens the workspace it belongs to, and no other.
pub async fn a_session_or_token_is_found_in_its_own_workspace_only(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let token = meena.token(Role::Manager).await;
    let session = meena.session(Role::Cashier);
    let known = world.store.known_session(meena.tenant, &session.token_hash).await.unwrap().unwrap();
    assert_eq!((&known.session, known.used_at), (session, None));
    assert_eq!(known.member, *meena.member(Role::Cashier));
    let known = world.store.known_token(meena.tenant, &token.token_hash).await.unwrap().unwrap();
    assert_eq!((&known.token, &known.member), (&token, meena.member(Role::Manager)));

    assert!(world.store.known_session(rupa.tenant, &session.token_hash).await.unwrap().is_none());
    assert!(world.store.known_token(rupa.tenant, &token.token_hash).await.unwrap().is_none());
    assert!(world.store.known_token(meena.tenant, &session.token_hash).await.unwrap().is_none());
    assert!(world.store.known_session(meena.tenant, &token.token_hash).await.unwrap().is_none());
    let mut nearly = session.token_hash;
    if let Some(last) = nearly.last_mut() {
        *last ^= 1;
    }
    assert!(world.store.known_session(meena.tenant, &nearly).await.unwrap().is_none());
}
