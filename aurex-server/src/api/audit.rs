//! The audit log.

use aurex_core::audit::{Outcome, Value};
use aurex_core::service::{AuditEntryView as CoreEntry, read_audit, search_audit};
use aurex_core::store::AuditFilter;
use aurex_core::time::Timestamp;
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi, payload::Json};
use serde_json::{Value as JsonValue, json};

use super::list::Listing;
use super::signed::Signed;
use crate::choice;
use crate::http::answer::Page;
use crate::http::body::Text;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

/// Who did it.
#[derive(Debug, Clone, Object)]
pub struct ActorView {
    /// `member`, `token`, `job`, `operator` or `anonymous`.
    pub kind: String,
    /// The id or name.
    pub id: String,
    /// The person's name, when it is one.
    pub name: Option<String>,
    /// The role at that moment.
    pub role: Option<String>,
    /// How they were signed in.
    pub assurance: String,
}

/// What it was about.
#[derive(Debug, Clone, Object)]
pub struct SubjectView {
    /// The noun.
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// One field's difference.
#[derive(Debug, Clone, Object)]
pub struct ChangeView {
    /// `table.field`.
    pub field: String,
    /// What it was; null for a new row.
    pub before: Option<Any<JsonValue>>,
    /// What it became.
    pub after: Option<Any<JsonValue>>,
}

/// An entry of the log.
#[derive(Debug, Clone, Object)]
pub struct EntryView {
    /// Its place, from 0, without gaps.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: ActorView,
    /// The id of the session that carried it.
    pub session_id: Option<String>,
    /// The client's address.
    pub ip: Option<String>,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// The request's id.
    pub request_id: String,
    /// The action's code.
    pub action: String,
    /// What it was about.
    pub subject: SubjectView,
    /// `done`, `refused` or `seen`.
    pub outcome: String,
    /// Field by field.
    pub changes: Vec<ChangeView>,
    /// The leaf in the workspace's Merkle tree, in hexadecimal.
    pub leaf_hash: String,
}

choice! {
    /// What came of it.
    pub enum EntryOutcome {
        /// It became true.
        Done = "done",
        /// It was refused.
        Refused = "refused",
        /// Something was read.
        Seen = "seen",
    }
}

impl From<EntryOutcome> for Outcome {
    fn from(outcome: EntryOutcome) -> Self {
        match outcome {
            EntryOutcome::Done => Self::Done,
            EntryOutcome::Refused => Self::Refused,
            EntryOutcome::Seen => Self::Seen,
        }
    }
}

/// A value of the log for showing. Numbers stay exact: all of them are within ±2^63, and ids are text.
pub(crate) fn shown(value: &Value) -> JsonValue {
    match value {
        Value::Null => JsonValue::Null,
        Value::Bool(b) => json!(b),
        Value::Int(n) => json!(n),
        Value::Text(text) => json!(text),
        Value::Bytes(bytes) => json!(hex(bytes)),
        Value::Id(id) => json!(id.simple().to_string()),
        Value::List(values) => JsonValue::Array(values.iter().map(shown).collect()),
        Value::Withheld(_) => json!("(erased)"),
        Value::Money(money) => json!({"minor": money.minor(), "currency": money.currency().code()}),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl From<CoreEntry> for EntryView {
    fn from(view: CoreEntry) -> Self {
        let entry = view.stored.entry;
        let changes = view.changes.into_iter().map(|change| ChangeView {
            field: change.field,
            before: change.before.as_ref().map(|value| Any(shown(value))),
            after: change.after.as_ref().map(|value| Any(shown(value))),
        });
        Self {
            seq: entry.seq,
            at: entry.at.to_string(),
            actor: ActorView {
                kind: entry.actor.kind,
                id: entry.actor.id,
                name: view.actor_name,
                role: Some(entry.actor.role).filter(|role| !role.is_empty()),
                assurance: entry.actor.assurance,
            },
            session_id: entry.session.map(|id| id.to_string()),
            ip: view.ip,
            user_agent: view.user_agent,
            request_id: entry.request_id,
            action: entry.action,
            subject: SubjectView { kind: entry.subject_kind, id: entry.subject_id },
            outcome: entry.outcome.code().to_owned(),
            changes: changes.collect(),
            leaf_hash: view.stored.leaf.to_string(),
        }
    }
}

/// The audit log.
pub struct Audit;

#[OpenApi]
impl Audit {
    /// Lists the entries of the log, newest first. The reading is itself recorded, with the names of the filters.
    ///
    /// `q` looks for words in whatever is shown of an entry, in upper or lower case. Words have no index: a page looks
    /// through 5,000 entries at most. Where several filters meet it looks through 10,000. So a page may be short, or
    /// empty, and still have a `next`: ask on while there is one.
    #[oai(path = "/:w/audit", method = "get", operation_id = "listAuditEntries")]
    #[expect(clippy::too_many_arguments, reason = "one a query parameter")]
    async fn list(
        &self,
        w: Signed,
        actor: Query<Option<Text<1, 64>>>,
        action: Query<Option<Text<1, 64>>>,
        group: Query<Option<Text<1, 64>>>,
        subject: Query<Option<Text<1, 64>>>,
        from: Query<Option<Timestamp>>,
        to: Query<Option<Timestamp>>,
        outcome: Query<Option<EntryOutcome>>,
        q: Query<Option<Text<1, 100>>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<EntryView>>, Problem> {
        let text = |text: &Option<Text<1, 64>>| text.as_ref().map(|text| text.as_str().to_owned());
        let filter = AuditFilter {
            actor: text(&actor),
            action: text(&action),
            group: text(&group),
            subject: text(&subject),
            from: *from,
            to: *to,
            outcome: outcome.map(Outcome::from),
        };
        let words = q.as_ref().map(Text::as_str);
        let list = Listing::new(&w, "audit", &[&filter, &words]);
        let page = list.request(*limit, after.as_ref())?;
        let entries = match words {
            None => read_audit(w.road(), w.scope(), &filter, page).await,
            Some(words) => search_audit(w.road(), w.scope(), &filter, words, page).await,
        };
        let entries = w.check(entries).await?;
        Ok(Json(list.page(entries, EntryView::from)))
    }
}
