//! A customer's personal data: how it stands, asking for it to be erased.

use crate::audit::{BodyPut, FieldSpec, Place, Record as _, Value, personal_places};
use crate::erasure::{CustomerField, CustomerKnown, ErasureBasis, FieldStanding};
use crate::identity::approvals::Approval;
use crate::service::access::{AskedCommand, Command, ask_approval};
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::actions::ReadCustomers;
use crate::shop::bookings::BookingState;
use crate::shop::invoices::{InvoiceId, InvoiceParties};
use crate::shop::parties::{Party, PartyId};
use crate::store::{AdvanceFilter, AuditFilter, BookingFilter, PageRequest, Reader, StoreError};
use crate::tenancy::{Id as _, Scope};
use crate::text::Note;
use crate::time::{Date, Timestamp};

const MISSING: ServiceError = ServiceError::NotFound("customer");
const PAGE: u16 = 500;

/// How each personal field of a customer stands: whether there is anything of it, and from when on it may be erased.
///
/// # Errors
/// What every read can answer.
pub async fn customer_erasure(
    road: &Road,
    scope: &Scope,
    id: PartyId,
) -> Result<Vec<FieldStanding<CustomerField>>, ServiceError> {
    let _permit = scope.permit::<ReadCustomers>()?;
    let mut reader = road.store.reader(scope).await?;
    Ok(known_customer(&mut *reader, id, road.clock.now()).await?.standing())
}

/// Asks a second person to let these fields of a customer be erased, all of them where none is named.
///
/// # Errors
/// [`StillHeld`](crate::erasure::StillHeld), [`ErasureRefusal`](crate::erasure::ErasureRefusal), and what
/// [`ask_approval`] can answer.
pub async fn ask_customer_erasure(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: PartyId,
    basis: ErasureBasis,
    fields: Vec<CustomerField>,
    note: Option<Note>,
) -> Result<Done<Approval>, ServiceError> {
    let asked = AskedCommand { command: Command::CustomerErase { customer: id, basis, fields }, note };
    ask_approval(road, scope, presented, &asked).await
}

/// What has to be known to decide about it.
pub(in crate::service) async fn known_customer(
    reader: &mut (impl Reader + ?Sized),
    id: PartyId,
    now: Timestamp,
) -> Result<CustomerKnown, ServiceError> {
    let party = reader.party(id).await?.ok_or(MISSING)?;
    let zone = reader.workspace().await?.zone;
    let (mut places, last_change) = places_of(reader, id).await?;
    let bills = bills_saying(reader, id).await?;
    for bill in &bills {
        places.extend(places_on(reader, bill.invoice).await?);
    }
    let (mut last_document, mut is_settled) = (None, true);
    let accounts = reader.accounts_for(Some(id.uuid())).await?;
    let own: Vec<_> = accounts.into_iter().filter(|account| account.party == Some(id.uuid())).collect();
    let ids: Vec<_> = own.iter().map(|account| account.id).collect();
    for balance in reader.balances(&ids).await? {
        is_settled &= balance.debit == balance.credit;
    }
    for account in ids {
        let mut page = PageRequest::first(PAGE);
        loop {
            let postings = reader.postings(account, None, None, page).await?;
            last_document = last_document.max(postings.items.iter().map(|line| line.posting.effective).max());
            match postings.next {
                None => break,
                after => page.after = after,
            }
        }
    }
    let ahead = paid_ahead(reader, id).await?;
    is_settled &= ahead.is_settled;
    last_document = last_document.max(ahead.last);
    let recorded = last_change.max(party.created_at);
    Ok(CustomerKnown {
        last_processing: last_document.map_or(zone.date_of(recorded), |day| day.max(zone.date_of(recorded))),
        today: zone.date_of(now),
        party,
        bills,
        places,
        last_document,
        is_settled,
    })
}

/// What a customer paid ahead or booked.
struct Ahead {
    is_settled: bool,
    last: Option<Date>,
}

/// Advances are owed on an account of the shop's and not on the customer's own, and a booking is on none: both are asked
/// for. A booking that can still be used is not settled.
async fn paid_ahead(reader: &mut (impl Reader + ?Sized), id: PartyId) -> Result<Ahead, StoreError> {
    let mut ahead = Ahead { is_settled: true, last: None };
    let (filter, mut page) =
        (AdvanceFilter { party: Some(id), ..AdvanceFilter::default() }, PageRequest::first(PAGE));
    loop {
        let advances = reader.advances(filter, page).await?;
        for advance in &advances.items {
            ahead.is_settled &= advance.left() == 0;
            ahead.last = ahead.last.max(Some(advance.business_date));
        }
        match advances.next {
            None => break,
            after => page.after = after,
        }
    }
    let (filter, mut page) =
        (BookingFilter { party: Some(id), ..BookingFilter::default() }, PageRequest::first(PAGE));
    loop {
        let bookings = reader.bookings(filter, page).await?;
        for booking in &bookings.items {
            ahead.is_settled &= booking.state != BookingState::Open || booking.used >= booking.weight;
            ahead.last = ahead.last.max(Some(booking.business_date));
        }
        match bookings.next {
            None => return Ok(ahead),
            after => page.after = after,
        }
    }
}

/// Whatever the log still says of them. Every change that puts their row is about them, so the index of subjects finds it;
/// the conformance kit holds that none is missed.
async fn places_of(
    reader: &mut (impl Reader + ?Sized),
    id: PartyId,
) -> Result<(Vec<Place>, Timestamp), StoreError> {
    let filter = AuditFilter { subject: Some(id.to_string()), ..AuditFilter::default() };
    let (mut places, mut last) = (Vec::new(), Timestamp::from_micros(0));
    let mut page = PageRequest::first(PAGE);
    loop {
        let entries = reader.entries(&filter, page).await?;
        for stored in entries.items {
            last = last.max(stored.entry.at);
            places.extend(personal_places(stored.entry.seq, &stored.openings, |put| is_of(put, id))?);
        }
        match entries.next {
            None => return Ok((places, last)),
            after => page.after = after,
        }
    }
}

/// Whether a row is the customer's own, or what a bill of theirs says of them.
fn is_of(put: &BodyPut, id: PartyId) -> bool {
    let is = |name: &str, fields: &[FieldSpec]| {
        fields.iter().any(|spec| spec.name == name && put.fields.contains(&(spec.tag, Value::Id(id.uuid()))))
    };
    (put.table == Party::TABLE && is("id", Party::FIELDS))
        || (put.table == InvoiceParties::TABLE && is("party", InvoiceParties::FIELDS))
}

/// What the bills of a customer say of them, without those that say nothing any more: what an erasure takes off a bill it
/// takes out of the entry that issued the bill, so nothing is left there either.
async fn bills_saying(
    reader: &mut (impl Reader + ?Sized),
    id: PartyId,
) -> Result<Vec<InvoiceParties>, StoreError> {
    let (mut bills, mut page) = (Vec::new(), PageRequest::first(PAGE));
    loop {
        let of_page = reader.bills_saying(id, page).await?;
        bills.extend(of_page.items.into_iter().filter(|bill| !bill.is_erased()));
        match of_page.next {
            None => return Ok(bills),
            after => page.after = after,
        }
    }
}

/// Whatever the entries about a bill still say of its buyer.
async fn places_on(reader: &mut (impl Reader + ?Sized), bill: InvoiceId) -> Result<Vec<Place>, StoreError> {
    let filter = AuditFilter { subject: Some(bill.to_string()), ..AuditFilter::default() };
    let (mut places, mut page) = (Vec::new(), PageRequest::first(PAGE));
    loop {
        let entries = reader.entries(&filter, page).await?;
        for stored in entries.items {
            let is_said = |put: &BodyPut| put.table == InvoiceParties::TABLE;
            places.extend(personal_places(stored.entry.seq, &stored.openings, is_said)?);
        }
        match entries.next {
            None => return Ok(places),
            after => page.after = after,
        }
    }
}
