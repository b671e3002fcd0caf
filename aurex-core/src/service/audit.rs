//! Reading the log, and sealing observations into it.

use std::collections::BTreeMap;

use super::{Road, ServiceError};
use crate::audit::{Body, Change, Draft, FieldChange, Observation, Observed, Outcome, Subject, Value};
use crate::identity::actions::{CollectObservations, ReadAudit};
use crate::store::{AuditFilter, Page, PageRequest, Reader, StoredEntry, Table, field_name};
use crate::tenancy::{Job, MemberId, Purpose, RequestFacts, Scope, TenantId};

/// The collector's purpose.
#[derive(Debug)]
pub struct Collecting;

impl Purpose for Collecting {
    const NAME: &'static str = "collector";
    const ACTIONS: &'static [&'static str] = &["audit.collect"];
}

/// Some equal observations, as one entry.
struct Collected {
    first: Observation,
    count: u64,
    through: u64,
}

impl Change for Collected {
    type By = CollectObservations;

    fn subject(&self) -> Subject {
        Subject::new("observation", self.through)
    }

    fn record(self, draft: &mut Draft) {
        draft.observe(self.first, self.count, self.through);
    }
}

/// Seals a tenant's waiting observations, at most `limit` of them, in one turn. Returns how many it took.
///
/// # Errors
/// [`ServiceError::Store`]; what was not sealed waits on.
pub async fn collect_observations(
    road: &Road,
    job: &Job<Collecting>,
    tenant: TenantId,
    limit: u16,
) -> Result<usize, ServiceError> {
    let waiting = road.store.observations(tenant, limit).await?;
    let Some((last, seen_at)) = waiting.last().map(|(number, seen)| (*number, seen.at)) else { return Ok(0) };
    let taken = waiting.len();
    // Not by the observation's number: a store may number all tenants' in one row, and a tenant's log would then tell
    // how much was refused to its neighbours.
    let request_id = format!("collector-{}", seen_at.micros());
    let facts = RequestFacts { request_id, ..RequestFacts::default() };
    let scope = job.scope(tenant, facts);
    let mut writer = road.turn(&scope).await?;
    // A collector that died between commit and forgetting finds its work already in the log.
    let already = writer.head().await?.observed;
    let mut collected: Vec<Collected> = Vec::new();
    for (number, seen) in waiting.into_iter().filter(|(number, _)| *number > already) {
        match collected.iter_mut().find(|c| c.first.is_repeated_by(&seen)) {
            Some(same) => {
                same.count = same.count.saturating_add(1);
                same.through = number;
            }
            None => collected.push(Collected { first: seen, count: 1, through: number }),
        }
    }
    if collected.is_empty() {
        writer.rollback().await;
    } else {
        for change in collected {
            let permit = scope.permit::<CollectObservations>()?;
            writer.apply(permit.seal(change, &*road.entropy)).await?;
        }
        writer.commit().await?;
    }
    road.store.forget_observations(tenant, last).await?;
    Ok(taken)
}

/// An entry of the log, for showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntryView {
    /// The entry as stored.
    pub stored: StoredEntry,
    /// The actor's name, when it is a member's or a token's.
    pub actor_name: Option<String>,
    /// The client's address, unless it was erased.
    pub ip: Option<String>,
    /// What the client called itself, unless it was erased.
    pub user_agent: Option<String>,
    /// Field by field.
    pub changes: Vec<FieldChange>,
}

impl AuditEntryView {
    /// The same entry with the fields of an embedder's own tables under their names. Core knows only its own tables and
    /// shows a field of any other as `table.?`.
    #[must_use]
    pub fn with_own_tables(mut self, own: &[Table]) -> Self {
        let name_of = |table: &str, tag| {
            field_name(table, tag).or_else(|| own.iter().find(|of| of.name == table)?.field_name(tag))
        };
        self.changes = changes(&self.stored, name_of);
        self
    }
}

fn changes(stored: &StoredEntry, name_of: impl Fn(&str, u8) -> Option<&'static str>) -> Vec<FieldChange> {
    Body::from_openings(&stored.openings).map(|body| body.changes(name_of)).unwrap_or_default()
}

/// Reads the log, newest entry first. The reading is itself observed.
///
/// # Errors
/// [`ServiceError::Denied`] for roles that do not see the log.
pub async fn read_audit(
    road: &Road,
    scope: &Scope,
    filter: &AuditFilter,
    page: PageRequest<u64>,
) -> Result<Page<AuditEntryView, u64>, ServiceError> {
    let _permit = scope.permit::<ReadAudit>()?;
    let mut reader = road.store.reader(scope).await?;
    let Page { items, next } = reader.entries(filter, page).await?;
    let items = named(&mut *reader, items).await?;
    drop(reader);
    let seen = Observation::new(
        road.clock.now(),
        Observed::of(scope),
        scope.facts(),
        "audit.viewed",
        ("audit", "log".to_owned()),
        Outcome::Seen,
        "",
    );
    road.store.observe(scope.tenant(), &seen).await?;
    Ok(Page { items, next })
}

/// Entries with the names of those who made them.
pub(super) async fn named(
    reader: &mut dyn Reader,
    entries: Vec<StoredEntry>,
) -> Result<Vec<AuditEntryView>, ServiceError> {
    let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
    for stored in &entries {
        let id = &stored.entry.actor.id;
        if names.contains_key(id) {
            continue;
        }
        let member = match stored.entry.actor.kind.as_str() {
            "member" => id.parse::<MemberId>().ok(),
            "token" => match id.parse() {
                Ok(token) => reader.api_token(token).await?.map(|token| token.member),
                Err(_) => None,
            },
            _ => None,
        };
        let name = match member {
            Some(member) => reader.member(member).await?.map(|member| member.name.to_string()),
            None => None,
        };
        names.insert(id.clone(), name);
    }
    Ok(entries.into_iter().map(|stored| view(stored, &names)).collect())
}

fn view(stored: StoredEntry, names: &BTreeMap<String, Option<String>>) -> AuditEntryView {
    let opened = |name: &str| {
        let opening = stored.openings.iter().find(|opening| opening.name == name)?;
        match Value::from_bytes(&opening.content) {
            Ok(Value::Text(text)) => Some(text),
            _ => None,
        }
    };
    let (ip, user_agent) = (opened("request.ip"), opened("request.user_agent"));
    let changes = changes(&stored, field_name);
    let actor_name = names.get(&stored.entry.actor.id).cloned().flatten();
    AuditEntryView { actor_name, ip, user_agent, changes, stored }
}
