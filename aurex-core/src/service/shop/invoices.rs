//! Bills: preview, issue, cancel, find.

use std::collections::BTreeSet;

use crate::ledger::JournalEntryId;
use crate::money::Money;
use crate::rbac::Action as _;
use crate::service::idempotency::{Asked, Known};
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::actions::{CancelInvoice, CancelWindow, IssueInvoice, PreviewInvoice, ReadInvoices};
use crate::shop::bookings::{Booking, BookingId};
use crate::shop::e_invoice::{EInvoice, e_invoice as document};
use crate::shop::invoices::{
    Bill, BillContext, CancelIds, CancelKnown, Invoice, InvoiceCancelled, InvoiceId, IssueIds, NewBill,
    PREFIX, PREFIX_BACK_DATED, ResolvedBill, decide_cancel, decide_issue, decide_preview,
};
use crate::shop::print::{BillCopy, PrintedBill, PrintedPay, print};
use crate::shop::stock::MovementId;
use crate::store::{
    BillKnown, BillNeeds, InvoiceFilter, LookupKey, Page, PageRequest, Reader, StoreError, Writer,
};
use crate::tenancy::Scope;
use crate::text::{Label, Note};
use crate::time::Timestamp;

/// A bill as it is shown.
pub type InvoiceView = Bill;

/// A bill priced but not issued.
pub type PreviewedBill = ResolvedBill;

const MISSING: ServiceError = ServiceError::NotFound("invoice");

async fn find(reader: &mut (impl Reader + ?Sized), id: InvoiceId) -> Result<Bill, ServiceError> {
    reader.invoice(id).await?.ok_or(MISSING)
}

/// Reads everything that a bill needs, at once.
async fn known_for(
    reader: &mut (impl Reader + ?Sized),
    bill: &NewBill,
    key: Option<LookupKey>,
    now: Timestamp,
) -> Result<(BillKnown, crate::time::Date), ServiceError> {
    let today = reader.workspace().await?.zone.date_of(now);
    let prefix = |text| Label::new(text).map_err(StoreError::failed);
    let needs = BillNeeds {
        party: bill.party,
        items: bill.lines.iter().filter_map(|line| line.item).collect(),
        lots: bill.lines.iter().filter_map(|line| line.lot).collect(),
        date: bill.date.unwrap_or(today),
        prefixes: vec![prefix(PREFIX)?, prefix(PREFIX_BACK_DATED)?],
        key,
    };
    Ok((reader.known_for_bill(&needs).await?, today))
}

/// The bookings that a bill names, each once, of those that there are.
async fn bookings_of(
    reader: &mut (impl Reader + ?Sized),
    named: impl Iterator<Item = BookingId>,
) -> Result<Vec<Booking>, StoreError> {
    let named: BTreeSet<BookingId> = named.collect();
    let mut bookings = Vec::new();
    for id in named {
        bookings.extend(reader.booking(id).await?);
    }
    Ok(bookings)
}

/// Prices a bill without issuing it.
///
/// # Errors
/// [`BillRefused`](crate::shop::invoices::BillRefused) and what every read can answer.
pub async fn preview_invoice(
    road: &Road,
    scope: &Scope,
    bill: &NewBill,
) -> Result<PreviewedBill, ServiceError> {
    let permit = scope.permit::<PreviewInvoice>()?;
    let mut reader = road.store.reader(scope).await?;
    let (known, today) = known_for(&mut *reader, bill, None, road.clock.now()).await?;
    let bookings = bookings_of(&mut *reader, bill.lines.iter().filter_map(|line| line.booking)).await?;
    let context = BillContext { known: &known, limits: permit.limits(), bookings: &bookings, today };
    Ok(decide_preview(bill, context)?)
}

/// Issues a bill.
///
/// # Errors
/// [`BillRefused`](crate::shop::invoices::BillRefused) and what every write can answer.
pub async fn issue_invoice(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    bill: &NewBill,
) -> Result<Done<InvoiceView>, ServiceError> {
    let permit = scope.permit::<IssueInvoice>()?;
    let mut turn = road.turn(scope).await?;
    let now = turn.now();
    let asked = Asked::of(scope, IssueInvoice::CODE, presented);
    let lookup = asked.as_ref().map(|asked| asked.lookup.clone());
    let (mut known, today) = known_for(&mut *turn, bill, lookup, now).await?;
    let key = road.known_from(asked, known.key.take(), now)?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(find(&mut *turn, id).await?));
    }
    let ids = IssueIds {
        invoice: InvoiceId::new(now, &*road.entropy),
        entry: JournalEntryId::new(now, &*road.entropy),
        movements: bill.lines.iter().map(|_| MovementId::new(now, &*road.entropy)).collect(),
    };
    let bookings = bookings_of(&mut *turn, bill.lines.iter().filter_map(|line| line.booking)).await?;
    let context = BillContext { known: &known, limits: permit.limits(), bookings: &bookings, today };
    let change = decide_issue(bill, context, &ids, now)?;
    let settled = Money::zero(known.workspace.currency);
    let view = Bill { invoice: change.invoice.clone(), lines: change.lines.clone(), settled };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Reads what cancelling a bill needs and decides about it, whoever asked for it.
pub(in crate::service) async fn decided_cancel(
    road: &Road,
    turn: &mut dyn Writer,
    window: &CancelWindow,
    id: InvoiceId,
    reason: Note,
) -> Result<(InvoiceCancelled, Bill), ServiceError> {
    let bill = find(turn, id).await?;
    let now = turn.now();
    let today = turn.workspace().await?.zone.date_of(now);
    let journal = turn.journal(bill.invoice.entry).await?;
    let journal = journal.ok_or_else(|| StoreError::corrupt("a bill without its journal entry"))?;
    let movements = turn.movements(bill.invoice.entry).await?;
    let (mut items, mut huid_taken) = (Vec::new(), false);
    for id in bill.lines.iter().filter_map(|line| line.item) {
        let Some(item) = turn.item(id).await? else { continue };
        if let Some(huid) = &item.huid {
            huid_taken |= turn.item_by_huid(huid.as_str()).await?.is_some_and(|live| live.id != item.id);
        }
        items.push(item);
    }
    let ids = CancelIds {
        entry: JournalEntryId::new(now, &*road.entropy),
        movements: movements.iter().map(|_| MovementId::new(now, &*road.entropy)).collect(),
    };
    let locks = bill.lines.iter().filter_map(|line| line.lock);
    let bookings = bookings_of(turn, locks.map(|lock| lock.booking)).await?;
    let known = CancelKnown { bill, journal, movements, items, bookings, huid_taken, today, now };
    let change = decide_cancel(&known, window, reason, &ids)?;
    Ok((change, known.bill))
}

/// Cancels a bill.
///
/// # Errors
/// [`InvoiceRefusal`](crate::shop::invoices::InvoiceRefusal) and what every write can answer.
pub async fn cancel_invoice(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: InvoiceId,
    reason: Note,
) -> Result<Done<InvoiceView>, ServiceError> {
    let permit = scope.permit::<CancelInvoice>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, CancelInvoice::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(find(&mut *turn, id).await?));
    }
    let (change, bill) = decided_cancel(road, &mut *turn, permit.limits(), id, reason).await?;
    let view = Bill { invoice: change.after.clone(), ..bill };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// A bill.
///
/// # Errors
/// What every read can answer.
pub async fn invoice(road: &Road, scope: &Scope, id: InvoiceId) -> Result<InvoiceView, ServiceError> {
    let _permit = scope.permit::<ReadInvoices>()?;
    find(&mut *road.store.reader(scope).await?, id).await
}

/// A bill, and how what is open of it is paid.
///
/// # Errors
/// What every read can answer.
pub async fn invoice_to_pay(
    road: &Road,
    scope: &Scope,
    id: InvoiceId,
) -> Result<(InvoiceView, Option<PrintedPay>), ServiceError> {
    let _permit = scope.permit::<ReadInvoices>()?;
    let mut reader = road.store.reader(scope).await?;
    let bill = find(&mut *reader, id).await?;
    let pay = PrintedPay::of(&bill, reader.workspace().await?.payee.as_ref());
    Ok((bill, pay))
}

/// A bill as it is printed, on the copy of whoever gets it.
///
/// Printing is a read: nothing notes that it was done.
///
/// # Errors
/// What every read can answer.
pub async fn printed_invoice(
    road: &Road,
    scope: &Scope,
    id: InvoiceId,
    copy: BillCopy,
) -> Result<PrintedBill, ServiceError> {
    let _permit = scope.permit::<ReadInvoices>()?;
    let mut reader = road.store.reader(scope).await?;
    let bill = find(&mut *reader, id).await?;
    let parties = reader.invoice_parties(id).await?;
    let parties = parties.ok_or_else(|| StoreError::corrupt("a bill without its parties"))?;
    let workspace = reader.workspace().await?;
    let printed = print(&bill, &parties, copy, workspace.zone, workspace.payee.as_ref());
    printed.map_err(|error| StoreError::corrupt(error.to_string()).into())
}

/// A bill as the e-invoice that is registered for it. It is made anew each time, of what the bill said on the day of issue.
///
/// # Errors
/// [`EInvoiceRefusal`](crate::shop::e_invoice::EInvoiceRefusal) and what every read can answer.
pub async fn e_invoice(road: &Road, scope: &Scope, id: InvoiceId) -> Result<EInvoice, ServiceError> {
    let _permit = scope.permit::<ReadInvoices>()?;
    let mut reader = road.store.reader(scope).await?;
    let bill = find(&mut *reader, id).await?;
    let parties = reader.invoice_parties(id).await?;
    let parties = parties.ok_or_else(|| StoreError::corrupt("a bill without its parties"))?;
    Ok(document(&bill, &parties)?)
}

/// The heads of bills, newest first, each with what is settled of it.
///
/// # Errors
/// What every read can answer.
pub async fn invoices(
    road: &Road,
    scope: &Scope,
    filter: InvoiceFilter,
    page: PageRequest<InvoiceId>,
) -> Result<Page<(Invoice, Money), InvoiceId>, ServiceError> {
    let _permit = scope.permit::<ReadInvoices>()?;
    Ok(road.store.reader(scope).await?.invoices(filter, page).await?)
}
