//! Where people are signed in: seeing it and ending it, for oneself and, for owners and admins, for others.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::json;

use super::SignIn;
use super::audience::everybody;
use super::letters::{doer, told};
use crate::audit::{Observation, Observed, Outcome};
use crate::identity::actions::{
    CloseSession, ReadMemberSessions, ReadSessions, SignEverybodyOut, SignMemberOut,
};
use crate::identity::mails::MailKind;
use crate::identity::member::{Member, Session};
use crate::identity::members::may_manage;
use crate::identity::sessions::SessionClosed;
use crate::identity::sign_outs::{EverybodySignedOut, MemberSignedOut, OthersClosed};
use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::store::Reader;
use crate::tenancy::{MemberId, RequestFacts, Scope, SessionId};
use crate::time::Timestamp;

const NO_SESSION: ServiceError = ServiceError::NotFound("session");
const NO_MEMBER: ServiceError = ServiceError::NotFound("member");

/// Within how many seconds two uses count as use at one time.
const AT_ONE_TIME_SECONDS: i64 = 3600;

/// A session that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// The session.
    pub session: Session,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// Somebody whose sessions were used from several networks within an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentUse {
    /// Who.
    pub member: Member,
    /// The sessions, the last used first.
    pub sessions: Vec<OpenSession>,
}

/// The sessions of `member` that can be used at this moment, the last used first.
async fn in_use(
    road: &Road,
    scope: &Scope,
    reader: &mut (impl Reader + ?Sized),
    member: MemberId,
) -> Result<Vec<OpenSession>, ServiceError> {
    let (sessions, now) = (reader.open_sessions(member).await?, road.clock.now());
    let ids: Vec<SessionId> = sessions.iter().map(|session| session.id).collect();
    let uses = road.store.session_uses(scope.tenant(), &ids).await?;
    let mut open: Vec<OpenSession> = sessions
        .into_iter()
        .zip(uses)
        .map(|(session, used)| {
            let used_at = used.map_or(session.opened_at, |used| used.max(session.opened_at));
            let is_current = scope.session() == Some(session.id);
            OpenSession { session, used_at, is_current }
        })
        .filter(|open| open.session.is_alive(now, open.used_at))
        .collect();
    open.sort_by_key(|open| (std::cmp::Reverse(open.used_at), open.session.id));
    Ok(open)
}

/// One's own sessions that can be used, the last used first.
///
/// # Errors
/// [`ServiceError::NotSignedIn`] when no member asks, and what every read can answer.
pub async fn own_sessions(road: &Road, scope: &Scope) -> Result<Vec<OpenSession>, ServiceError> {
    let _permit = scope.permit::<ReadSessions>()?;
    let member = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut reader = road.store.reader(scope).await?;
    in_use(road, scope, &mut *reader, member).await
}

/// Ends a session of one's own. Who may not see the others may not end them either: somebody at a shared till, or with
/// a second factor still to prove.
///
/// # Errors
/// [`ServiceError::NotFound`], also for somebody else's session, and what every write can answer.
pub async fn end_own_session(road: &Road, scope: &Scope, id: SessionId) -> Result<Done<()>, ServiceError> {
    let permit = scope.permit::<CloseSession>()?;
    let _sees = scope.permit::<ReadSessions>()?;
    let mut turn = road.turn(scope).await?;
    let session = turn.session(id).await?.filter(|session| Some(session.member) == scope.member());
    let session = session.ok_or(NO_SESSION)?;
    if session.closed_at.is_some() {
        return Ok(Done::nothing(()));
    }
    let change = SessionClosed { session, at: turn.now() };
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now((), receipt))
}

/// Ends all sessions of one's own but the one that asks.
///
/// # Errors
/// [`ServiceError::NotSignedIn`] when no session asks, and what every write can answer.
pub async fn end_other_sessions(road: &Road, scope: &Scope) -> Result<Done<()>, ServiceError> {
    let permit = scope.permit::<CloseSession>()?;
    let _sees = scope.permit::<ReadSessions>()?;
    let member = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let current = scope.session().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let mut sessions = turn.open_sessions(member).await?;
    sessions.retain(|session| session.id != current);
    if sessions.is_empty() {
        return Ok(Done::nothing(()));
    }
    let change = OthersClosed { member, sessions, at: turn.now() };
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now((), receipt))
}

/// Where a member is signed in, the last used session first.
///
/// # Errors
/// [`ServiceError::NotFound`] and what every read can answer.
pub async fn member_sessions(
    road: &Road,
    scope: &Scope,
    id: MemberId,
) -> Result<Vec<OpenSession>, ServiceError> {
    let _permit = scope.permit::<ReadMemberSessions>()?;
    let mut reader = road.store.reader(scope).await?;
    reader.member(id).await?.ok_or(NO_MEMBER)?;
    in_use(road, scope, &mut *reader, id).await
}

/// Signs a member out everywhere. What they have queued is refused.
///
/// # Errors
/// [`ServiceError::NotFound`], [`MemberRefusal::BeyondReach`](crate::identity::members::MemberRefusal) and what every
/// write can answer.
pub async fn sign_member_out(road: &Road, scope: &Scope, id: MemberId) -> Result<Done<()>, ServiceError> {
    let permit = scope.permit::<SignMemberOut>()?;
    let mut turn = road.turn(scope).await?;
    let member = turn.member(id).await?.ok_or(NO_MEMBER)?;
    may_manage(&member, *permit.limits())?;
    let sessions = turn.open_sessions(id).await?;
    if sessions.is_empty() {
        return Ok(Done::nothing(()));
    }
    let (at, by) = (turn.now(), doer(&mut *turn, scope, id).await?);
    let mail =
        told(road, scope, MailKind::SessionsRevoked, &member, at, [by, ("count", json!(sessions.len()))])?;
    let change = MemberSignedOut { member: id, sessions, at, mail };
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now((), receipt))
}

/// Signs everybody out everywhere, but for the session that asks.
///
/// # Errors
/// What every write can answer.
pub async fn sign_everybody_out(road: &Road, scope: &Scope) -> Result<Done<()>, ServiceError> {
    let permit = scope.permit::<SignEverybodyOut>()?;
    let mut turn = road.turn(scope).await?;
    let (mut changes, mut mails) = (Vec::new(), Vec::new());
    let at = turn.now();
    for member in everybody(&mut *turn).await? {
        let mut sessions = turn.open_sessions(member.id).await?;
        sessions.retain(|session| Some(session.id) != scope.session());
        if !sessions.is_empty() {
            let more = [doer(&mut *turn, scope, member.id).await?, ("count", json!(sessions.len()))];
            let mail = told(road, scope, MailKind::SessionsRevoked, &member, at, more)?;
            mails.push(mail.id);
            changes.push(EverybodySignedOut { member: member.id, sessions, at, mail });
        }
    }
    let Some(last) = changes.pop() else { return Ok(Done::nothing(())) };
    for change in changes {
        turn.apply(scope.permit::<SignEverybodyOut>()?.seal(change, &*road.entropy)).await?;
    }
    let receipt = road.finish(turn, permit.seal(last, &*road.entropy), Known::Fresh(None)).await?;
    // As for one change: the note only spares the sender looking for them.
    let _ = road.store.note_mails(receipt.tenant, &mails, receipt.at).await;
    Ok(Done::now((), receipt))
}

/// The members whose sessions were used from several networks within the last hour: a login that is shared, or one
/// that was stolen. A hint for the owner, never a reason to refuse anything: a telephone changes its network by itself.
///
/// # Errors
/// What every read can answer.
pub async fn concurrent_use(road: &Road, scope: &Scope) -> Result<Vec<ConcurrentUse>, ServiceError> {
    let _permit = scope.permit::<ReadMemberSessions>()?;
    let mut reader = road.store.reader(scope).await?;
    let now = road.clock.now();
    let mut found = Vec::new();
    for member in everybody(&mut *reader).await? {
        let mut sessions = in_use(road, scope, &mut *reader, member.id).await?;
        sessions.retain(|open| now.seconds_since(open.used_at) < AT_ONE_TIME_SECONDS);
        let networks: BTreeSet<_> = sessions.iter().filter_map(|open| network_of(&open.session)).collect();
        if networks.len() > 1 {
            found.push(ConcurrentUse { member, sessions });
        }
    }
    Ok(found)
}

/// The network that a session was opened from: 24 bits of an IPv4 address, which is a street's, 48 of an IPv6 address,
/// which is a site's.
fn network_of(session: &Session) -> Option<IpAddr> {
    network(session.address.as_ref()?.parse().ok()?)
}

fn network(address: IpAddr) -> Option<IpAddr> {
    Some(match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & !0xff)),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !((1 << 80) - 1))),
    })
}

impl SignIn {
    /// Sets down that somebody signed in from one network while a session of theirs was in use from another.
    pub(super) async fn observe_concurrent(
        &self,
        scope: &Scope,
        open: &[Session],
        facts: &RequestFacts,
    ) -> Result<(), ServiceError> {
        let (now, here) = (self.road.clock.now(), facts.ip.and_then(network));
        let ids: Vec<SessionId> = open.iter().map(|session| session.id).collect();
        let uses = self.road.store.session_uses(scope.tenant(), &ids).await?;
        let elsewhere = open.iter().zip(uses).any(|(session, used)| {
            let used = used.map_or(session.opened_at, |used| used.max(session.opened_at));
            let is_used = session.is_alive(now, used) && now.seconds_since(used) < AT_ONE_TIME_SECONDS;
            let there = network_of(session);
            is_used && session.till.is_none() && there.is_some() && here.is_some() && there != here
        });
        if !elsewhere {
            return Ok(());
        }
        let seen = Observation::new(
            now,
            Observed::of(scope),
            facts,
            "session.concurrent",
            ("member", scope.actor().id()),
            Outcome::Seen,
            "another_network",
        );
        Ok(self.road.store.observe(scope.tenant(), &seen).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_street_is_one_network_and_so_is_a_site() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("203.0.113.7"), of("203.0.113.99"));
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.99"));
        assert_ne!(of("203.0.113.7"), of("203.0.114.7"));
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:4::5"));
        assert_ne!(of("2001:db8:1:2::3"), of("2001:db8:2:2::3"));
    }
}
