//! Searching the log: one index for each condition that selects much, and a bounded look where several meet.
//!
//! A statement walks one index downwards from the page's place, through [`AuditFilter::WINDOW`] entries at most, and
//! leaves off as soon as the page is full. What it asks on the way stands in that index too, so that a window in which
//! nothing is found fetches no entry. Which index, is decided here and not by the planner, which cannot know
//! that a condition which may be absent is there.

use aurex_core::audit::tree::Hash;
use aurex_core::audit::{Entry, Outcome};
use aurex_core::store::{AuditFilter, Page, PageRequest, Read, StoredEntry};
use aurex_core::time::Timestamp;

use crate::rows::{column, own};
use crate::turn::SqliteTurn;

struct EntryRow {
    tenant_id: Vec<u8>,
    seq: i64,
    bytes: Vec<u8>,
    leaf: Vec<u8>,
}

struct Place {
    place: i64,
}

struct Met {
    action: String,
}

/// Where a search looks: downwards from `below`, not under `least`.
#[derive(Clone, Copy)]
struct Span {
    below: i64,
    least: i64,
}

/// What is looked for, by the columns that repeat what the bytes say.
#[derive(Clone, Copy)]
struct Wanted<'f> {
    actor: Option<&'f str>,
    action: Option<&'f str>,
    subject: Option<&'f str>,
    outcome: Option<&'f str>,
}

/// Which condition's index is walked; the others are asked of each entry on the way.
#[derive(Clone, Copy)]
enum Walk {
    Subject,
    Actor,
    Action,
    NotDone,
    All,
}

impl Wanted<'_> {
    /// The one that selects most: a subject has a few entries, a person has fewer than a shop's commonest action.
    fn walk(&self) -> Walk {
        match self {
            Self { subject: Some(_), .. } => Walk::Subject,
            Self { actor: Some(_), .. } => Walk::Actor,
            Self { action: Some(_), .. } => Walk::Action,
            Self { outcome: Some(outcome), .. } if *outcome != Outcome::Done.code() => Walk::NotDone,
            Self { .. } => Walk::All,
        }
    }

    /// Whether the walk's index answers everything.
    fn is_answered(&self) -> bool {
        let conditions = [self.actor, self.action, self.subject, self.outcome];
        let answered = usize::from(!matches!(self.walk(), Walk::All));
        conditions.into_iter().flatten().count() == answered
    }
}

/// The entries of one walk that are wanted. The window reads nothing but columns of the walk's index; only what is left
/// of it is fetched.
macro_rules! walked {
    ($held:expr, $of:literal, $columns:literal, $asked:literal, $tenant:expr, $span:expr, $window:expr, $fetch:expr,
     [$($by:expr)?], [$($of_near:expr),*]) => {
        $held
            .all(sqlx::query_as!(
            EntryRow,
            "SELECT tenant_id, seq, bytes, leaf FROM audit_entry
             WHERE tenant_id = ? AND seq IN (
                SELECT near.seq FROM (
                    SELECT " + $columns + " FROM audit_entry
                    WHERE tenant_id = ? AND seq < ? AND seq >= ? " + $of + "
                    ORDER BY seq DESC LIMIT ?
                ) AS near " + $asked + "
                ORDER BY near.seq DESC LIMIT ?
             )
             ORDER BY seq DESC",
            $tenant, $tenant, $span.below, $span.least, $($by,)? $window, $($of_near,)* $fetch
        ))
            .await?
    };
}

/// How far down a walk's window goes; nothing when it saw the end.
macro_rules! window_end {
    ($held:expr, $of:literal, $tenant:expr, $span:expr, $window:expr $(, $by:expr)?) => {
        $held
            .optional(sqlx::query_as!(
            Place,
            "SELECT seq AS place FROM audit_entry
             WHERE tenant_id = ? AND seq < ? AND seq >= ? " + $of + "
             ORDER BY seq DESC LIMIT 1 OFFSET ?",
            $tenant, $span.below, $span.least, $($by,)? $window - 1
        ))
            .await?
    };
}

impl SqliteTurn<'_> {
    pub(super) async fn searched(
        &mut self,
        filter: &AuditFilter,
        page: PageRequest<u64>,
    ) -> Read<Page<StoredEntry, u64>> {
        let span = self.span(filter, page).await?;
        let wanted = Wanted {
            actor: filter.actor.as_deref(),
            action: filter.action.as_deref(),
            subject: filter.subject.as_deref(),
            outcome: filter.outcome.map(Outcome::code),
        };
        let mut searches = Vec::new();
        match &filter.group {
            None => searches.push(self.search(wanted, span, page).await?),
            Some(group) => {
                for action in self.actions_of(group).await? {
                    if wanted.action.is_none_or(|wanted| wanted == action) {
                        let wanted = Wanted { action: Some(&action), ..wanted };
                        searches.push(self.search(wanted, span, page).await?);
                    }
                }
            }
        }
        let Page { items: rows, next } = Page::of_searches(searches, page.limit, |row: &EntryRow| row.seq);
        let (least, most) = (rows.last().map_or(0, |row| row.seq), rows.first().map_or(-1, |row| row.seq));
        let seqs: Vec<String> = rows.iter().map(|row| row.seq.to_string()).collect();
        let openings = self.openings(least, most, &format!("[{}]", seqs.join(","))).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            own(self.tenant, &row.tenant_id)?;
            entries.push(StoredEntry {
                entry: Entry::from_bytes(&row.bytes)?,
                leaf: Hash::from_bytes(column(row.leaf)?),
                bytes: row.bytes,
                openings: openings.get(&row.seq).cloned().unwrap_or_default(),
            });
        }
        Ok(Page { items: entries, next: next.map(column).transpose()? })
    }

    /// One walk: what it found, and how far down it looked unless it saw the end.
    async fn search(
        &mut self,
        wanted: Wanted<'_>,
        span: Span,
        page: PageRequest<u64>,
    ) -> Read<(Vec<EntryRow>, Option<i64>)> {
        let (tenant, fetch) = (self.tenant.uuid(), page.fetch());
        let window = if wanted.is_answered() { fetch } else { i64::from(AuditFilter::WINDOW) };
        let Wanted { actor, action, subject, outcome } = wanted;
        let found = match wanted.walk() {
            Walk::Subject => walked!(
                self.held,
                "AND subject_id = ?",
                "seq, actor_id, action, outcome",
                "WHERE near.actor_id = coalesce(?, near.actor_id) AND near.action = coalesce(?, near.action)
                    AND near.outcome = coalesce(?, near.outcome)",
                tenant,
                span,
                window,
                fetch,
                [subject],
                [actor, action, outcome]
            ),
            Walk::Actor => walked!(
                self.held,
                "AND actor_id = ?",
                "seq, action, outcome",
                "WHERE near.action = coalesce(?, near.action) AND near.outcome = coalesce(?, near.outcome)",
                tenant,
                span,
                window,
                fetch,
                [actor],
                [action, outcome]
            ),
            Walk::Action => walked!(
                self.held,
                "AND action = ?",
                "seq, outcome",
                "WHERE near.outcome = coalesce(?, near.outcome)",
                tenant,
                span,
                window,
                fetch,
                [action],
                [outcome]
            ),
            Walk::NotDone => walked!(
                self.held,
                "AND outcome = ? AND outcome <> 'done'",
                "seq",
                "",
                tenant,
                span,
                window,
                fetch,
                [outcome],
                []
            ),
            Walk::All => walked!(
                self.held,
                "",
                "seq, outcome",
                "WHERE near.outcome = coalesce(?, near.outcome)",
                tenant,
                span,
                window,
                fetch,
                [],
                [outcome]
            ),
        };
        let is_full = i64::try_from(found.len()).is_ok_and(|found| found >= fetch);
        if is_full || wanted.is_answered() {
            return Ok((found, None));
        }
        let end = match wanted.walk() {
            Walk::Subject => window_end!(self.held, "AND subject_id = ?", tenant, span, window, subject),
            Walk::Actor => window_end!(self.held, "AND actor_id = ?", tenant, span, window, actor),
            Walk::Action => window_end!(self.held, "AND action = ?", tenant, span, window, action),
            Walk::NotDone => {
                window_end!(self.held, "AND outcome = ? AND outcome <> 'done'", tenant, span, window, outcome)
            }
            Walk::All => window_end!(self.held, "", tenant, span, window),
        };
        Ok((found, end.map(|end| end.place)))
    }

    /// The places that a page and a span of time leave.
    async fn span(&mut self, filter: &AuditFilter, page: PageRequest<u64>) -> Read<Span> {
        let mut span = Span {
            below: page.after.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX)),
            least: 0,
        };
        if let Some(from) = filter.from {
            span.least = self.place_of(from).await?;
        }
        if let Some(to) = filter.to {
            span.below = span.below.min(self.place_of(to).await?);
        }
        Ok(span)
    }

    /// The place of the first entry at an instant or later: halved from the whole log, because times rise with places.
    async fn place_of(&mut self, at: Timestamp) -> Read<i64> {
        let size = i64::try_from(self.head().frontier.size()).unwrap_or(i64::MAX);
        let place = sqlx::query_as!(
            Place,
            r#"WITH RECURSIVE search (low, high) AS (
                SELECT 0, CAST(? AS INTEGER)
                UNION ALL
                SELECT
                    iif(middle.at < ?, middle.seq + 1, search.low),
                    iif(middle.at < ?, search.high, middle.seq)
                FROM search
                CROSS JOIN audit_entry AS middle
                    ON middle.tenant_id = ? AND middle.seq = (search.low + search.high) / 2
                WHERE search.low < search.high
             )
             SELECT max(low) AS "place!: i64" FROM search"#,
            size,
            at.micros(),
            at.micros(),
            self.tenant.uuid()
        );
        Ok(self.held.optional(place).await?.map_or(0, |found| found.place))
    }

    /// The actions of a group that the log has, from one to the next by the index.
    async fn actions_of(&mut self, group: &str) -> Read<Vec<String>> {
        let (first, end) = (format!("{group}."), format!("{group}/"));
        let tenant = self.tenant.uuid();
        let actions = sqlx::query_as!(
            Met,
            r#"WITH RECURSIVE met (action) AS (
                SELECT min(action) FROM audit_entry WHERE tenant_id = ? AND action >= ? AND action < ?
                UNION ALL
                SELECT (
                    SELECT min(entry.action) FROM audit_entry AS entry
                    WHERE entry.tenant_id = ? AND entry.action > met.action AND entry.action < ?
                )
                FROM met WHERE met.action IS NOT NULL
             )
             SELECT action AS "action!: String" FROM met WHERE action IS NOT NULL"#,
            tenant,
            first,
            end,
            tenant,
            end
        );
        Ok(self.held.all(actions).await?.into_iter().map(|met| met.action).collect())
    }
}
