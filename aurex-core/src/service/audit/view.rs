//! An entry as it is shown: opened as far as nothing was erased, with the names of people, field by field.

use std::collections::BTreeMap;

use crate::audit::{Body, Column as _, FieldChange, Value};
use crate::identity::actions::ExpirePersonal;
use crate::rbac::Action as _;
use crate::store::{Reader, StoreError, StoredEntry, Table, field_name};
use crate::tenancy::MemberId;

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
    let mut changes =
        Body::from_openings(&stored.openings).map(|body| body.changes(name_of)).unwrap_or_default();
    // What went by itself is a thousand places at once: a page of the log says how many. The entry has each.
    if stored.entry.action == ExpirePersonal::CODE {
        for change in &mut changes {
            if let ("erased", Some(Value::List(places))) = (change.field.as_str(), &change.after) {
                change.after = Some(u64::try_from(places.len()).unwrap_or(u64::MAX).to_value());
            }
        }
    }
    changes
}

/// The names of actors, each looked up once.
#[derive(Debug, Default)]
pub(in crate::service) struct Names(BTreeMap<String, Option<String>>);

impl Names {
    /// Makes an entry ready for showing.
    pub(in crate::service) async fn view(
        &mut self,
        stored: StoredEntry,
        reader: &mut dyn Reader,
    ) -> Result<AuditEntryView, StoreError> {
        let actor = &stored.entry.actor;
        if !self.0.contains_key(&actor.id) {
            let name = named(&actor.kind, &actor.id, reader).await?;
            self.0.insert(actor.id.clone(), name);
        }
        let name = self.0.get(&actor.id).cloned().flatten();
        Ok(view(stored, name))
    }
}

async fn named(kind: &str, id: &str, reader: &mut dyn Reader) -> Result<Option<String>, StoreError> {
    let member = match kind {
        "member" => id.parse::<MemberId>().ok(),
        "token" => match id.parse() {
            Ok(token) => reader.api_token(token).await?.map(|token| token.member),
            Err(_) => None,
        },
        _ => None,
    };
    Ok(match member {
        Some(member) => reader.member(member).await?.map(|member| member.name.to_string()),
        None => None,
    })
}

fn view(stored: StoredEntry, actor_name: Option<String>) -> AuditEntryView {
    let opened = |name: &str| {
        let opening = stored.openings.iter().find(|opening| opening.name == name)?;
        match Value::from_bytes(&opening.content) {
            Ok(Value::Text(text)) => Some(text),
            _ => None,
        }
    };
    let (ip, user_agent) = (opened("request.ip"), opened("request.user_agent"));
    let changes = changes(&stored, field_name);
    AuditEntryView { actor_name, ip, user_agent, changes, stored }
}
