//! A customer's personal data: how it stands, asking for it to be erased.

use crate::audit::{BodyPut, Class, Place, Record as _, Value, personal_places};
use crate::erasure::{CustomerField, CustomerKnown, ErasureBasis, FieldStanding};
use crate::identity::approvals::Approval;
use crate::service::access::{AskedCommand, Command, ask_approval};
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::actions::ReadCustomers;
use crate::shop::parties::{Party, PartyId};
use crate::store::{AuditFilter, PageRequest, Reader, StoreError};
use crate::tenancy::{Id as _, Scope};
use crate::text::Note;
use crate::time::Timestamp;

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
    let (places, last_change) = places_of(reader, id).await?;
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
    let recorded = last_change.max(party.created_at);
    Ok(CustomerKnown {
        last_processing: last_document.map_or(zone.date_of(recorded), |day| day.max(zone.date_of(recorded))),
        today: zone.date_of(now),
        party,
        places,
        last_document,
        is_settled,
    })
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

fn is_of(put: &BodyPut, id: PartyId) -> bool {
    let mut keys = Party::FIELDS.iter().filter(|spec| spec.class == Class::Key);
    put.table == Party::TABLE && keys.all(|spec| put.fields.contains(&(spec.tag, Value::Id(id.uuid()))))
}
