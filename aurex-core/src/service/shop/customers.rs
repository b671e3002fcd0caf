//! Customers: record, change, find.

use crate::identity::vault::Cell;
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::receivable;
use crate::shop::actions::{ChangeCustomer, ReadCustomers, RecordCustomer};
use crate::shop::identifiers::Pan;
use crate::shop::parties::{NewParty, Party, PartyId, PartyPatch, SealedPan, decide_change, decide_record};
use crate::store::{Page, PageRequest, Reader, StoreError};
use crate::tenancy::Scope;

const MISSING: ServiceError = ServiceError::NotFound("customer");

async fn find(reader: &mut (impl Reader + ?Sized), id: PartyId) -> Result<Party, ServiceError> {
    reader.party(id).await?.ok_or(MISSING)
}

/// Seals a PAN for the row of one party.
fn seal(road: &Road, scope: &Scope, id: PartyId, pan: &Pan) -> Result<SealedPan, ServiceError> {
    let (tenant, vault) = (scope.tenant(), &road.secrets.vault);
    let cell = Cell { tenant, table: "party", column: "pan", row: &id.to_string() };
    let sealed = vault.seal(cell, pan.reveal(), &*road.entropy).map_err(StoreError::failed)?;
    Ok(SealedPan {
        sealed,
        last_four: pan.last_four().to_owned(),
        lookup: vault.lookup(tenant, "party.pan", pan.reveal()),
    })
}

/// Records a customer and opens their account.
///
/// # Errors
/// [`PartyRefusal`](crate::shop::parties::PartyRefusal) and what every write can answer.
pub async fn record_customer(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewParty,
) -> Result<Done<Party>, ServiceError> {
    let permit = scope.permit::<RecordCustomer>()?;
    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, RecordCustomer::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(find(&mut *turn, id).await?));
    }
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let id = PartyId::new(now, &*road.entropy);
    let account = receivable(id, workspace.currency, now, &*road.entropy).map_err(StoreError::failed)?;
    let pan = new.pan.as_ref().map(|pan| seal(road, scope, id, pan)).transpose()?;
    let change = decide_record(&new, pan, account, id, now)?;
    let party = change.party.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(party, receipt))
}

/// Changes a customer, if it is still of `version`.
///
/// # Errors
/// [`ServiceError::Stale`], [`PartyRefusal`](crate::shop::parties::PartyRefusal), and what every write can answer.
pub async fn change_customer(
    road: &Road,
    scope: &Scope,
    id: PartyId,
    version: u32,
    patch: PartyPatch,
) -> Result<Done<Party>, ServiceError> {
    let permit = scope.permit::<ChangeCustomer>()?;
    let mut turn = road.turn(scope).await?;
    let before = find(&mut *turn, id).await?;
    if before.version != version {
        return Err(ServiceError::Stale);
    }
    let pan = match &patch.pan {
        Some(Some(pan)) => Some(seal(road, scope, id, pan)?),
        Some(None) | None => None,
    };
    let change = decide_change(&before, &patch, pan)?;
    if change.is_nothing() {
        return Ok(Done::nothing(before));
    }
    let after = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::NONE).await?;
    Ok(Done::now(after, receipt))
}

/// A customer.
///
/// # Errors
/// What every read can answer.
pub async fn customer(road: &Road, scope: &Scope, id: PartyId) -> Result<Party, ServiceError> {
    let _permit = scope.permit::<ReadCustomers>()?;
    find(&mut *road.store.reader(scope).await?, id).await
}

/// Customers, oldest first; with `words`, those whose name, telephone or GSTIN contains it.
///
/// # Errors
/// What every read can answer.
pub async fn customers(
    road: &Road,
    scope: &Scope,
    words: Option<&str>,
    page: PageRequest<PartyId>,
) -> Result<Page<Party, PartyId>, ServiceError> {
    let _permit = scope.permit::<ReadCustomers>()?;
    Ok(road.store.reader(scope).await?.parties(words, page).await?)
}
