//! Payments: pay out, reverse, find.

use crate::ledger::{JournalEntryId, SeriesKind};
use crate::money::Money;
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::{Chart, For};
use crate::shop::actions::{ReadPayments, RecordPayment, ReversePayment};
use crate::shop::parties::{PartyId, PartyKind};
use crate::shop::payments::{
    NewPayment, OutgoingPayment, PREFIX, PaymentId, PaymentIds, PaymentKnown, ReversePaymentKnown,
    decide_payment, decide_reverse_payment,
};
use crate::store::{Page, PageRequest, Reader, StoreError, Writer};
use crate::tenancy::{Id as _, Scope};
use crate::text::{Label, Note};
use crate::time::FinancialYear;

const MISSING: ServiceError = ServiceError::NotFound("payment");

async fn find(reader: &mut (impl Reader + ?Sized), id: PaymentId) -> Result<OutgoingPayment, ServiceError> {
    reader.payment(id).await?.ok_or(MISSING)
}

async fn known_for(turn: &mut dyn Writer, new: &NewPayment) -> Result<PaymentKnown, ServiceError> {
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    let party = turn.party(new.party).await?;
    let accounts = turn.accounts_for(Some(new.party.uuid())).await?;
    let chart = Chart(&accounts);
    let own = match party.as_ref().map(|party| party.kind) {
        Some(PartyKind::Customer) => Some(For::Receivable),
        Some(PartyKind::Supplier | PartyKind::Goldsmith) => Some(For::Payable),
        None => None,
    };
    let cash = chart.of(For::Cash).map_err(StoreError::failed)?.id;
    let own = own.map(|own| chart.of_party(own, new.party)).transpose().map_err(StoreError::failed)?;
    let ids: Vec<_> = [Some(cash), own.map(|own| own.id)].into_iter().flatten().collect();
    let balances = turn.balances(&ids).await?;
    let net = |id| balances.iter().find(|balance| balance.account == id).map_or(0, |balance| balance.net());
    let (cash_in_hand, owes) = (net(cash), own.map_or(0, |own| net(own.id)));
    let prefix = Label::new(PREFIX).map_err(StoreError::failed)?;
    let year = FinancialYear::of(today).starts_in();
    let voucher = match new.voucher {
        Some(id) => turn.metal_voucher(id).await?.map(|whole| whole.voucher),
        None => None,
    };
    let paid = turn.cash_paid(new.party, today).await?;
    Ok(PaymentKnown {
        party,
        voucher,
        series: turn.series(SeriesKind::Payment, &prefix, year).await?,
        accounts,
        cash_in_hand,
        owes,
        cash_paid_today: Money::new(paid, workspace.currency).map_err(StoreError::failed)?,
        currency: workspace.currency,
        today,
        now,
    })
}

/// Pays money out. Cash beyond the law's limit for one person and day goes through, and is marked.
///
/// # Errors
/// [`PaymentRefusal`](crate::shop::payments::PaymentRefusal) and what every write can answer.
pub async fn record_payment(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewPayment,
) -> Result<Done<OutgoingPayment>, ServiceError> {
    let permit = scope.permit::<RecordPayment>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, RecordPayment::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(find(&mut *turn, id).await?));
    }
    let known = known_for(&mut *turn, new).await?;
    let ids = PaymentIds {
        payment: PaymentId::new(known.now, &*road.entropy),
        entry: JournalEntryId::new(known.now, &*road.entropy),
    };
    let change = decide_payment(new, &known, ids)?;
    let payment = change.payment.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(payment, receipt))
}

/// Reverses a payment.
///
/// # Errors
/// [`PaymentRefusal`](crate::shop::payments::PaymentRefusal) and what every write can answer.
pub async fn reverse_payment(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: PaymentId,
    reason: Note,
) -> Result<Done<OutgoingPayment>, ServiceError> {
    let permit = scope.permit::<ReversePayment>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, ReversePayment::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(find(&mut *turn, id).await?));
    }
    let payment = find(&mut *turn, id).await?;
    let journal = turn.journal(payment.entry).await?;
    let journal = journal.ok_or_else(|| StoreError::corrupt("a payment without its journal entry"))?;
    let voucher = match payment.voucher {
        Some(id) => {
            let whole = turn.metal_voucher(id).await?;
            Some(whole.ok_or_else(|| StoreError::corrupt("a payment without its voucher"))?.voucher)
        }
        None => None,
    };
    let now = turn.now();
    let today = turn.workspace().await?.zone.date_of(now);
    let known = ReversePaymentKnown { payment, journal, voucher, today, now };
    let change = decide_reverse_payment(&known, reason, JournalEntryId::new(now, &*road.entropy))?;
    let after = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(after, receipt))
}

/// A payment.
///
/// # Errors
/// What every read can answer.
pub async fn payment(road: &Road, scope: &Scope, id: PaymentId) -> Result<OutgoingPayment, ServiceError> {
    let _permit = scope.permit::<ReadPayments>()?;
    find(&mut *road.store.reader(scope).await?, id).await
}

/// Payments, newest first, to one party or to all.
///
/// # Errors
/// What every read can answer.
pub async fn payments(
    road: &Road,
    scope: &Scope,
    to: Option<PartyId>,
    page: PageRequest<PaymentId>,
) -> Result<Page<OutgoingPayment, PaymentId>, ServiceError> {
    let _permit = scope.permit::<ReadPayments>()?;
    Ok(road.store.reader(scope).await?.payments(to, page).await?)
}
