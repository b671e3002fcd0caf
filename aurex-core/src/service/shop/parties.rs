//! Parties of one kind: record, change, find. Another kind's id answers as one that never was.

use crate::identity::vault::Cell;
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::accounts_of_party;
use crate::shop::identifiers::Pan;
use crate::shop::parties::{
    Customers, Kept, NewParty, Party, PartyId, PartyPatch, SealedPan, decide_change, decide_record,
};
use crate::store::{Page, PageRequest, Reader, StoreError};
use crate::tenancy::Scope;

pub(super) async fn find<K: Kept>(
    reader: &mut (impl Reader + ?Sized),
    id: PartyId,
) -> Result<Party, ServiceError> {
    let party = reader.party(id).await?.filter(|party| party.kind == K::KIND);
    party.ok_or(ServiceError::NotFound(K::NOUN))
}

/// Seals a PAN for the row of one party.
pub(super) fn seal(road: &Road, scope: &Scope, id: PartyId, pan: &Pan) -> Result<SealedPan, ServiceError> {
    let (tenant, vault) = (scope.tenant(), &road.secrets.vault);
    let cell = Cell { tenant, table: "party", column: "pan", row: &id.to_string() };
    let sealed = vault.seal(cell, pan.reveal(), &*road.entropy).map_err(StoreError::failed)?;
    Ok(SealedPan {
        sealed,
        last_four: pan.last_four().to_owned(),
        lookup: vault.lookup(tenant, "party.pan", pan.reveal()),
    })
}

/// Records somebody and opens their accounts.
///
/// # Errors
/// [`PartyRefusal`](crate::shop::parties::PartyRefusal) and what every write can answer.
pub async fn record_party<K: Kept>(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewParty,
) -> Result<Done<Party>, ServiceError> {
    let permit = scope.permit::<K::Record>()?;
    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, K::Record::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse().map_err(|_| ServiceError::NotFound(K::NOUN))?;
        return Ok(Done::before(find::<K>(&mut *turn, id).await?));
    }
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let id = PartyId::new(now, &*road.entropy);
    let accounts = accounts_of_party(K::KIND, id, workspace.currency, now, &*road.entropy);
    let accounts = accounts.map_err(StoreError::failed)?;
    let pan = new.pan.as_ref().map(|pan| seal(road, scope, id, pan)).transpose()?;
    let change = decide_record::<K>(&new, pan, accounts, id, now)?;
    let party = change.party.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(party, receipt))
}

/// Changes somebody, if it is still of `version`.
///
/// # Errors
/// [`ServiceError::Stale`], [`PartyRefusal`](crate::shop::parties::PartyRefusal), and what every write can answer.
pub async fn change_party<K: Kept>(
    road: &Road,
    scope: &Scope,
    id: PartyId,
    version: u32,
    patch: PartyPatch,
) -> Result<Done<Party>, ServiceError> {
    let permit = scope.permit::<K::Change>()?;
    let mut turn = road.turn(scope).await?;
    let before = find::<K>(&mut *turn, id).await?;
    if before.version != version {
        return Err(ServiceError::Stale);
    }
    let pan = match &patch.pan {
        Some(Some(pan)) => Some(seal(road, scope, id, pan)?),
        Some(None) | None => None,
    };
    let change = decide_change::<K>(&before, &patch, pan)?;
    if change.is_nothing() {
        return Ok(Done::nothing(before));
    }
    let after = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::NONE).await?;
    Ok(Done::now(after, receipt))
}

/// One of them.
///
/// # Errors
/// What every read can answer.
pub async fn party<K: Kept>(road: &Road, scope: &Scope, id: PartyId) -> Result<Party, ServiceError> {
    let _permit = scope.permit::<K::Read>()?;
    find::<K>(&mut *road.store.reader(scope).await?, id).await
}

/// All of them, oldest first; with `words`, those of whose words each begins one of their name, telephone or GSTIN
/// ([`PartySearch`](crate::shop::parties::PartySearch)), in alphabetical order.
///
/// # Errors
/// What every read can answer.
pub async fn parties<K: Kept>(
    road: &Road,
    scope: &Scope,
    words: Option<&str>,
    page: PageRequest<PartyId>,
) -> Result<Page<Party, PartyId>, ServiceError> {
    let _permit = scope.permit::<K::Read>()?;
    Ok(road.store.reader(scope).await?.parties(K::KIND, words, page).await?)
}

/// Records a customer: [`record_party`] of [`Customers`].
///
/// # Errors
/// As [`record_party`].
pub async fn record_customer(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewParty,
) -> Result<Done<Party>, ServiceError> {
    record_party::<Customers>(road, scope, presented, new).await
}

/// Changes a customer: [`change_party`] of [`Customers`].
///
/// # Errors
/// As [`change_party`].
pub async fn change_customer(
    road: &Road,
    scope: &Scope,
    id: PartyId,
    version: u32,
    patch: PartyPatch,
) -> Result<Done<Party>, ServiceError> {
    change_party::<Customers>(road, scope, id, version, patch).await
}

/// A customer: [`party`] of [`Customers`].
///
/// # Errors
/// What every read can answer.
pub async fn customer(road: &Road, scope: &Scope, id: PartyId) -> Result<Party, ServiceError> {
    party::<Customers>(road, scope, id).await
}

/// Customers: [`parties`] of [`Customers`].
///
/// # Errors
/// What every read can answer.
pub async fn customers(
    road: &Road,
    scope: &Scope,
    words: Option<&str>,
    page: PageRequest<PartyId>,
) -> Result<Page<Party, PartyId>, ServiceError> {
    parties::<Customers>(road, scope, words, page).await
}
