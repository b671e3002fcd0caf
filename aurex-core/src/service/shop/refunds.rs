//! Refund vouchers: pay, reverse, find.

use super::bookings::with_booking;
use crate::ledger::{JournalEntryId, SeriesKind};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::{Chart, For};
use crate::shop::actions::{PayRefund, ReadReceipts, ReverseRefund};
use crate::shop::parties::PartyId;
use crate::shop::refunds::{
    NewRefund, PREFIX, Refund, RefundId, RefundIds, RefundKnown, RefundState, ReverseRefundKnown, decide_pay,
    decide_reverse,
};
use crate::store::{Page, PageRequest, Reader, StoreError, Writer};
use crate::tenancy::{Id as _, Scope};
use crate::text::{Label, Note};
use crate::time::FinancialYear;

const MISSING: ServiceError = ServiceError::NotFound("refund");

async fn find(reader: &mut (impl Reader + ?Sized), id: RefundId) -> Result<Refund, ServiceError> {
    reader.refund(id).await?.ok_or(MISSING)
}

async fn known_for(turn: &mut dyn Writer, new: &NewRefund) -> Result<RefundKnown, ServiceError> {
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    let (mut note, mut paid_of_note) = (None, 0_i64);
    if let Some(id) = new.note {
        note = turn.note(id).await?.map(|found| found.note);
        let refunds = turn.refunds_of(id).await?;
        let mut standing = refunds.iter().filter(|refund| refund.state == RefundState::Paid);
        let sum = standing.try_fold(0_i64, |sum, refund| sum.checked_add(refund.amount.minor()));
        paid_of_note = sum.ok_or_else(|| StoreError::corrupt("refunds of a note beyond any amount"))?;
    }
    let advance = match new.advance {
        Some(id) => with_booking(turn, id).await?,
        None => None,
    };
    let accounts = turn.accounts_for(Some(new.party.uuid())).await?;
    let chart = Chart(&accounts);
    let theirs = chart.receivable(new.party).map_err(StoreError::failed)?.id;
    let cash = chart.of(For::Cash).map_err(StoreError::failed)?.id;
    let balances = turn.balances(&[theirs, cash]).await?;
    let net = |of| balances.iter().find(|balance| balance.account == of).map_or(0, |balance| balance.net());
    let prefix = Label::new(PREFIX).map_err(StoreError::failed)?;
    let year = FinancialYear::of(today).starts_in();
    Ok(RefundKnown {
        note,
        paid_of_note,
        advance,
        owed: net(theirs),
        cash_in_hand: net(cash),
        old_metal_open: turn.old_metal_open(new.party).await?,
        exchange_given_back: turn.exchange_given_back(new.party).await?,
        cash_today: turn.cash_paid(new.party, today).await?,
        series: turn.series(SeriesKind::Refund, &prefix, year).await?,
        currency: workspace.currency,
        accounts,
        today,
        now,
    })
}

/// Pays money back to a customer.
///
/// # Errors
/// [`RefundRefusal`](crate::shop::refunds::RefundRefusal) and what every write can answer.
pub async fn pay_refund(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewRefund,
) -> Result<Done<Refund>, ServiceError> {
    let permit = scope.permit::<PayRefund>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, PayRefund::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(find(&mut *turn, id).await?));
    }
    if turn.party(new.party).await?.is_none() {
        return Err(ServiceError::NotFound("customer"));
    }
    let known = known_for(&mut *turn, new).await?;
    let ids = RefundIds {
        refund: RefundId::new(known.now, &*road.entropy),
        entry: JournalEntryId::new(known.now, &*road.entropy),
    };
    let change = decide_pay(new, &known, ids)?;
    let view = change.refund.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Reverses a refund: its exact mirror.
///
/// # Errors
/// [`RefundRefusal`](crate::shop::refunds::RefundRefusal) and what every write can answer.
pub async fn reverse_refund(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: RefundId,
    reason: Note,
) -> Result<Done<Refund>, ServiceError> {
    let permit = scope.permit::<ReverseRefund>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, ReverseRefund::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(find(&mut *turn, id).await?));
    }
    let refund = find(&mut *turn, id).await?;
    let journal = turn.journal(refund.entry).await?;
    let journal = journal.ok_or_else(|| StoreError::corrupt("a refund without its journal entry"))?;
    let now = turn.now();
    let today = turn.workspace().await?.zone.date_of(now);
    let advance = match refund.advance {
        Some(id) => turn.advance(id).await?,
        None => None,
    };
    let known = ReverseRefundKnown { refund, journal, advance, today, now };
    let change = decide_reverse(&known, reason, JournalEntryId::new(now, &*road.entropy))?;
    let view = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// A refund.
///
/// # Errors
/// What every read can answer.
pub async fn refund(road: &Road, scope: &Scope, id: RefundId) -> Result<Refund, ServiceError> {
    let _permit = scope.permit::<ReadReceipts>()?;
    find(&mut *road.store.reader(scope).await?, id).await
}

/// Refunds, newest first, of one customer or of all.
///
/// # Errors
/// What every read can answer.
pub async fn refunds(
    road: &Road,
    scope: &Scope,
    of: Option<PartyId>,
    page: PageRequest<RefundId>,
) -> Result<Page<Refund, RefundId>, ServiceError> {
    let _permit = scope.permit::<ReadReceipts>()?;
    Ok(road.store.reader(scope).await?.refunds(of, page).await?)
}
