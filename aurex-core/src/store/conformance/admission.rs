//! Who is let in, and what is let through: scopes of this store, changes of this scope.

use super::forge::insert;
use super::world::refusal;
use super::{World, shop as scripted};
use crate::identity::actions::OpenWorkspace;
use crate::rbac::Role;
use crate::shop::actions::RecordLot;
use crate::shop::stock::{Lot, LotId, LotKind};
use crate::store::StoreError;
use crate::tenancy::{Authority, MemberId, Slug, TenantId};
use crate::time::Clock as _;

/// A lot without its postings: the plainest row there is. Cases of sums do not use it.
pub(super) fn bare_lot(shop: &super::Shop) -> Lot {
    let (now, new) = (shop.clock.now(), super::grain(1000));
    let id = LotId::new(now, &*shop.entropy);
    Lot {
        id,
        description: new.description,
        metal: new.metal,
        fineness: new.fineness,
        created_at: now,
        kind: LotKind::Stock,
    }
}

/// An authority over another store opens nothing here: not a reader, not a writer, not a new workspace.
pub async fn a_scope_of_another_store_is_refused(world: &World) {
    let shop = world.shop("meena").await;
    let (elsewhere, _) = Authority::establish();
    let elsewhere = elsewhere.split();
    let owner = shop.member(Role::Owner);
    let scope = elsewhere.trusted.vouch_for(shop.tenant, owner.id, Role::Owner, scripted::facts("x"));
    assert!(matches!(refusal(world.store.reader(&scope).await), StoreError::ForeignScope));
    assert!(matches!(refusal(shop.writer(&scope).await), StoreError::ForeignScope));

    let slug: Slug = "elsewhere".parse().unwrap();
    let tenant = TenantId::new(shop.clock.now(), &*shop.entropy);
    let founder = elsewhere.trusted.founder(tenant, owner.id, scripted::facts("x"));
    let rows = scripted::founding(&slug, owner, shop.clock.now(), &*shop.entropy);
    let sealed = insert::<OpenWorkspace>(&founder, &*shop.entropy, rows);
    let answer = world.store.found(&slug, sealed, &*shop.clock).await;
    assert!(matches!(refusal(answer), StoreError::ForeignScope));
    assert_eq!(world.store.door(&slug).await.unwrap(), None, "and nothing was opened");
}

/// A tenant that is not in the directory has nothing to read and no turn to take.
pub async fn a_tenant_that_never_was_is_refused(world: &World) {
    let shop = world.shop("meena").await;
    let nobody = TenantId::new(shop.clock.now(), &*shop.entropy);
    let member = MemberId::new(shop.clock.now(), &*shop.entropy);
    let scope = shop.entrances.trusted.vouch_for(nobody, member, Role::Owner, scripted::facts("x"));
    assert!(matches!(refusal(world.store.reader(&scope).await), StoreError::NoSuchTenant));
    assert!(matches!(refusal(shop.writer(&scope).await), StoreError::NoSuchTenant));
}

/// A permit is of one scope. Another scope of the same member, made by another request, does not carry it.
pub async fn a_change_sealed_in_another_scope_is_refused(world: &World) {
    let shop = world.shop("meena").await;
    let (sealing, writing) = (shop.owner().await, shop.owner().await);
    let lot = bare_lot(&shop);
    let id = lot.id;
    let sealed = insert::<RecordLot>(&sealing, &*shop.entropy, vec![lot.into()]);
    let mut turn = shop.writer(&writing).await.unwrap();
    assert!(matches!(refusal(turn.apply(sealed).await), StoreError::ForeignSeal));
    assert!(matches!(refusal(turn.commit().await), StoreError::Spoiled));
    assert_eq!(shop.reader().await.lot(id).await.unwrap(), None);
}

/// What one shop's owner sealed is nothing to another shop's writer.
pub async fn a_change_sealed_for_another_tenant_is_refused(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let lot = bare_lot(&meena);
    let id = lot.id;
    let sealed = insert::<RecordLot>(&meena.owner().await, &*meena.entropy, vec![lot.into()]);
    let scope = rupa.owner().await;
    let mut turn = rupa.writer(&scope).await.unwrap();
    assert!(matches!(refusal(turn.apply(sealed).await), StoreError::ForeignSeal));
    assert!(matches!(refusal(turn.commit().await), StoreError::Spoiled));
    assert_eq!(rupa.reader().await.lot(id).await.unwrap(), None);
    assert_eq!(meena.reader().await.lot(id).await.unwrap(), None);
}

/// Another store's authority seals for this tenant and this member, and it is nothing here.
pub async fn a_change_sealed_under_another_stores_authority_is_refused(world: &World) {
    let shop = world.shop("meena").await;
    let elsewhere = Authority::establish().0.split();
    let owner = shop.member(Role::Owner);
    let forged = elsewhere.trusted.vouch_for(shop.tenant, owner.id, Role::Owner, scripted::facts("x"));
    let lot = bare_lot(&shop);
    let id = lot.id;
    let sealed = insert::<RecordLot>(&forged, &*shop.entropy, vec![lot.into()]);
    let scope = shop.vouched(owner.id, Role::Owner);
    let mut turn = shop.writer(&scope).await.unwrap();
    assert!(matches!(refusal(turn.apply(sealed).await), StoreError::ForeignSeal));
    assert!(matches!(refusal(turn.commit().await), StoreError::Spoiled));
    assert_eq!(shop.reader().await.lot(id).await.unwrap(), None);
}

/// A founding is applied by founding alone: no writer of a workspace that is there takes it, whoever holds it.
pub async fn a_founding_is_refused_by_another_tenants_writer(world: &World) {
    let shop = world.shop("meena").await;
    let slug: Slug = "elsewhere".parse().unwrap();
    let (_, founding) = super::directory::founding(world, &shop, &slug);
    let head = shop.reader().await.head().await.unwrap();
    let scope = shop.owner().await;
    let mut turn = shop.writer(&scope).await.unwrap();
    assert!(matches!(refusal(turn.apply(founding).await), StoreError::ForeignSeal));
    assert!(matches!(refusal(turn.commit().await), StoreError::Spoiled));
    assert_eq!(shop.reader().await.head().await.unwrap(), head);
    assert_eq!(world.store.door(&slug).await.unwrap(), None);
}

/// A tenant has one founding: a second under another slug neither opens that slug nor touches what is there.
pub async fn a_tenant_is_founded_once(world: &World) {
    let shop = world.shop("meena").await;
    let slug: Slug = "again".parse().unwrap();
    let (owner, now) = (shop.member(Role::Owner), shop.clock.now());
    let scope = shop.entrances.trusted.founder(shop.tenant, owner.id, scripted::facts("x"));
    let rows = scripted::founding(&slug, owner, now, &*shop.entropy);
    let sealed = insert::<OpenWorkspace>(&scope, &*shop.entropy, rows);
    let head = shop.reader().await.head().await.unwrap();
    assert!(world.store.found(&slug, sealed, &*shop.clock).await.is_err());
    assert_eq!(world.store.door(&slug).await.unwrap(), None);
    assert_eq!(world.store.tenants().await.unwrap(), [(shop.slug.clone(), shop.tenant)]);
    let mut reader = shop.reader().await;
    assert_eq!(reader.head().await.unwrap(), head);
    assert_eq!(reader.workspace().await.unwrap().slug, shop.slug);
}

/// Whoever vouches for an owner of a tenant that is not there yet opens none by a change of another action.
pub async fn a_workspace_is_opened_by_its_own_action_alone(world: &World) {
    let shop = world.shop("meena").await;
    let slug: Slug = "by-the-way".parse().unwrap();
    let (owner, now) = (shop.member(Role::Owner), shop.clock.now());
    let tenant = TenantId::new(now, &*shop.entropy);
    let scope = shop.entrances.trusted.vouch_for(tenant, owner.id, Role::Owner, scripted::facts("x"));
    let rows = scripted::founding(&slug, owner, now, &*shop.entropy);
    let sealed = insert::<RecordLot>(&scope, &*shop.entropy, rows);
    let answer = world.store.found(&slug, sealed, &*shop.clock).await;
    assert!(matches!(refusal(answer), StoreError::ForeignSeal));
    assert_eq!(world.store.door(&slug).await.unwrap(), None);
}

/// Reader and writer answer for the scope's tenant.
pub async fn what_is_opened_is_the_scopes_own_tenant(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    assert_ne!(meena.tenant, rupa.tenant);
    for shop in [&meena, &rupa] {
        let mut reader = shop.reader().await;
        assert_eq!(reader.tenant(), shop.tenant);
        assert_eq!(reader.workspace().await.unwrap().slug, shop.slug);
        let scope = shop.owner().await;
        assert_eq!(shop.writer(&scope).await.unwrap().tenant(), shop.tenant);
    }
}
