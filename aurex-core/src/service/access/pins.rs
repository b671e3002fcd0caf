//! One's own number for shared tills: set, take away.

use super::SignIn;
use super::letters::told;
use crate::chance::draw;
use crate::identity::actions::SetPin;
use crate::identity::factor;
use crate::identity::mails::MailKind;
use crate::identity::member::Pin;
use crate::identity::pins::{PinRemoved, PinSet, UnfitPin};
use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::tenancy::Scope;

/// Sets one's own number, in place of the one before. Tries at that one are forgiven.
///
/// # Errors
/// [`UnfitPin`] and what every write can answer.
pub async fn set_pin(sign_in: &SignIn, scope: &Scope, pin_text: &str) -> Result<Done<()>, ServiceError> {
    let SignIn { road, pool, throttle, .. } = sign_in;
    let permit = scope.permit::<SetPin>()?;
    let member = scope.member().ok_or(ServiceError::NotSignedIn)?;
    // The members' rows hold no telephone number that colleagues could know.
    let pin = factor::Pin::new(pin_text, &[]).map_err(UnfitPin)?;
    let hash = pool.hash(pin.for_hashing(), draw(&*road.entropy)).await?;

    let mut turn = road.turn(scope).await?;
    let (before, now) = (turn.pin(member).await?, turn.now());
    let after = Pin { member, hash: hash.to_stored(), set_at: now, removed_at: None };
    let reader = turn.member(member).await?.ok_or(ServiceError::NotSignedIn)?;
    let mail = told(road, scope, MailKind::PinSet, &reader, now, [])?;
    let sealed = permit.seal(PinSet { before, after, mail }, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    throttle.forgive_pin(&*road.store, scope.tenant(), member, now).await?;
    Ok(Done::now((), receipt))
}

/// Takes one's own number away. What it opened ends.
///
/// # Errors
/// What every write can answer.
pub async fn remove_pin(road: &Road, scope: &Scope) -> Result<Done<()>, ServiceError> {
    let permit = scope.permit::<SetPin>()?;
    let member = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let Some(before) = turn.pin(member).await?.filter(|pin| pin.removed_at.is_none()) else {
        return Ok(Done::nothing(()));
    };
    let mut sessions = turn.open_sessions(member).await?;
    sessions.retain(|session| session.till.is_some());
    let (at, reader) = (turn.now(), turn.member(member).await?.ok_or(ServiceError::NotSignedIn)?);
    let mail = told(road, scope, MailKind::PinRemoved, &reader, at, [])?;
    let sealed = permit.seal(PinRemoved { before, sessions, at, mail }, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now((), receipt))
}
