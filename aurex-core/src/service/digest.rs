//! The weekly digest: what was unusual, told to every owner by mail, and “reviewed”, which is recorded.
//!
//! No table keeps any of it. The log says when a week's digest went out and who has reviewed it, as entries about the
//! week; the digest itself is worked out anew whenever somebody looks.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::access::audience::active_owners;
use super::access::mails::mail_row;
use super::idempotency::{Known, Presented};
use super::{Done, Road, ServiceError};
#[cfg(feature = "shop")]
use crate::audit::Body;
use crate::audit::digest::{Digest, Digester, Habits, Unusual, Week};
use crate::audit::{Change, Draft, Observation, Observed, Outcome, Subject};
use crate::identity::actions::{ReadAudit, ReviewAudit, SendDigest};
use crate::identity::mails::{Mail, MailKind};
use crate::money::Currency;
use crate::rbac::Action as _;
use crate::store::{AuditFilter, Page, PageRequest, Reader, StoreError};
use crate::tenancy::{Job, MemberId, Purpose, RequestFacts, Scope, TenantId};
use crate::time::{Date, Timestamp};

/// How many weeks are listed.
const WEEKS_LISTED: u32 = 12;
/// When a week's digest goes out: on Monday at seven, by the workspace's clock.
const SENT_AFTER_SECONDS: i64 = 7 * 3600;
/// The most entries that a digest looks at; beyond, it says that it is not whole.
const MOST_ENTRIES: u32 = 200_000;
const AT_ONCE: u16 = 200;

crate::refusals! {
    /// Why there is no such digest.
    pub enum DigestRefusal {
        /// The date is no Monday, or its week is not over yet.
        NotAWeek = Invalid, "digest.not_a_week", "/week", "a digest is named by the Monday of a week that is over";
    }
}

/// The purpose of the job.
#[derive(Debug)]
pub struct Digesting;

impl Purpose for Digesting {
    const NAME: &'static str = "digesting";
    const ACTIONS: &'static [&'static str] = &["audit.digest"];
}

/// A week's digest, with the names of the members in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestView {
    /// What stands out.
    pub digest: Digest,
    /// The names of members that it speaks of, by id.
    pub names: BTreeMap<String, String>,
    /// Whether every entry was looked at; a log of more than 200,000 entries in five weeks is looked at in part.
    pub is_whole: bool,
    /// When it was sent to the owners, and who has reviewed it.
    pub state: DigestState,
}

/// What has become of a week's digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestState {
    /// The week's Monday.
    pub week: Date,
    /// When it was mailed to the owners.
    pub sent_at: Option<Timestamp>,
    /// Who has reviewed it, and when, first to last.
    pub reviews: Vec<(MemberId, Timestamp)>,
}

struct Sent {
    week: Date,
    unusual: u64,
    mails: Vec<Mail>,
}

impl Change for Sent {
    type By = SendDigest;

    fn subject(&self) -> Subject {
        Subject::new("week", self.week)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("unusual", self.unusual);
        self.mails.into_iter().for_each(|mail| draft.insert(mail));
    }
}

struct Reviewed {
    week: Date,
    unusual: u64,
}

impl Change for Reviewed {
    type By = ReviewAudit;

    fn subject(&self) -> Subject {
        Subject::new("week", self.week)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("unusual", self.unusual);
    }
}

/// The digests of the last twelve weeks, the last week first: when each was sent, and who has reviewed it.
///
/// # Errors
/// What every read can answer.
pub async fn digests(road: &Road, scope: &Scope) -> Result<Vec<DigestState>, ServiceError> {
    let _permit = scope.permit::<ReadAudit>()?;
    let mut reader = road.store.reader(scope).await?;
    let workspace = reader.workspace().await?;
    let now = road.clock.now();
    let this = Week::of(now, workspace.zone);
    let mut found = Vec::new();
    for before in 1..=WEEKS_LISTED {
        let week = this.earlier(before);
        if week.ends() <= workspace.created_at {
            break;
        }
        found.push(state(&mut *reader, week.monday()).await?);
    }
    Ok(found)
}

/// One week's digest. Looking at it is itself observed, as every reading of the log is.
///
/// # Errors
/// [`DigestRefusal`], and what every read can answer.
pub async fn digest(road: &Road, scope: &Scope, monday: Date) -> Result<DigestView, ServiceError> {
    let _permit = scope.permit::<ReadAudit>()?;
    let mut reader = road.store.reader(scope).await?;
    let now = road.clock.now();
    let week = over(&mut *reader, monday, now).await?;
    let view = view(&mut *reader, week).await?;
    drop(reader);
    let about = ("week", monday.to_string());
    let seen = Observation::new(
        now,
        Observed::of(scope),
        scope.facts(),
        "audit.viewed",
        about,
        Outcome::Seen,
        "digest",
    );
    road.store.observe(scope.tenant(), &seen).await?;
    Ok(view)
}

/// Records that somebody has looked through a week's digest. Whoever has done so before changes nothing.
///
/// # Errors
/// [`DigestRefusal`], and what every write can answer.
pub async fn review_digest(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    monday: Date,
) -> Result<Done<DigestState>, ServiceError> {
    let permit = scope.permit::<ReviewAudit>()?;
    let by = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, ReviewAudit::CODE, presented).await?;
    let now = turn.now();
    let week = over(&mut *turn, monday, now).await?;
    let mut state = state(&mut *turn, monday).await?;
    if let Known::Replayed(_) = key {
        return Ok(Done::before(state));
    }
    if state.reviews.iter().any(|(member, _)| *member == by) {
        return Ok(Done::nothing(state));
    }
    let unusual = view(&mut *turn, week).await?.digest.unusual.len();
    let change = Reviewed { week: monday, unusual: u64::try_from(unusual).unwrap_or(u64::MAX) };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    state.reviews.push((by, now));
    Ok(Done::now(state, receipt))
}

/// Mails last week's digest to a workspace's owners, once, from Monday at seven on. Answers whether it did.
///
/// A week without a single entry is not worth a mail.
///
/// # Errors
/// [`ServiceError::Store`]; nothing is sent then, and the next call tries again.
pub async fn send_digest(road: &Road, job: &Job<Digesting>, tenant: TenantId) -> Result<bool, ServiceError> {
    let now = road.clock.now();
    let request_id = format!("digesting-{}", now.micros());
    let scope = job.scope(tenant, RequestFacts { request_id, ..RequestFacts::default() });
    let mut reader = road.store.reader(&scope).await?;
    let workspace = reader.workspace().await?;
    let week = Week::of(now.plus_seconds(-SENT_AFTER_SECONDS), workspace.zone).earlier(1);
    if week.ends() <= workspace.created_at || state(&mut *reader, week.monday()).await?.sent_at.is_some() {
        return Ok(false);
    }
    // Counted outside of the turn: the week is over, so that nothing is added to it meanwhile.
    let view = view(&mut *reader, week).await?;
    drop(reader);
    if view.digest.entries == 0 {
        return Ok(false);
    }
    let permit = scope.permit::<SendDigest>()?;
    let mut turn = road.turn(&scope).await?;
    if state(&mut *turn, week.monday()).await?.sent_at.is_some() {
        return Ok(false);
    }
    let now = turn.now();
    let owners = active_owners(&mut *turn).await?;
    let content = content(&view, workspace.currency, now);
    let mails = owners.iter().map(|owner| mail_row(road, tenant, MailKind::WeekDigest, owner, &content, now));
    let mails = mails.collect::<Result<Vec<_>, StoreError>>()?;
    let unusual = u64::try_from(view.digest.unusual.len()).unwrap_or(u64::MAX);
    let change = Sent { week: week.monday(), unusual, mails };
    road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(true)
}

/// The week that begins on `monday`, if it is over.
async fn over(
    reader: &mut (impl Reader + ?Sized),
    monday: Date,
    now: Timestamp,
) -> Result<Week, ServiceError> {
    let zone = reader.workspace().await?.zone;
    let week = Week::starting(monday, zone).filter(|week| week.ends() <= now);
    Ok(week.ok_or(DigestRefusal::NotAWeek)?)
}

/// What the log says of a week's digest: a handful of entries, by their subject.
async fn state(reader: &mut (impl Reader + ?Sized), monday: Date) -> Result<DigestState, ServiceError> {
    let filter = AuditFilter { subject: Some(monday.to_string()), ..AuditFilter::default() };
    let mut state = DigestState { week: monday, sent_at: None, reviews: Vec::new() };
    let mut page = PageRequest::first(AT_ONCE);
    loop {
        let Page { items, next } = reader.entries(&filter, page).await?;
        for entry in items.into_iter().map(|stored| stored.entry) {
            if entry.action == SendDigest::CODE {
                state.sent_at = Some(entry.at);
            } else if entry.action == ReviewAudit::CODE
                && let Ok(by) = entry.actor.id.parse()
            {
                state.reviews.push((by, entry.at));
            }
        }
        match next {
            Some(after) => page.after = Some(after),
            None => break,
        }
    }
    state.reviews.reverse();
    Ok(state)
}

async fn view(reader: &mut (impl Reader + ?Sized), week: Week) -> Result<DigestView, ServiceError> {
    let mut digester = Digester::new(week, HABITS);
    let filter = AuditFilter { from: Some(digester.from()), to: Some(week.ends()), ..AuditFilter::default() };
    let (mut page, mut counted, mut is_whole) = (PageRequest::first(AT_ONCE), 0_u32, true);
    loop {
        let Page { items, next } = reader.entries(&filter, page).await?;
        counted = counted.saturating_add(u32::try_from(items.len()).unwrap_or(u32::MAX));
        for stored in &items {
            digester.count(&stored.entry, &stored.openings);
        }
        match next {
            Some(_) if counted >= MOST_ENTRIES => {
                is_whole = false;
                break;
            }
            Some(after) => page.after = Some(after),
            None => break,
        }
    }
    let digest = digester.digest();
    let mut names = BTreeMap::new();
    for id in digest.unusual.iter().filter_map(Unusual::member) {
        if let Ok(member) = id.parse()
            && let Some(member) = reader.member(member).await?
        {
            names.insert(id.clone(), member.name.to_string());
        }
    }
    let state = state(reader, week.monday()).await?;
    Ok(DigestView { digest, names, is_whole, state })
}

/// What the mail holds.
fn content(view: &DigestView, currency: Currency, now: Timestamp) -> Json {
    let unusual: Vec<Json> = view.digest.unusual.iter().map(|one| fields(one, view).into()).collect();
    json!({
        "at": now.to_string(),
        "week": view.digest.week.monday().to_string(),
        "entries": view.digest.entries,
        "currency": currency.code(),
        "unusual": unusual,
    })
}

fn fields(unusual: &Unusual, view: &DigestView) -> Map<String, Json> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Json| drop(fields.insert(name.to_owned(), value));
    put("code", json!(unusual.code()));
    if let Some(member) = unusual.member() {
        put("who", json!(view.names.get(member).unwrap_or(member)));
    }
    match unusual {
        Unusual::NewDevice { device, at, .. } => {
            put("device", json!(device));
            put("first_at", json!(at.to_string()));
        }
        Unusual::NightHours { count, at, .. } => {
            put("count", json!(count));
            put("first_at", json!(at.to_string()));
        }
        Unusual::TakenBack { count, usual, .. } | Unusual::FailedSignIns { count, usual } => {
            put("count", json!(count));
            put("usual", json!(usual));
        }
        Unusual::GivenAway { count, minor, usual_minor, .. } => {
            put("count", json!(count));
            put("minor", json!(minor));
            put("usual_minor", json!(usual_minor));
        }
        Unusual::TwoPlaces { count, .. } => put("count", json!(count)),
    }
    fields
}

/// Without a domain nothing is undone and nothing given away.
#[cfg(not(feature = "shop"))]
const HABITS: Habits = Habits { undoing: &[], given: |_| 0 };

#[cfg(feature = "shop")]
const HABITS: Habits = Habits { undoing: &["invoice.cancel", "receipt.reverse"], given: discounts };

/// The discounts of the bills that a change issues.
#[cfg(feature = "shop")]
fn discounts(body: &Body) -> u64 {
    use crate::audit::{Record as _, Value};
    use crate::shop::invoices::InvoiceLine;

    let tags: Vec<u8> = ["discount", "bill_discount"]
        .iter()
        .filter_map(|name| InvoiceLine::FIELDS.iter().find(|field| field.name == *name))
        .map(|field| field.tag)
        .collect();
    let lines = body.puts.iter().filter(|put| put.is_new && put.table == InvoiceLine::TABLE);
    lines
        .flat_map(|line| &line.fields)
        .filter(|(tag, _)| tags.contains(tag))
        .map(|(_, value)| match value {
            Value::Money(money) => u64::try_from(money.minor()).unwrap_or(0),
            Value::Int(minor) => u64::try_from(*minor).unwrap_or(0),
            _ => 0,
        })
        .fold(0, u64::saturating_add)
}
