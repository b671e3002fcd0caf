//! Receipts: take, reverse, find.

use super::bookings::with_booking;
use super::cash::hold_receipt;
use super::credit::free_credit_if_refunded;
use super::parties;
use crate::ledger::{JournalEntryId, SeriesKind};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::{Chart, For};
use crate::shop::actions::{ReadReceipts, RecordReceipt, ReverseReceipt};
use crate::shop::parties::{Customers, PartyId};
use crate::shop::receipts::{
    NewReceipt, PREFIX, PaymentReceipt, ReceiptId, ReceiptIds, ReceiptKnown, ReceiptReversed,
    ReceiptWithSettlements, ReverseKnown, decide_record, decide_reverse,
};
use crate::store::{Page, PageRequest, Reader, StoreError, Writer};
use crate::tenancy::{Id as _, Scope};
use crate::text::{Label, Note};
use crate::time::FinancialYear;

const MISSING: ServiceError = ServiceError::NotFound("receipt");

async fn find(
    reader: &mut (impl Reader + ?Sized),
    id: ReceiptId,
) -> Result<ReceiptWithSettlements, ServiceError> {
    reader.receipt(id).await?.ok_or(MISSING)
}

/// Takes money.
///
/// # Errors
/// [`ReceiptRefusal`](crate::shop::receipts::ReceiptRefusal) and what every write can answer.
pub async fn record_receipt(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewReceipt,
) -> Result<Done<ReceiptWithSettlements>, ServiceError> {
    let permit = scope.permit::<RecordReceipt>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, RecordReceipt::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(find(&mut *turn, id).await?));
    }
    let party = parties::find::<Customers>(&mut *turn, new.party).await?;
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    let prefix = Label::new(PREFIX).map_err(StoreError::failed)?;
    let year = FinancialYear::of(today).starts_in();
    let mut bills = Vec::new();
    for (invoice, _) in new.allocations.iter().take(100) {
        bills.extend(turn.invoice(*invoice).await?);
    }
    let advance = match new.advance {
        Some(id) => with_booking(&mut *turn, id).await?,
        None => None,
    };
    let old_metal = match new.old_metal {
        Some(id) => turn.metal_voucher(id).await?.map(|whole| whole.voucher),
        None => None,
    };
    let mut by_booking = Vec::new();
    if let Some((_, Some(booking))) = &advance {
        for (invoice, _) in new.allocations.iter().take(100) {
            by_booking.push((*invoice, turn.settled_by_booking(*invoice, booking.id).await?));
        }
    }
    let known = ReceiptKnown {
        bills,
        by_booking,
        old_metal,
        advance,
        series: turn.series(SeriesKind::Receipt, &prefix, year).await?,
        accounts: turn.accounts_for(Some(new.party.uuid())).await?,
        currency: workspace.currency,
        today,
        now,
    };
    let ids = ReceiptIds {
        receipt: ReceiptId::new(now, &*road.entropy),
        entry: JournalEntryId::new(now, &*road.entropy),
    };
    let change = decide_record(new, &known, ids)?;
    hold_receipt(road, scope, &mut *turn, &party, new, &known).await?;
    let view =
        ReceiptWithSettlements { receipt: change.receipt.clone(), settlements: change.settlements.clone() };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Reads what reversing a receipt needs and decides about it, whoever asked for it.
pub(in crate::service) async fn decided_reverse(
    road: &Road,
    turn: &mut dyn Writer,
    id: ReceiptId,
    reason: Note,
) -> Result<(ReceiptReversed, ReceiptWithSettlements), ServiceError> {
    let receipt = find(turn, id).await?;
    let journal = turn.journal(receipt.receipt.entry).await?;
    let journal = journal.ok_or_else(|| StoreError::corrupt("a receipt without its journal entry"))?;
    let old_metal = match receipt.receipt.old_metal {
        Some(id) => {
            let whole = turn.metal_voucher(id).await?;
            Some(whole.ok_or_else(|| StoreError::corrupt("a receipt without its old metal"))?.voucher)
        }
        None => None,
    };
    let accounts = turn.accounts_for(None).await?;
    let cash = Chart(&accounts).of(For::Cash).map_err(StoreError::failed)?.id;
    let cash_in_hand = turn.balances(&[cash]).await?.first().map_or(0, |balance| balance.net());
    let now = turn.now();
    let today = turn.workspace().await?.zone.date_of(now);
    let advance = match receipt.receipt.advance {
        Some(id) => turn.advance(id).await?,
        None => None,
    };
    let mut bills = Vec::new();
    for settlement in &receipt.settlements {
        bills.extend(turn.invoice(settlement.invoice).await?);
    }
    let of = &receipt.receipt;
    let free_credit = free_credit_if_refunded(turn, of.party, of.recorded_at).await?;
    let known =
        ReverseKnown { receipt, journal, advance, old_metal, bills, free_credit, cash_in_hand, today, now };
    let change = decide_reverse(&known, reason, JournalEntryId::new(now, &*road.entropy))?;
    Ok((change, known.receipt))
}

/// Reverses a receipt.
///
/// # Errors
/// [`ReceiptRefusal`](crate::shop::receipts::ReceiptRefusal) and what every write can answer.
pub async fn reverse_receipt(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: ReceiptId,
    reason: Note,
) -> Result<Done<ReceiptWithSettlements>, ServiceError> {
    let permit = scope.permit::<ReverseReceipt>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, ReverseReceipt::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(find(&mut *turn, id).await?));
    }
    let (change, before) = decided_reverse(road, &mut *turn, id, reason).await?;
    let mut settlements = before.settlements;
    settlements.extend(change.settlements.clone());
    let view = ReceiptWithSettlements { receipt: change.after.clone(), settlements };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// A receipt.
///
/// # Errors
/// What every read can answer.
pub async fn receipt(
    road: &Road,
    scope: &Scope,
    id: ReceiptId,
) -> Result<ReceiptWithSettlements, ServiceError> {
    let _permit = scope.permit::<ReadReceipts>()?;
    find(&mut *road.store.reader(scope).await?, id).await
}

/// Receipts, newest first, of one customer or of all.
///
/// # Errors
/// What every read can answer.
pub async fn receipts(
    road: &Road,
    scope: &Scope,
    of: Option<PartyId>,
    page: PageRequest<ReceiptId>,
) -> Result<Page<PaymentReceipt, ReceiptId>, ServiceError> {
    let _permit = scope.permit::<ReadReceipts>()?;
    Ok(road.store.reader(scope).await?.receipts(of, page).await?)
}
