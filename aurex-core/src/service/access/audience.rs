//! Whom something is told to.

use crate::identity::member::Member;
use crate::rbac::Role;
use crate::store::{PageRequest, StoreError, Writer};

/// The members who are not gone, oldest first.
pub(super) async fn active_members(turn: &mut dyn Writer) -> Result<Vec<Member>, StoreError> {
    let now = turn.now();
    let (mut found, mut page) = (Vec::new(), PageRequest::first(200));
    loop {
        let members = turn.members(page).await?;
        found.extend(members.items.into_iter().filter(|member| member.is_active(now)));
        match members.next {
            None => return Ok(found),
            after => page.after = after,
        }
    }
}

/// Those of them who own the workspace.
pub(super) async fn active_owners(turn: &mut dyn Writer) -> Result<Vec<Member>, StoreError> {
    let mut members = active_members(turn).await?;
    members.retain(|member| member.role == Role::Owner);
    Ok(members)
}
