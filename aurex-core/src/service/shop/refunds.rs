//! Refund vouchers: pay, reverse, find.

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
use crate::time::{Date, FinancialYear};

const MISSING: ServiceError = ServiceError::NotFound("refund");

async fn find(reader: &mut (impl Reader + ?Sized), id: RefundId) -> Result<Refund, ServiceError> {
    reader.refund(id).await?.ok_or(MISSING)
}

/// What the party had in cash on `date`, in minor units. Refunds are dated as they are made, so that those of a day stand
/// together at the end of the list.
async fn cash_on(turn: &mut dyn Writer, party: PartyId, date: Date) -> Result<i64, ServiceError> {
    let (mut sum, mut page) = (0_i64, PageRequest::first(100));
    loop {
        let refunds = turn.refunds(Some(party), page).await?;
        let of_day = |refund: &&Refund| refund.business_date >= date;
        let in_cash = refunds.items.iter().take_while(of_day).filter(|refund| refund.is_cash_out());
        sum = sum_of(sum, in_cash)?;
        match refunds.next {
            Some(after) if refunds.items.iter().all(|refund| of_day(&refund)) => {
                page = PageRequest { after: Some(after), limit: 100 };
            }
            _ => return Ok(sum),
        }
    }
}

/// What was paid out, in minor units, and `before`. No sum of money that was really paid leaves an `i64`, so that one which
/// does is a fault of the rows: it is said, because a sum that stopped at the limit would let more be paid.
fn sum_of<'a>(before: i64, refunds: impl IntoIterator<Item = &'a Refund>) -> Result<i64, ServiceError> {
    let sum = refunds.into_iter().try_fold(before, |sum, refund| sum.checked_add(refund.amount.minor()));
    Ok(sum.ok_or_else(|| StoreError::corrupt("refunds that add up to more than can be counted"))?)
}

async fn known_for(turn: &mut dyn Writer, new: &NewRefund) -> Result<RefundKnown, ServiceError> {
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    let (mut note, mut paid_of_note) = (None, 0_i64);
    if let Some(id) = new.note {
        note = turn.note(id).await?.map(|found| found.note);
        let refunds = turn.refunds_of(id).await?;
        paid_of_note = sum_of(0, refunds.iter().filter(|refund| refund.state == RefundState::Paid))?;
    }
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
        owed: net(theirs),
        cash_in_hand: net(cash),
        cash_today: cash_on(turn, new.party, today).await?,
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
    let known = ReverseRefundKnown { refund, journal, today, now };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, LARGEST_EXACT, Money};
    use crate::shop::receipts::PaymentMode;
    use crate::time::{Timestamp, parse_date};
    use uuid::Uuid;

    fn refund(minor: i64) -> Refund {
        Refund {
            id: RefundId::from_uuid(Uuid::nil()),
            number: crate::ledger::VoucherNumber::new("RFV/26-27/000001").unwrap(),
            party: PartyId::from_uuid(Uuid::nil()),
            mode: PaymentMode::Cash,
            amount: Money::new(minor, Currency::INR).unwrap(),
            reference: None,
            note: None,
            reason: None,
            over_cash_limit: false,
            business_date: parse_date("2026-11-23").unwrap(),
            recorded_at: Timestamp::from_micros(0),
            entry: JournalEntryId::from_uuid(Uuid::nil()),
            state: RefundState::Paid,
            reverse_reason: None,
            reversed_at: None,
            version: 1,
        }
    }

    #[test]
    fn refunds_add_up_or_are_said_not_to() {
        let largest = refund(LARGEST_EXACT);
        assert_eq!(sum_of(5, [&refund(7), &refund(11)]).unwrap(), 23);
        assert_eq!(sum_of(i64::MAX - LARGEST_EXACT, [&largest]).unwrap(), i64::MAX);
        let beyond = sum_of(i64::MAX - LARGEST_EXACT + 1, [&largest]);
        assert!(matches!(beyond, Err(ServiceError::Store(StoreError::Corrupt(_)))), "{beyond:?}");
    }
}
