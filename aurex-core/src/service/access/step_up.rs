//! Stepping up: proving once more who one is, in a session that is open already.

use serde_json::json;

use super::factor_proof::prove;
use super::letters::told;
use super::sign_in::{SignedIn, is_same_password, stored};
use super::verified::rules_of;
use super::{SignIn, observed};
use crate::chance::draw;
use crate::identity::actions::StepUp;
use crate::identity::mails::MailKind;
use crate::identity::member::{Member, SecondFactor, Session};
use crate::identity::password::Password;
use crate::identity::second_factors::{FactorRefusal, Proving, Renewed, SteppedUp};
use crate::identity::secret::SessionToken;
use crate::identity::throttle::Decision;
use crate::service::idempotency::Known;
use crate::service::{Done, ServiceError};
use crate::tenancy::{Assurance, At, Id as _, Scope, Slug, Verified};
use crate::time::Timestamp;

/// Proves once more who one is. The session goes on under a new token, and its proof is fresh; the old token opens
/// nothing any more. Where the member has a second factor, only that one counts, or a recovery code of it.
///
/// Tries are counted before anything is compared or hashed, for the session and for the member in all their sessions.
/// `device` is the device cookie that came along, if one did.
///
/// # Errors
/// [`FactorRefusal`], [`ServiceError::TooMany`], [`ServiceError::Stale`] when the password was changed meanwhile,
/// [`ServiceError::NotSignedIn`] outside a session, and what every write can answer.
pub async fn step_up(
    sign_in: &SignIn,
    scope: &Scope,
    proving: Proving<'_>,
    device: Option<&str>,
) -> Result<Done<SignedIn>, ServiceError> {
    let SignIn { road, pool, throttle, .. } = sign_in;
    let permit = scope.permit::<StepUp>()?;
    let id = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let session = scope.session().ok_or(ServiceError::NotSignedIn)?;
    let mut reader = road.store.reader(scope).await?;
    let slug = reader.workspace().await?.slug;
    let member = reader.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    let credential = reader.credential(id).await?;
    let has_factor = reader.second_factor(id).await?.is_some_and(|factor| factor.counts());
    drop(reader);
    match (has_factor, proving) {
        (true, Proving::Password(_)) => return Err(FactorRefusal::CodeNeeded.into()),
        (false, Proving::Code(_) | Proving::RecoveryCode(_)) => {
            return Err(FactorRefusal::PasswordNeeded.into());
        }
        (true, _) | (false, Proving::Password(_)) => {}
    }
    count(sign_in, scope, &slug, &member).await?;
    let wrong = FactorRefusal::ProofWrong { field: proving.field() };
    if let Proving::Password(typed) = proving {
        let credential = credential.as_ref().ok_or(ServiceError::NotSignedIn)?;
        if !pool.verify(Password::new(typed), stored(credential)?).await? {
            observed::step_up_refused(sign_in, scope, "wrong_password").await?;
            return Err(wrong.into());
        }
    }

    let mut turn = road.turn(scope).await?;
    let now = turn.now();
    let before = turn.session(session).await?.ok_or(ServiceError::NotSignedIn)?;
    let member = turn.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    let epoch = turn.head().await?.epoch;
    let mut others = turn.open_sessions(id).await?;
    others.retain(|other| other.id != session);
    let rules = rules_of(&mut *turn, &member).await?;
    let factor = if let Proving::Password(_) = proving {
        let current = turn.credential(id).await?;
        let is_same =
            current.zip(credential).is_some_and(|(current, then)| is_same_password(&current, &then));
        if !is_same || rules.has_second_factor {
            return Err(ServiceError::Stale);
        }
        None
    } else {
        let used = prove(road, &mut *turn, scope.tenant(), id, proving).await?;
        if used.is_none() {
            drop(turn);
            observed::step_up_refused(sign_in, scope, "wrong_code").await?;
            return Err(wrong.into());
        }
        used
    };
    let assurance = if factor.is_some() { Assurance::SecondFactor } else { Assurance::Password };
    let (token, session) = renewed(sign_in, scope, &member, before, assurance, now);
    // The second half of a sign-in, which may come from elsewhere than the first.
    let is_sign_in =
        assurance == Assurance::SecondFactor && session.before.assurance != Assurance::SecondFactor;
    let after = session.after.clone();
    let mail = match (&factor, proving) {
        (Some(used), Proving::RecoveryCode(_)) => {
            let left = [("count", json!(used.after.codes_left()))];
            Some(told(road, scope, MailKind::RecoveryCodeUsed, &member, now, left)?)
        }
        _ => None,
    };
    let change = SteppedUp { session, factor, by: proving.field(), mail };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;

    settle(sign_in, scope, &slug, &member).await?;
    throttle.forgive_pin(&*road.store, scope.tenant(), id, now).await?;
    if is_sign_in {
        sign_in.observe_concurrent(scope, &others, scope.facts()).await?;
    }
    let device = throttle.device_cookie(device, scope.tenant(), member.email.as_str(), draw(&*road.entropy));
    let moment = (&sign_in.sessions, At::new(now, scope.facts()));
    let who = Verified::in_session(scope.tenant(), &member, &rules, &after, epoch, moment);
    let signed_in = sign_in.signed_in(&who, token, member, &after, scope.facts().clone());
    Ok(Done::now(SignedIn { device: Some(device), ..signed_in }, receipt))
}

/// Counts a try in the session of `scope`, and for its member.
pub(super) async fn count(
    sign_in: &SignIn,
    scope: &Scope,
    slug: &Slug,
    member: &Member,
) -> Result<(), ServiceError> {
    let SignIn { road, throttle, .. } = sign_in;
    let of_member = throttle.factor(slug.as_str(), member.email.as_str());
    for tried in [of_session(sign_in, scope, slug, member), of_member] {
        if let Decision::RetryAfter(seconds) = throttle.charge(&*road.store, &tried, road.clock.now()).await?
        {
            observed::step_up_refused(sign_in, scope, "throttled").await?;
            return Err(ServiceError::TooMany { retry_after_seconds: seconds });
        }
    }
    Ok(())
}

/// Gives the tries back once one was right.
pub(super) async fn settle(
    sign_in: &SignIn,
    scope: &Scope,
    slug: &Slug,
    member: &Member,
) -> Result<(), ServiceError> {
    let SignIn { road, throttle, .. } = sign_in;
    let of_member = throttle.factor(slug.as_str(), member.email.as_str());
    for tried in [of_session(sign_in, scope, slug, member), of_member] {
        throttle.settle(&*road.store, &tried, road.clock.now()).await?;
    }
    Ok(())
}

fn of_session(sign_in: &SignIn, scope: &Scope, slug: &Slug, member: &Member) -> super::throttle::Tried {
    let session = scope.session().map(|session| session.uuid().into_bytes()).unwrap_or_default();
    sign_in.throttle.signed_in(slug.as_str(), member.email.as_str(), &session)
}

/// The same session under a new token, proved at `now`. It ends when it would have ended.
pub(super) fn renewed(
    sign_in: &SignIn,
    scope: &Scope,
    member: &Member,
    before: Session,
    assurance: Assurance,
    now: Timestamp,
) -> (SessionToken, Renewed) {
    let (token, new) = sign_in.new_session(member, assurance, scope.facts(), now);
    let after = Session { token_hash: new.token_hash, assurance, proved_at: now, ..before.clone() };
    (token, Renewed { before, after })
}

/// Whether a row is one that sign-in asks for.
pub(super) fn counting(factor: Option<SecondFactor>) -> Option<SecondFactor> {
    factor.filter(SecondFactor::counts)
}
