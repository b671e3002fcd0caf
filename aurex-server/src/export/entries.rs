//! The log itself: as JSON Lines, each as the API answers an entry, and as CSV.

use aurex_core::service::AuditEntryView;
use poem_openapi::types::ToJSON as _;

use super::csv;
use crate::api::EntryView;

const COLUMNS: [&str; 18] = [
    "seq",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "role",
    "assurance",
    "session_id",
    "ip",
    "user_agent",
    "request_id",
    "action",
    "subject_kind",
    "subject_id",
    "outcome",
    "fields",
    "changes",
    "leaf_hash",
];

pub(super) fn json_line(view: AuditEntryView, out: &mut Vec<u8>) {
    out.extend_from_slice(EntryView::from(view).to_json_string().as_bytes());
    out.push(b'\n');
}

pub(super) fn csv_head(out: &mut Vec<u8>) {
    csv::record(out, COLUMNS);
}

pub(super) fn csv_row(view: AuditEntryView, out: &mut Vec<u8>) {
    let entry = EntryView::from(view);
    let fields: Vec<&str> = entry.changes.iter().map(|change| change.field.as_str()).collect();
    let (seq, fields, changes) = (entry.seq.to_string(), fields.join(" "), entry.changes.to_json_string());
    let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
    let row: [&str; COLUMNS.len()] = [
        &seq,
        &entry.at,
        &entry.actor.kind,
        &entry.actor.id,
        &or_none(&entry.actor.name),
        &or_none(&entry.actor.role),
        &entry.actor.assurance,
        &or_none(&entry.session_id),
        &or_none(&entry.ip),
        &or_none(&entry.user_agent),
        &entry.request_id,
        &entry.action,
        &entry.subject.kind,
        &entry.subject.id,
        &entry.outcome,
        &fields,
        &changes,
        &entry.leaf_hash,
    ];
    csv::record(out, row);
}
