//! A former member's personal data: how it stands, asking for it to be erased.

use std::collections::BTreeSet;

use super::expiring::expired_to;
use super::found::{Found, PAGE, entries_from};
use crate::audit::{Body, ERASING, Outcome, Record as _};
use crate::erasure::{ErasureBasis, ExpiryClass, FieldStanding, MOST_PLACES, MemberField, MemberKnown};
use crate::identity::actions::ReadMembers;
use crate::identity::approvals::Approval;
use crate::identity::links::Link;
use crate::identity::mails::Mail;
use crate::identity::member::{ApiToken, Credential, Member, Pin, SecondFactor, Session};
use crate::identity::roles::CustomRole;
use crate::identity::tills::Till;
use crate::service::access::{AskedCommand, Command, ask_approval};
use crate::service::{Done, Presented, Road, ServiceError};
use crate::store::{AuditFilter, PageRequest, Reader, StoreError, StoredEntry};
use crate::tenancy::{MemberId, Scope};
use crate::text::Note;
use crate::time::{Date, Timestamp, Zone};

const MISSING: ServiceError = ServiceError::NotFound("member");

/// What says who may come in, and nothing of the business: whoever changed only these is known for nothing that the books
/// need.
const ACCESS: [&str; 11] = [
    Approval::TABLE,
    Member::TABLE,
    Credential::TABLE,
    SecondFactor::TABLE,
    Pin::TABLE,
    Till::TABLE,
    Session::TABLE,
    ApiToken::TABLE,
    Link::TABLE,
    Mail::TABLE,
    CustomRole::TABLE,
];

/// How each personal field of a former member stands: whether there is anything of it, and from when on it may be erased.
/// Of somebody who is still here it says the same, counted as if they left today.
///
/// # Errors
/// What every read can answer.
pub async fn member_erasure(
    road: &Road,
    scope: &Scope,
    id: MemberId,
) -> Result<Vec<FieldStanding<MemberField>>, ServiceError> {
    let _permit = scope.permit::<ReadMembers>()?;
    let mut reader = road.store.reader(scope).await?;
    Ok(known_member(&mut *reader, id, road.clock.now()).await?.standing())
}

/// Asks a second person to let these fields of a former member be erased, all of them where none is named.
///
/// # Errors
/// [`StillHeld`](crate::erasure::StillHeld), [`ErasureRefusal`](crate::erasure::ErasureRefusal), and what
/// [`ask_approval`] can answer.
pub async fn ask_member_erasure(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: MemberId,
    basis: ErasureBasis,
    fields: Vec<MemberField>,
    note: Option<Note>,
) -> Result<Done<Approval>, ServiceError> {
    let asked = AskedCommand { command: Command::MemberErase { member: id, basis, fields }, note };
    ask_approval(road, scope, presented, &asked).await
}

/// What has to be known to decide about it.
///
/// A member's values stand in many entries: of what was done with them, of what they did, of every session and every mail
/// of theirs. Each kind is found by an index: the subject, the actor, the instant. The conformance kit holds that none is
/// missed.
pub(in crate::service) async fn known_member(
    reader: &mut (impl Reader + ?Sized),
    id: MemberId,
    now: Timestamp,
) -> Result<MemberKnown, ServiceError> {
    let member = reader.member(id).await?.ok_or(MISSING)?;
    let zone = reader.workspace().await?.zone;
    let today = zone.date_of(now);
    let mut found = Found::nothing(id);
    // The first entry founds the workspace, and is about that.
    for stored in entries_from(reader, 0, 1, 1).await? {
        found.look_into(&stored)?;
    }
    let last_with = with_them(reader, id, &mut found).await?;
    let own = own_deeds(reader, id, &mut found, zone, today).await?;
    let mails = mails_to(reader, id).await?;
    let mut instants: BTreeSet<Timestamp> = mails.iter().map(|mail| mail.queued_at).collect();
    let mut sessions = Vec::new();
    for session in found.sessions.clone() {
        // Whoever closes a till closes everybody's sessions on it, in one entry.
        let Some(session) = reader.session(session).await? else { continue };
        instants.extend(session.closed_at);
        sessions.push(session);
    }
    for at in instants {
        let filter = AuditFilter { from: Some(at), to: Some(at.plus_micros(1)), ..AuditFilter::default() };
        each(reader, &filter, |stored| found.look_into(stored).map(|()| true)).await?;
    }
    let last =
        [Some(last_with), own.last, mails.iter().map(|mail| mail.queued_at).max(), Some(member.created_at)];
    let last = last.into_iter().flatten().max().unwrap_or(member.created_at);
    sessions.retain(|session| session.address.is_some() || session.agent.is_some());
    Ok(MemberKnown {
        places: found.into_places(),
        sessions,
        mails: mails.into_iter().filter(|mail| mail.recipient.is_some()).collect(),
        links: reader.open_links(id).await?,
        factor: reader.second_factor(id).await?,
        last_document: own.last_document,
        last_processing: zone.date_of(last),
        today,
        now,
        member,
    })
}

/// Goes through entries, newest first, as long as `look` answers yes.
async fn each(
    reader: &mut (impl Reader + ?Sized),
    filter: &AuditFilter,
    mut look: impl FnMut(&StoredEntry) -> Result<bool, StoreError> + Send,
) -> Result<(), StoreError> {
    let mut page = PageRequest::first(PAGE);
    loop {
        let entries = reader.entries(filter, page).await?;
        for stored in &entries.items {
            if !look(stored)? {
                return Ok(());
            }
        }
        match entries.next {
            None => return Ok(()),
            after => page.after = after,
        }
    }
}

/// What was done with them. Answers when, but for erasures: else each would hold up the next.
async fn with_them(
    reader: &mut (impl Reader + ?Sized),
    id: MemberId,
    found: &mut Found,
) -> Result<Timestamp, StoreError> {
    let filter = AuditFilter { subject: Some(id.to_string()), ..AuditFilter::default() };
    let mut last = Timestamp::from_micros(0);
    each(reader, &filter, |stored| {
        if !ERASING.contains(&stored.entry.action.as_str()) {
            last = last.max(stored.entry.at);
        }
        found.look_into(stored)?;
        // A link that was asked for or used before anybody was signed in: from where, it is theirs or a stranger's.
        if !["member", "token", "operator"].contains(&stored.entry.actor.kind.as_str()) {
            found.look_at_request(stored)?;
        }
        Ok(true)
    })
    .await?;
    Ok(last)
}

/// When they last did something.
#[derive(Debug, Default)]
struct Deeds {
    last: Option<Timestamp>,
    last_document: Option<Date>,
}

/// What they did, by themselves and by tokens of theirs. Where their whereabouts are still kept nobody looks for them; what
/// has gone by itself is behind them.
async fn own_deeds(
    reader: &mut (impl Reader + ?Sized),
    id: MemberId,
    found: &mut Found,
    zone: Zone,
    today: Date,
) -> Result<Deeds, StoreError> {
    let mut actors = vec![id.to_string()];
    let mut page = PageRequest::first(PAGE);
    loop {
        let tokens = reader.api_tokens(Some(id), page).await?;
        actors.extend(tokens.items.iter().map(|token| token.id.to_string()));
        match tokens.next {
            None => break,
            after => page.after = after,
        }
    }
    let gone = expired_to(reader, ExpiryClass::Traffic).await?;
    let mut deeds = Deeds::default();
    for actor in actors.clone() {
        let filter = AuditFilter { actor: Some(actor), ..AuditFilter::default() };
        each(reader, &filter, |stored| {
            deeds.last = deeds.last.max(Some(stored.entry.at));
            Ok(false)
        })
        .await?;
    }
    let are_kept = deeds.last.is_some_and(|at| MemberKnown::keeps_whereabouts(zone.date_of(at), today));
    for actor in actors {
        let mut document = None;
        let filter = AuditFilter { actor: Some(actor), ..AuditFilter::default() };
        each(reader, &filter, |stored| {
            if document.is_none() && is_of_the_business(stored)? {
                document = Some(zone.date_of(stored.entry.at));
            }
            let looks = !are_kept && stored.entry.seq >= gone;
            if looks {
                found.look_at_request(stored)?;
                found.look_into(stored)?;
            }
            // One more than may be erased at once is enough to refuse it.
            Ok(document.is_none() || (looks && found.len() <= MOST_PLACES))
        })
        .await?;
        deeds.last_document = deeds.last_document.max(document);
    }
    Ok(deeds)
}

fn is_of_the_business(stored: &StoredEntry) -> Result<bool, StoreError> {
    if stored.entry.outcome != Outcome::Done {
        return Ok(false);
    }
    let puts = Body::from_openings(&stored.openings)?.puts;
    Ok(puts.iter().any(|put| !ACCESS.contains(&put.table.as_str())))
}

/// Every mail that went to them, also one whose address is gone.
async fn mails_to(reader: &mut (impl Reader + ?Sized), id: MemberId) -> Result<Vec<Mail>, StoreError> {
    let (mut theirs, mut page) = (Vec::new(), PageRequest::first(PAGE));
    loop {
        let mails = reader.mails(page).await?;
        theirs.extend(mails.items.into_iter().filter(|mail| mail.member == Some(id)));
        match mails.next {
            None => return Ok(theirs),
            after => page.after = after,
        }
    }
}
