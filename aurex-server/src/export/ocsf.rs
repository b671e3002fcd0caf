//! Entries as events of the Open Cybersecurity Schema Framework, version 1.3: class API Activity (6003) of the category
//! Application Activity (6).
//!
//! | OCSF | from |
//! |---|---|
//! | `time` | when the entry was made, in milliseconds |
//! | `activity_id`, `type_uid` | by the action's verb: 1 create, 2 read, 3 update, 4 delete, 99 other |
//! | `severity_id` | 1; what was refused 2 |
//! | `status_id`, `status_detail` | 1 where it was done or seen, 2 where it was refused; the outcome's code |
//! | `actor.user`, `actor.session` | who, with the kind as `type` and the role as a group; the session |
//! | `api.operation`, `api.request.uid` | the action's code; the request's id |
//! | `src_endpoint` | the address; where there is none, or it was erased, a name that says so |
//! | `http_request.user_agent` | what the client called itself |
//! | `resources` | the subject |
//! | `metadata` | product, schema version, `uid` = leaf hash, `sequence` = place in the log, `tenant_uid` = workspace |
//! | `unmapped.changes`, `unmapped.assurance` | field by field; how the actor was signed in |

use aurex_core::audit::Outcome;
use aurex_core::service::AuditEntryView;
use poem_openapi::types::ToJSON as _;
use serde_json::{Value, json};

use crate::api::EntryView;

const CATEGORY: i64 = 6;
const CLASS: i64 = 6003;

pub(super) fn event_line(view: AuditEntryView, workspace: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(event(view, workspace).to_string().as_bytes());
    out.push(b'\n');
}

fn event(view: AuditEntryView, workspace: &str) -> Value {
    let (time, outcome) = (view.stored.entry.at.micros().div_euclid(1000), view.stored.entry.outcome);
    let entry = EntryView::from(view);
    let (activity, activity_name) = activity(&entry.action, outcome);
    let refused = outcome == Outcome::Refused;
    let mut actor = json!({"user": {"uid": entry.actor.id, "type": entry.actor.kind}});
    put(&mut actor, "/user", "name", entry.actor.name.map(Value::from));
    put(&mut actor, "/user", "groups", entry.actor.role.map(|role| json!([{"name": role}])));
    put(&mut actor, "", "session", entry.session_id.map(|id| json!({"uid": id})));
    let source = match (entry.ip, entry.actor.kind.as_str()) {
        (Some(ip), _) => json!({"ip": ip}),
        (None, "job" | "operator") => json!({"name": "the server itself"}),
        (None, _) => json!({"name": "erased or unknown"}),
    };
    let mut event = json!({
        "activity_id": activity,
        "activity_name": activity_name,
        "category_uid": CATEGORY,
        "category_name": "Application Activity",
        "class_uid": CLASS,
        "class_name": "API Activity",
        "type_uid": CLASS * 100 + activity,
        "severity_id": if refused { 2 } else { 1 },
        "status_id": if refused { 2 } else { 1 },
        "status_detail": entry.outcome,
        "time": time,
        "metadata": {
            "version": "1.3.0",
            "product": {"name": "Aurex", "vendor_name": "Aurex", "version": env!("CARGO_PKG_VERSION")},
            "uid": entry.leaf_hash,
            "sequence": entry.seq,
            "tenant_uid": workspace,
            "original_time": entry.at,
        },
        "actor": actor,
        "api": {"operation": entry.action, "request": {"uid": entry.request_id}},
        "src_endpoint": source,
        "resources": [{"type": entry.subject.kind, "uid": entry.subject.id}],
        "unmapped": {
            "assurance": entry.actor.assurance,
            "changes": entry.changes.to_json(),
        },
    });
    put(&mut event, "", "http_request", entry.user_agent.map(|agent| json!({"user_agent": agent})));
    event
}

fn put(object: &mut Value, at: &str, name: &str, value: Option<Value>) {
    let members = object.pointer_mut(at).and_then(Value::as_object_mut);
    if let (Some(members), Some(value)) = (members, value) {
        members.insert(name.to_owned(), value);
    }
}

/// What kind of activity an action is, by its verb. What is neither is other: a guess would mislead a rule.
fn activity(action: &str, outcome: Outcome) -> (i64, &'static str) {
    if outcome == Outcome::Seen {
        return (2, "Read");
    }
    match action.rsplit_once('.').map_or(action, |(_, verb)| verb) {
        "open" | "add" | "create" | "issue" | "record" | "post" | "request" | "collect" => (1, "Create"),
        "change" | "describe" | "set" | "reset" | "decide" | "cancel" | "reverse" | "renew" => (3, "Update"),
        "close" | "revoke" | "remove" | "sign_out" | "retire" | "erase" => (4, "Delete"),
        "read" | "export" | "viewed" => (2, "Read"),
        _ => (99, "Other"),
    }
}
