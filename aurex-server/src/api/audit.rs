//! The audit log.

use aurex_core::audit::Value;
use aurex_core::service::{AuditEntryView as CoreEntry, read_audit};
use aurex_core::store::AuditFilter;
use aurex_core::time::Timestamp;
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi, payload::Json};
use serde_json::{Value as JsonValue, json};

use super::list::Listing;
use super::signed::Signed;
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

/// A value of the log for showing. Numbers stay exact: all of them are within ±2^63, and ids are text.
fn shown(value: &Value) -> JsonValue {
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

pub(super) fn hex(bytes: &[u8]) -> String {
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
    /// Lists the entries of the log, newest first. The reading is itself recorded.
    #[oai(path = "/:w/audit", method = "get", operation_id = "listAuditEntries")]
    #[expect(clippy::too_many_arguments, reason = "one a query parameter")]
    async fn list(
        &self,
        w: Signed,
        actor: Query<Option<Text<1, 64>>>,
        action: Query<Option<Text<1, 64>>>,
        subject: Query<Option<Text<1, 64>>>,
        from: Query<Option<Timestamp>>,
        to: Query<Option<Timestamp>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<EntryView>>, Problem> {
        let text = |text: &Option<Text<1, 64>>| text.as_ref().map(|text| text.as_str().to_owned());
        let filter = AuditFilter {
            actor: text(&actor),
            action: text(&action),
            subject: text(&subject),
            from: *from,
            to: *to,
        };
        let list = Listing::new(&w, "audit", &[&filter]);
        let page = list.request(*limit, after.as_ref())?;
        let entries = w.check(read_audit(w.road(), w.scope(), &filter, page).await).await?;
        Ok(Json(list.page(entries, EntryView::from)))
    }
}
