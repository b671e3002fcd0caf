//! What goes by itself: personal values whose class has passed are taken out of the log and of their rows, by a job of the
//! house, with an entry for each batch.
//!
//! The log remembers how far each class has come: the last entry of the job says so, and a job that died between two
//! batches goes on there. Entries are in the order of their time, so that nothing behind that place is ever due again.

use super::found::{PAGE, entries_from};
use crate::audit::{
    Body, BodyPut, Change, Column as _, Draft, Erased, Record as _, Subject, Value, named_places,
};
use crate::erasure::{ExpiryClass, RetentionRule};
use crate::identity::actions::ExpirePersonal;
use crate::identity::mails::Mail;
use crate::identity::member::Session;
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Road, ServiceError};
use crate::store::{AuditFilter, PageRequest, Reader, Scrub, StoreError};
use crate::tenancy::{Id, Job, MailId, Purpose, RequestFacts, Scope, SessionId, TenantId};
use crate::time::{Date, Timestamp};

/// The purpose of the job.
#[derive(Debug)]
pub struct Expiring;

impl Purpose for Expiring {
    const NAME: &'static str = "retention";
    const ACTIONS: &'static [&'static str] = &[ExpirePersonal::CODE];
}

/// How many batches of one workspace and class one run takes: what is left waits for the next.
const BATCHES: u16 = 20;

/// What the entry of a batch says of its place.
const THROUGH: &str = "through";

struct Expired {
    class: ExpiryClass,
    /// The first entry that was not looked at.
    through: u64,
    places: Vec<Erased>,
    sessions: Vec<Session>,
    mails: Vec<Mail>,
}

impl Change for Expired {
    type By = ExpirePersonal;

    fn subject(&self) -> Subject {
        Subject::new("retention", self.class)
    }

    fn record(self, draft: &mut Draft) {
        draft.note(THROUGH, self.through);
        draft.erase(self.places);
        for session in self.sessions {
            draft.blank(&session, session.erased());
        }
        for mail in self.mails {
            draft.blank(&mail, mail.erased());
        }
    }
}

/// Erases what has passed its class in one workspace, a batch of at most 500 entries in a turn of its own. Returns how many
/// values of the log it emptied.
///
/// # Errors
/// [`ServiceError::Store`]; what was not reached waits for the next run.
pub async fn expire_personal(
    road: &Road,
    job: &Job<Expiring>,
    tenant: TenantId,
) -> Result<usize, ServiceError> {
    let mut emptied = 0_usize;
    for class in ExpiryClass::ALL {
        for _ in 0..BATCHES {
            let request_id = format!("retention-{}", road.clock.now().micros());
            let scope = job.scope(tenant, RequestFacts { request_id, ..RequestFacts::default() });
            match one_batch(road, &scope, *class).await? {
                None => break,
                Some(count) => emptied = emptied.saturating_add(count),
            }
        }
    }
    if emptied > 0 {
        // It is erased, whatever comes of this; a store that could not do it now says so in its own log.
        let _ = road.store.scrub(tenant, Scrub::AtOnce).await;
    }
    Ok(emptied)
}

async fn one_batch(road: &Road, scope: &Scope, class: ExpiryClass) -> Result<Option<usize>, ServiceError> {
    // Looked at without the turn first: mostly there is nothing to do.
    let mut reader = road.store.reader(scope).await?;
    let is_due = batch(&mut *reader, class, road.clock.now()).await?.is_some();
    drop(reader);
    if !is_due {
        return Ok(None);
    }
    let permit = scope.permit::<ExpirePersonal>()?;
    let mut turn = road.turn(scope).await?;
    let now = turn.now();
    let Some(expired) = batch(&mut *turn, class, now).await? else {
        turn.rollback().await;
        return Ok(None);
    };
    let count = expired.places.len();
    road.finish(turn, permit.seal(expired, &*road.entropy), Known::NONE).await?;
    Ok(Some(count))
}

/// The next entries of which something goes today; `None` where there is nothing worth an entry.
async fn batch(
    reader: &mut (impl Reader + ?Sized),
    class: ExpiryClass,
    now: Timestamp,
) -> Result<Option<Expired>, StoreError> {
    let zone = reader.workspace().await?.zone;
    let today = zone.date_of(now);
    let (from, size) = (expired_to(reader, class).await?, reader.head().await?.frontier.size());
    let names = class.names();
    let mut expired =
        Expired { class, through: from, places: Vec::new(), sessions: Vec::new(), mails: Vec::new() };
    let entries = entries_from(reader, from, size, PAGE).await?;
    let over = entries.iter().take_while(|stored| class.is_over(zone.date_of(stored.entry.at), today));
    for stored in over {
        expired.through = stored.entry.seq.saturating_add(1);
        let places = named_places(stored.entry.seq, &stored.openings, &names)?;
        let rows = Body::from_openings(&stored.openings)?.puts;
        for put in &rows {
            match class {
                ExpiryClass::Traffic => expired.sessions.extend(session_of(reader, put).await?),
                ExpiryClass::Mails => expired.mails.extend(mail_of(reader, put).await?),
            }
        }
        expired.places.extend(places.into_iter().map(|place| place.at));
    }
    expired.sessions.sort_by_key(|session| session.id);
    expired.sessions.dedup();
    expired.mails.sort_by_key(|mail| mail.id);
    expired.mails.dedup();
    let is_anything = !(expired.places.is_empty() && expired.sessions.is_empty() && expired.mails.is_empty());
    // A whole page of nothing is worth an entry, so that nobody reads it every hour.
    let is_page = expired.through.saturating_sub(from) >= u64::from(PAGE);
    Ok((is_anything || is_page).then_some(expired))
}

fn key_of(put: &BodyPut) -> Option<uuid::Uuid> {
    put.fields.iter().find_map(|(tag, value)| match value {
        Value::Id(id) if *tag == 1 => Some(*id),
        _ => None,
    })
}

/// The session that a row is of, if it still says from where it was.
async fn session_of(
    reader: &mut (impl Reader + ?Sized),
    put: &BodyPut,
) -> Result<Option<Session>, StoreError> {
    let id = key_of(put).filter(|_| put.table == Session::TABLE);
    let Some(id) = id else { return Ok(None) };
    let session = reader.session(SessionId::from_uuid(id)).await?;
    Ok(session.filter(|session| session.address.is_some() || session.agent.is_some()))
}

/// The mail that a row is of, if its address is still there.
async fn mail_of(reader: &mut (impl Reader + ?Sized), put: &BodyPut) -> Result<Option<Mail>, StoreError> {
    let id = key_of(put).filter(|_| put.table == Mail::TABLE);
    let Some(id) = id else { return Ok(None) };
    let before = MailId::from_uuid(uuid::Uuid::from_u128(id.as_u128().saturating_sub(1)));
    let page = reader.mails(PageRequest { after: Some(before), limit: 1 }).await?;
    Ok(page.items.into_iter().find(|mail| mail.id.uuid() == id && mail.recipient.is_some()))
}

/// Up to which entry, itself not included, a class has gone by itself.
pub(super) async fn expired_to(
    reader: &mut (impl Reader + ?Sized),
    class: ExpiryClass,
) -> Result<u64, StoreError> {
    Ok(last_run(reader, class).await?.map_or(0, |(_, through)| through))
}

async fn last_run(
    reader: &mut (impl Reader + ?Sized),
    class: ExpiryClass,
) -> Result<Option<(Timestamp, u64)>, StoreError> {
    let filter = AuditFilter {
        action: Some(ExpirePersonal::CODE.to_owned()),
        subject: Some(class.to_string()),
        ..AuditFilter::default()
    };
    let mut page = PageRequest::first(1);
    loop {
        let entries = reader.entries(&filter, page).await?;
        if let Some(stored) = entries.items.first() {
            let notes = Body::from_openings(&stored.openings)?.notes;
            let through = notes.into_iter().find(|(name, _)| name == THROUGH).map(|(_, value)| value);
            let through = through.ok_or_else(|| StoreError::corrupt("a retention run without its place"))?;
            return Ok(Some((stored.entry.at, u64::from_value(through)?)));
        }
        match entries.next {
            None => return Ok(None),
            after => page.after = after,
        }
    }
}

/// How far a class has come in one workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retained {
    /// The class.
    pub class: ExpiryClass,
    /// When something of it last went.
    pub last_run: Option<Timestamp>,
    /// How many entries of the log are behind it.
    pub through: u64,
    /// The day since which something of it should have gone and has not.
    pub overdue_since: Option<Date>,
    /// The rule that keeps what comes next, where one keeps it for longer than the class does.
    pub held_by: Option<&'static RetentionRule>,
}

/// How far each class has come in the reader's workspace, at `now`. What became due within the last two days may still be
/// waiting for its run.
///
/// # Errors
/// What every read can answer.
pub async fn retained(reader: &mut dyn Reader, now: Timestamp) -> Result<Vec<Retained>, StoreError> {
    let zone = reader.workspace().await?.zone;
    let today = zone.date_of(now);
    let size = reader.head().await?.frontier.size();
    let mut all = Vec::new();
    for class in ExpiryClass::ALL.iter().copied() {
        let last = last_run(reader, class).await?;
        let through = last.map_or(0, |(_, through)| through);
        let (mut overdue_since, mut held_by) = (None, None);
        // What says nothing of anybody waits for company.
        for stored in entries_from(reader, through, size, PAGE).await? {
            if named_places(stored.entry.seq, &stored.openings, &class.names())?.is_empty() {
                continue;
            }
            let (on, rule) = class.goes_on(zone.date_of(stored.entry.at), today);
            held_by = rule;
            overdue_since = (crate::time::plus_days(on, 2) <= today).then_some(on);
            break;
        }
        all.push(Retained { class, last_run: last.map(|(at, _)| at), through, overdue_since, held_by });
    }
    Ok(all)
}
