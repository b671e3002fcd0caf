//! What a member is told when somebody changed what they may do here. A new name is no news to them.

use serde_json::json;

use super::letters::{doer, told};
use crate::identity::mails::{Mail, MailKind};
use crate::identity::member::Member;
use crate::identity::members::MemberChanged;
use crate::service::Road;
use crate::store::{StoreError, Writer};
use crate::tenancy::Scope;

/// The mails about `change`, a kind each, to the member that was changed.
pub(super) async fn told_of(
    road: &Road,
    scope: &Scope,
    turn: &mut dyn Writer,
    change: &MemberChanged,
) -> Result<Vec<Mail>, StoreError> {
    let MemberChanged { before, after, at, .. } = change;
    let by = doer(turn, scope, after.id).await?;
    let mut mails = Vec::new();
    if (before.role, before.custom_role) != (after.role, after.custom_role) {
        let roles = [("before", role(turn, before).await?), ("after", role(turn, after).await?)];
        let more = roles.map(|(name, role)| (name, json!(role))).into_iter().chain([by.clone()]);
        mails.push(told(road, scope, MailKind::RoleChanged, after, *at, more)?);
    }
    if before.leaves_at != after.leaves_at {
        let zone = turn.workspace().await?.zone;
        // They leave when the day after begins.
        let last_day = after.leaves_at.map(|leaves_at| zone.date_of(leaves_at.plus_seconds(-1)).to_string());
        let more = [by.clone(), ("last_day", json!(last_day))];
        mails.push(told(road, scope, MailKind::LastDay, after, *at, more)?);
    }
    match (before.disabled, after.disabled) {
        (false, true) => mails.push(told(road, scope, MailKind::MemberDisabled, after, *at, [by])?),
        (true, false) => mails.push(told(road, scope, MailKind::MemberEnabled, after, *at, [by])?),
        _ => {}
    }
    Ok(mails)
}

/// What a member's role is called: the workspace's own word where it has one for it.
async fn role(turn: &mut dyn Writer, of: &Member) -> Result<String, StoreError> {
    let own = match of.custom_role {
        None => None,
        Some(id) => turn.custom_role(id).await?,
    };
    Ok(own.map_or_else(|| of.role.code().to_owned(), |own| own.name.to_string()))
}
