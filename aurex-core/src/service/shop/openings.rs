//! Opening balances.

use super::parties::find;
use crate::ledger::JournalEntryId;
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::{Chart, For};
use crate::shop::actions::OpenBalance;
use crate::shop::parties::{Kept, NewOpening, Opening, OpeningKnown, PartyId, decide_open};
use crate::store::StoreError;
use crate::tenancy::{Id as _, Scope};

const MISSING: ServiceError = ServiceError::NotFound("opening balance");

/// Posts what a customer, supplier or goldsmith owed, or was owed, when the books began.
///
/// # Errors
/// [`OpeningRefusal`](crate::shop::parties::OpeningRefusal) and what every write can answer.
pub async fn open_balance<K: Kept>(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    party: PartyId,
    new: &NewOpening,
) -> Result<Done<Opening>, ServiceError> {
    let permit = scope.permit::<OpenBalance>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, OpenBalance::CODE, presented).await?;
    let workspace = turn.workspace().await?;
    if let Known::Replayed(id) = key {
        let id: JournalEntryId = id.parse().map_err(|_| MISSING)?;
        let (entry, postings) = turn.journal(id).await?.ok_or(MISSING)?;
        let accounts = turn.accounts_for(None).await?;
        let opening = Chart(&accounts).of(For::Opening).map_err(StoreError::failed)?.id;
        let opening = Opening::of_journal(&entry, &postings, opening, workspace.currency).ok_or(MISSING)?;
        return Ok(Done::before(opening));
    }
    let party = find::<K>(&mut *turn, party).await?;
    let accounts = turn.accounts_for(Some(party.id.uuid())).await?;
    let now = turn.now();
    let known = OpeningKnown {
        party: &party,
        accounts: &accounts,
        currency: workspace.currency,
        today: workspace.zone.date_of(now),
        now,
    };
    let change = decide_open(new, known, JournalEntryId::new(now, &*road.entropy))?;
    let opening = change.opening.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(opening, receipt))
}
