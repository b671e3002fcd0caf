//! The session one is in: looking at it, and signing out.

use crate::identity::actions::CloseSession;
use crate::identity::member::Member;
use crate::identity::sessions::SessionClosed;
use crate::rbac::{Catalogue, Denied};
use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::tenancy::{Errand, Reach, Scope, Standing};
use crate::time::Timestamp;

/// Who is signed in, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentSession {
    /// Who.
    pub member: Member,
    /// The codes of the actions they may use here.
    pub permissions: Vec<&'static str>,
    /// When session or token ends whatever happens; `None` when an embedder vouches.
    pub expires_at: Option<Timestamp>,
    /// What has to be done before anything else.
    pub first: Option<Errand>,
}

/// The session or token that carries `scope`. Everybody may see their own, so no action guards it, and a session that has
/// to do with a second factor first learns here what that is; but whoever signed in with a one-time secret sets a
/// password before anything else.
///
/// # Errors
/// [`Denied::PasswordFirst`], [`ServiceError::NotSignedIn`] when nobody is, and what every read can answer.
pub async fn current_session(
    road: &Road,
    catalogue: &Catalogue,
    scope: &Scope,
) -> Result<CurrentSession, ServiceError> {
    let id = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let first = match scope.reach() {
        Reach::Errand(Errand::SetPassword) => return Err(Denied::PasswordFirst.into()),
        Reach::Outside(outside) => return Err(Denied::Outside(*outside).into()),
        Reach::Errand(errand) => Some(*errand),
        _ => None,
    };
    let mut reader = road.store.reader(scope).await?;
    let member = reader.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    let expires_at = match scope.standing() {
        Standing::Session(session, _) => reader.session(session).await?.map(|session| session.expires_at),
        Standing::Token(token, _) => reader.api_token(token).await?.map(|token| token.expires_at),
        Standing::Verified(_) | Standing::Vouched => None,
    };
    Ok(CurrentSession { member, permissions: catalogue.permissions(scope), expires_at, first })
}

/// Signs out: the session that carries `scope` ends, and what it has queued is refused.
///
/// # Errors
/// [`ServiceError::NotSignedIn`] when no session carries it, and what every write can answer.
pub async fn close_session(road: &Road, scope: &Scope) -> Result<Done<()>, ServiceError> {
    let permit = scope.permit::<CloseSession>()?;
    let id = scope.session().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let session = turn.session(id).await?.ok_or(ServiceError::NotSignedIn)?;
    if session.closed_at.is_some() {
        return Ok(Done::nothing(()));
    }
    let change = SessionClosed { session, at: turn.now() };
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now((), receipt))
}
