//! Members with when they were last here, so that logins nobody uses are found.

use super::members::list_members;
use crate::identity::actions::OpenSession;
use crate::identity::member::Member;
use crate::rbac::Action as _;
use crate::service::{Road, ServiceError};
use crate::store::{AuditFilter, Page, PageRequest};
use crate::tenancy::{MemberId, Scope, SessionId};
use crate::time::Timestamp;

/// After how many seconds without use a login is dormant: 60 days.
const DORMANT_SECONDS: i64 = 60 * 86_400;

/// A member, and when they were last here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenMember {
    /// The member.
    pub member: Member,
    /// Whether they have set a password of their own, and so have been here at all.
    pub has_joined: bool,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// When a session of theirs was last used, to the minute.
    pub used_at: Option<Timestamp>,
    /// Whether they may sign in and have not been here in 60 days.
    pub is_dormant: bool,
}

/// Members, oldest first, each with when they were last here. The last sign-in is read from the log, so it outlives
/// the session.
///
/// # Errors
/// What every read can answer.
pub async fn list_seen_members(
    road: &Road,
    scope: &Scope,
    page: PageRequest<MemberId>,
) -> Result<Page<SeenMember, MemberId>, ServiceError> {
    let Page { items, next } = list_members(road, scope, page).await?;
    let mut reader = road.store.reader(scope).await?;
    let now = road.clock.now();
    let mut seen = Vec::with_capacity(items.len());
    for member in items {
        let filter = AuditFilter {
            actor: Some(member.id.to_string()),
            action: Some(OpenSession::CODE.to_owned()),
            ..AuditFilter::default()
        };
        let mut page = PageRequest::first(1);
        let signed_in_at = loop {
            let found = reader.entries(&filter, page).await?;
            match (found.items.first(), found.next) {
                (Some(stored), _) => break Some(stored.entry.at),
                (None, None) => break None,
                // Who has done much since they signed in: the search goes on where it left off.
                (None, next) => page.after = next,
            }
        };
        let open: Vec<SessionId> =
            reader.open_sessions(member.id).await?.iter().map(|session| session.id).collect();
        let used = road.store.session_uses(scope.tenant(), &open).await?.into_iter().flatten().max();
        let used_at = used.max(signed_in_at);
        let has_joined = reader.credential(member.id).await?.is_some_and(|credential| !credential.one_time);
        let idle = now.seconds_since(used_at.unwrap_or(member.created_at));
        let is_dormant = member.is_active(now) && idle >= DORMANT_SECONDS;
        seen.push(SeenMember { member, has_joined, signed_in_at, used_at, is_dormant });
    }
    Ok(Page { items: seen, next })
}
