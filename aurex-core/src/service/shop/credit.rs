//! What stands free to somebody's credit, asked before a document is undone whose money may have gone back already.

use crate::service::ServiceError;
use crate::shop::accounts::Chart;
use crate::shop::parties::PartyId;
use crate::shop::refunds::RefundState;
use crate::store::{InvoiceFilter, PageRequest, StoreError, Writer};
use crate::tenancy::Id as _;
use crate::time::Timestamp;

const PAGE: u16 = 200;

/// What stands to the party's credit and belongs to no old metal and no open bill, in minor units, if anything was paid back
/// to them since a moment; `None` where nothing was, because then nothing can have gone twice.
pub(super) async fn free_credit_if_refunded(
    turn: &mut dyn Writer,
    party: PartyId,
    since: Timestamp,
) -> Result<Option<i64>, ServiceError> {
    if !refunded_since(turn, party, since).await? {
        return Ok(None);
    }
    let beyond = || StoreError::corrupt("a customer's bills beyond any amount");
    let mut free = 0_i64;
    let mut page = PageRequest::first(PAGE);
    loop {
        let filter = InvoiceFilter { party: Some(party), ..InvoiceFilter::default() };
        let bills = turn.invoices(filter, page).await?;
        for (bill, settled) in &bills.items {
            let open = bill.open(*settled).map_err(StoreError::failed)?.minor();
            free = free.checked_add(open).ok_or_else(beyond)?;
        }
        match bills.next {
            Some(after) => page = PageRequest { after: Some(after), ..page },
            None => break,
        }
    }
    let accounts = turn.accounts_for(Some(party.uuid())).await?;
    let theirs = Chart(&accounts).receivable(party).map_err(StoreError::failed)?.id;
    let owed = turn.balances(&[theirs]).await?.first().map_or(0, |balance| balance.net());
    let old_metal = turn.old_metal_open(party).await?;
    let free = free.checked_sub(owed).and_then(|free| free.checked_sub(old_metal)).ok_or_else(beyond)?;
    Ok(Some(free.max(0)))
}

/// Whether a refund stands that came out of the party's account, and not out of an advance, at `since` or later.
async fn refunded_since(
    turn: &mut dyn Writer,
    party: PartyId,
    since: Timestamp,
) -> Result<bool, ServiceError> {
    let mut page = PageRequest::first(PAGE);
    loop {
        let refunds = turn.refunds(Some(party), page).await?;
        for refund in &refunds.items {
            if refund.recorded_at < since {
                return Ok(false);
            }
            if refund.state == RefundState::Paid && refund.advance.is_none() {
                return Ok(true);
            }
        }
        match refunds.next {
            Some(after) => page = PageRequest { after: Some(after), ..page },
            None => return Ok(false),
        }
    }
}
