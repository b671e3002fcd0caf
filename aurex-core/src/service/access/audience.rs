//! Who belongs to a workspace, whole: for what has to look at everybody, and for whom something is told to.

use crate::identity::member::Member;
use crate::rbac::Role;
use crate::store::{Page, PageRequest, Reader, StoreError, Writer};

/// Members, oldest first, those who are gone too.
pub(in crate::service) async fn everybody(
    reader: &mut (impl Reader + ?Sized),
) -> Result<Vec<Member>, StoreError> {
    let (mut members, mut page) = (Vec::new(), PageRequest::first(200));
    loop {
        let Page { items, next } = reader.members(page).await?;
        members.extend(items);
        match next {
            None => return Ok(members),
            after => page.after = after,
        }
    }
}

/// The members who are not gone, oldest first.
pub(super) async fn active_members(turn: &mut dyn Writer) -> Result<Vec<Member>, StoreError> {
    let now = turn.now();
    let mut members = everybody(turn).await?;
    members.retain(|member| member.is_active(now));
    Ok(members)
}

/// Those of them who own the workspace.
pub(in crate::service) async fn active_owners(turn: &mut dyn Writer) -> Result<Vec<Member>, StoreError> {
    let mut members = active_members(turn).await?;
    members.retain(|member| member.role == Role::Owner);
    Ok(members)
}
