//! Opening balances.

use super::parties::find;
use crate::ledger::{Account, JournalEntryId};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::{Chart, For};
use crate::shop::actions::OpenBalance;
use crate::shop::parties::{Kept, NewOpening, OPENING, Opening, OpeningKnown, PartyId, decide_open};
use crate::store::{PageRequest, StoreError, Writer};
use crate::tenancy::{Id as _, Scope};

const MISSING: ServiceError = ServiceError::NotFound("opening balance");

/// The most opening balances of one account that are looked through: each but the first puts another right.
const OPENINGS: u16 = 100;

/// Whether anything but opening balances stands on a party's own accounts.
async fn has_traded(
    turn: &mut dyn Writer,
    accounts: &[Account],
    party: PartyId,
) -> Result<bool, ServiceError> {
    for account in accounts.iter().filter(|account| account.party == Some(party.uuid())) {
        let first = turn.postings(account.id, None, None, PageRequest::first(OPENINGS)).await?;
        if first.items.iter().any(|line| line.entry.source_kind.as_str() != OPENING) {
            return Ok(true);
        }
    }
    Ok(false)
}

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
        has_traded: has_traded(&mut *turn, &accounts, party.id).await?,
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
