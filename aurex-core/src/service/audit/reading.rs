//! Reading the log: a page of a filtered list, and searching its words.

use super::super::{Road, ServiceError};
use super::view::{AuditEntryView, Names};
use crate::audit::{Observation, Observed, Outcome, Value};
use crate::identity::actions::ReadAudit;
use crate::store::{AuditFilter, Page, PageRequest};
use crate::tenancy::Scope;

/// How many entries a search for words looks at for one page.
pub const WORDS_WITHIN: usize = 5_000;

/// How many of them it reads at once.
const AT_ONCE: u16 = 200;

/// Reads the log, newest entry first. The reading is itself observed, as `audit.viewed` with the names of the filters.
///
/// A page may be short, or empty, and still have a next one: see [`AuditFilter::WINDOW`].
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
    let (mut names, mut views) = (Names::default(), Vec::with_capacity(items.len()));
    for stored in items {
        views.push(names.view(stored, &mut *reader).await?);
    }
    drop(reader);
    note_viewed(road, scope, filter, false).await?;
    Ok(Page { items: views, next })
}

/// Reads those entries of the log that say `words` anywhere in what is shown of them, in upper or lower case: in the
/// action, subject, actor, address, client or request, or in a field's value before or after.
///
/// No index knows the words of a log, most of which are sealed under commitments; so they are looked for in
/// [`WORDS_WITHIN`] entries a page, and a page is handed on with what was found by then, be it nothing, and with where to
/// go on from. Other filters narrow what is looked through.
///
/// # Errors
/// [`ServiceError::Denied`] for roles that do not see the log.
pub async fn search_audit(
    road: &Road,
    scope: &Scope,
    filter: &AuditFilter,
    words: &str,
    page: PageRequest<u64>,
) -> Result<Page<AuditEntryView, u64>, ServiceError> {
    let _permit = scope.permit::<ReadAudit>()?;
    let wanted = words.to_lowercase();
    let mut reader = road.store.reader(scope).await?;
    let (mut names, mut found, mut looked) = (Names::default(), Vec::new(), 0_usize);
    let mut step = PageRequest { after: page.after, limit: AT_ONCE };
    let next = 'pages: loop {
        let Page { items, next } = reader.entries(filter, step).await?;
        let was_cut = items.len() < usize::from(AT_ONCE);
        let last = items.last().map(|stored| stored.entry.seq);
        for stored in items {
            let seq = stored.entry.seq;
            let view = names.view(stored, &mut *reader).await?;
            looked = looked.saturating_add(1);
            if says(&view, &wanted) {
                found.push(view);
                if found.len() >= usize::from(page.limit) {
                    // At the very end of the log there is nothing to go on to.
                    break 'pages if next.is_none() && last == Some(seq) { None } else { Some(seq) };
                }
            }
        }
        match next {
            // A short page with a next one has cost the store its whole window.
            Some(next) if !was_cut && looked < WORDS_WITHIN => step.after = Some(next),
            next => break next,
        }
    };
    drop(reader);
    note_viewed(road, scope, filter, true).await?;
    Ok(Page { items: found, next })
}

/// Whether an entry says the words, which are in lower case.
fn says(view: &AuditEntryView, words: &str) -> bool {
    let entry = &view.stored.entry;
    let has = |text: &str| text.to_lowercase().contains(words);
    let headers = [
        &entry.action,
        &entry.subject_kind,
        &entry.subject_id,
        &entry.actor.kind,
        &entry.actor.id,
        &entry.actor.role,
        &entry.request_id,
    ];
    headers.into_iter().any(|text| has(text))
        || [&view.actor_name, &view.ip, &view.user_agent].into_iter().flatten().any(|text| has(text))
        || view.changes.iter().any(|change| {
            has(&change.field)
                || change.before.iter().chain(&change.after).any(|value| value_says(value, &has))
        })
}

fn value_says(value: &Value, has: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Bytes(_) | Value::Withheld(_) => false,
        Value::Int(n) => has(&n.to_string()),
        Value::Money(money) => has(&money.minor().to_string()),
        Value::Text(text) => has(text),
        Value::Id(id) => has(&id.simple().to_string()),
        Value::List(values) => values.iter().any(|value| value_says(value, has)),
    }
}

/// Says that the log was read, and by which filters. What was looked for is not said: it may be somebody's name.
async fn note_viewed(
    road: &Road,
    scope: &Scope,
    filter: &AuditFilter,
    by_words: bool,
) -> Result<(), ServiceError> {
    let by = [
        ("actor", filter.actor.is_some()),
        ("action", filter.action.is_some()),
        ("group", filter.group.is_some()),
        ("subject", filter.subject.is_some()),
        ("from", filter.from.is_some()),
        ("to", filter.to.is_some()),
        ("outcome", filter.outcome.is_some()),
        ("words", by_words),
    ];
    let by: Vec<&str> = by.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect();
    let seen = Observation::new(
        road.clock.now(),
        Observed::of(scope),
        scope.facts(),
        "audit.viewed",
        ("audit", "log".to_owned()),
        Outcome::Seen,
        by.join(","),
    );
    Ok(road.store.observe(scope.tenant(), &seen).await?)
}
