//! Credit and debit notes: preview, issue, cancel, find.

use super::credit::free_credit_if_refunded;
use crate::ledger::{JournalEntryId, Series, SeriesKind};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::actions::{
    CancelCreditNote, CancelDebitNote, IssueCreditNote, IssueDebitNote, ReadInvoices,
};
use crate::shop::invoices::{Bill, CancelIds, InvoiceId};
use crate::shop::notes::{
    BillNote, BillNoteId, CREDIT_PREFIX, CancelNoteKnown, CreditKnown, DEBIT_PREFIX, DebitKnown,
    NewCreditNote, NewDebitNote, NoteIds, NoteKind, NoteRefusal, NoteWithLines, decide_cancel_credit,
    decide_cancel_debit, decide_credit, decide_debit,
};
use crate::shop::refunds::RefundState;
use crate::shop::stock::MovementId;
use crate::store::{NoteFilter, Page, PageRequest, Reader, StoreError, Writer};
use crate::tenancy::{Id as _, Scope};
use crate::text::{Label, Note};
use crate::time::{Date, FinancialYear, Timestamp};

const fn missing(kind: NoteKind) -> ServiceError {
    ServiceError::NotFound(match kind {
        NoteKind::CreditNote => "credit_note",
        NoteKind::DebitNote => "debit_note",
    })
}

async fn find(
    reader: &mut (impl Reader + ?Sized),
    kind: NoteKind,
    id: BillNoteId,
) -> Result<NoteWithLines, ServiceError> {
    reader.note(id).await?.filter(|found| found.note.kind == kind).ok_or(missing(kind))
}

async fn replayed(
    turn: &mut dyn Writer,
    kind: NoteKind,
    id: &str,
) -> Result<Done<NoteWithLines>, ServiceError> {
    let id = id.parse().map_err(|_| missing(kind))?;
    Ok(Done::before(find(turn, kind, id).await?))
}

async fn bill_of(reader: &mut (impl Reader + ?Sized), id: InvoiceId) -> Result<Bill, ServiceError> {
    Ok(reader.invoice(id).await?.ok_or(NoteRefusal::NoBill)?)
}

async fn series_of(
    reader: &mut (impl Reader + ?Sized),
    kind: SeriesKind,
    prefix: &str,
    today: Date,
) -> Result<Option<Series>, ServiceError> {
    let prefix = Label::new(prefix).map_err(StoreError::failed)?;
    Ok(reader.series(kind, &prefix, FinancialYear::of(today).starts_in()).await?)
}

fn ids(road: &Road, lines: usize, now: Timestamp) -> NoteIds {
    NoteIds {
        note: BillNoteId::new(now, &*road.entropy),
        entry: JournalEntryId::new(now, &*road.entropy),
        movements: (0..lines).map(|_| MovementId::new(now, &*road.entropy)).collect(),
    }
}

/// Reads everything that a credit note needs.
async fn known_for_credit(
    reader: &mut (impl Reader + ?Sized),
    invoice: InvoiceId,
    now: Timestamp,
) -> Result<CreditKnown, ServiceError> {
    let bill = bill_of(reader, invoice).await?;
    let today = reader.workspace().await?.zone.date_of(now);
    let movements = reader.movements(bill.invoice.entry).await?;
    let (mut items, mut huid_taken) = (Vec::new(), Vec::new());
    for id in bill.lines.iter().filter_map(|line| line.item) {
        let Some(item) = reader.item(id).await? else { continue };
        if let Some(huid) = &item.huid
            && reader.item_by_huid(huid.as_str()).await?.is_some_and(|live| live.id != item.id)
        {
            huid_taken.push(item.id);
        }
        items.push(item);
    }
    Ok(CreditKnown {
        movements,
        notes: reader.notes_against(invoice).await?,
        items,
        huid_taken,
        series: series_of(reader, SeriesKind::CreditNote, CREDIT_PREFIX, today).await?,
        accounts: reader.accounts_for(Some(bill.invoice.party.uuid())).await?,
        bill,
        today,
        now,
    })
}

async fn known_for_debit(
    reader: &mut (impl Reader + ?Sized),
    invoice: InvoiceId,
    now: Timestamp,
) -> Result<DebitKnown, ServiceError> {
    let bill = bill_of(reader, invoice).await?;
    let today = reader.workspace().await?.zone.date_of(now);
    Ok(DebitKnown {
        notes: reader.notes_against(invoice).await?,
        home: reader.business().await?.state,
        series: series_of(reader, SeriesKind::DebitNote, DEBIT_PREFIX, today).await?,
        accounts: reader.accounts_for(Some(bill.invoice.party.uuid())).await?,
        bill,
        today,
        now,
    })
}

/// Works a credit note out without issuing it. Its number and id are nobody's: they are given when it is issued.
///
/// # Errors
/// [`NoteRefusal`] and what every read can answer.
pub async fn preview_credit_note(
    road: &Road,
    scope: &Scope,
    new: &NewCreditNote,
) -> Result<NoteWithLines, ServiceError> {
    let permit = scope.permit::<IssueCreditNote>()?;
    let now = road.clock.now();
    let known = known_for_credit(&mut *road.store.reader(scope).await?, new.invoice, now).await?;
    let ids = ids(road, known.bill.lines.len(), now);
    let change = decide_credit(&known, permit.limits(), new, &ids)?;
    Ok(NoteWithLines { note: change.note, lines: change.lines })
}

/// Issues a credit note.
///
/// # Errors
/// [`NoteRefusal`] and what every write can answer.
pub async fn issue_credit_note(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewCreditNote,
) -> Result<Done<NoteWithLines>, ServiceError> {
    let permit = scope.permit::<IssueCreditNote>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, IssueCreditNote::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        return replayed(&mut *turn, NoteKind::CreditNote, &id).await;
    }
    let now = turn.now();
    let known = known_for_credit(&mut *turn, new.invoice, now).await?;
    let ids = ids(road, known.bill.lines.len(), now);
    let change = decide_credit(&known, permit.limits(), new, &ids)?;
    let view = NoteWithLines { note: change.note.clone(), lines: change.lines.clone() };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Works a debit note out without issuing it. Its number and id are nobody's: they are given when it is issued.
///
/// # Errors
/// [`NoteRefusal`] and what every read can answer.
pub async fn preview_debit_note(
    road: &Road,
    scope: &Scope,
    new: &NewDebitNote,
) -> Result<NoteWithLines, ServiceError> {
    let _permit = scope.permit::<IssueDebitNote>()?;
    let now = road.clock.now();
    let known = known_for_debit(&mut *road.store.reader(scope).await?, new.invoice, now).await?;
    let change = decide_debit(&known, new, &ids(road, 0, now))?;
    Ok(NoteWithLines { note: change.note, lines: change.lines })
}

/// Issues a debit note.
///
/// # Errors
/// [`NoteRefusal`] and what every write can answer.
pub async fn issue_debit_note(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewDebitNote,
) -> Result<Done<NoteWithLines>, ServiceError> {
    let permit = scope.permit::<IssueDebitNote>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, IssueDebitNote::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        return replayed(&mut *turn, NoteKind::DebitNote, &id).await;
    }
    let now = turn.now();
    let known = known_for_debit(&mut *turn, new.invoice, now).await?;
    let change = decide_debit(&known, new, &ids(road, 0, now))?;
    let view = NoteWithLines { note: change.note.clone(), lines: change.lines.clone() };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Reads what cancelling a note needs.
async fn known_for_cancel(
    turn: &mut dyn Writer,
    note: NoteWithLines,
) -> Result<CancelNoteKnown, ServiceError> {
    let now = turn.now();
    let bill = turn.invoice(note.note.invoice).await?;
    let bill = bill.ok_or_else(|| StoreError::corrupt("a note without its bill"))?;
    let journal = turn.journal(note.note.entry).await?;
    let journal = journal.ok_or_else(|| StoreError::corrupt("a note without its journal entry"))?;
    let movements = turn.movements(note.note.entry).await?;
    let mut items = Vec::new();
    for id in movements.iter().filter_map(|movement| movement.item) {
        items.extend(turn.item(id).await?);
    }
    let mut lots: Vec<(crate::shop::stock::Lot, crate::shop::stock::OnHand)> = Vec::new();
    for id in movements.iter().filter_map(|movement| movement.lot) {
        if !lots.iter().any(|(lot, _)| lot.id == id) {
            lots.extend(turn.lot(id).await?);
        }
    }
    let refunds = turn.refunds_of(note.note.id).await?;
    let free_credit = free_credit_if_refunded(turn, note.note.party, note.note.issued_at).await?;
    Ok(CancelNoteKnown {
        refunded: refunds.iter().any(|refund| refund.state == RefundState::Paid),
        free_credit,
        notes: turn.notes_against(note.note.invoice).await?,
        today: turn.workspace().await?.zone.date_of(now),
        note,
        bill,
        journal,
        movements,
        items,
        lots,
        now,
    })
}

fn cancel_ids(road: &Road, known: &CancelNoteKnown) -> CancelIds {
    CancelIds {
        entry: JournalEntryId::new(known.now, &*road.entropy),
        movements: known.movements.iter().map(|_| MovementId::new(known.now, &*road.entropy)).collect(),
    }
}

/// Cancels a credit note.
///
/// # Errors
/// [`NoteRefusal`] and what every write can answer.
pub async fn cancel_credit_note(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: BillNoteId,
    reason: Note,
) -> Result<Done<NoteWithLines>, ServiceError> {
    let permit = scope.permit::<CancelCreditNote>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, CancelCreditNote::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        return replayed(&mut *turn, NoteKind::CreditNote, &id).await;
    }
    let note = find(&mut *turn, NoteKind::CreditNote, id).await?;
    let known = known_for_cancel(&mut *turn, note).await?;
    let change = decide_cancel_credit(&known, permit.limits(), reason, &cancel_ids(road, &known))?;
    let view = NoteWithLines { note: change.0.after.clone(), lines: known.note.lines };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Cancels a debit note.
///
/// # Errors
/// [`NoteRefusal`] and what every write can answer.
pub async fn cancel_debit_note(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: BillNoteId,
    reason: Note,
) -> Result<Done<NoteWithLines>, ServiceError> {
    let permit = scope.permit::<CancelDebitNote>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, CancelDebitNote::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        return replayed(&mut *turn, NoteKind::DebitNote, &id).await;
    }
    let note = find(&mut *turn, NoteKind::DebitNote, id).await?;
    let known = known_for_cancel(&mut *turn, note).await?;
    let change = decide_cancel_debit(&known, permit.limits(), reason, &cancel_ids(road, &known))?;
    let view = NoteWithLines { note: change.0.after.clone(), lines: known.note.lines };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// A note of a kind.
///
/// # Errors
/// What every read can answer.
pub async fn note(
    road: &Road,
    scope: &Scope,
    kind: NoteKind,
    id: BillNoteId,
) -> Result<NoteWithLines, ServiceError> {
    let _permit = scope.permit::<ReadInvoices>()?;
    find(&mut *road.store.reader(scope).await?, kind, id).await
}

/// The heads of notes, newest first.
///
/// # Errors
/// What every read can answer.
pub async fn notes(
    road: &Road,
    scope: &Scope,
    filter: NoteFilter,
    page: PageRequest<BillNoteId>,
) -> Result<Page<BillNote, BillNoteId>, ServiceError> {
    let _permit = scope.permit::<ReadInvoices>()?;
    Ok(road.store.reader(scope).await?.notes(filter, page).await?)
}
