//! Passwords: changing one's own, and resetting somebody's from the shell.

use unicode_normalization::UnicodeNormalization as _;

use super::letters::told;
use super::sign_in::{SignedIn, is_same_password, stored};
use super::verified::rules_of;
use super::{SignIn, observed};
use crate::chance::draw;
use crate::identity::actions::{ChangePassword, ResetPassword};
use crate::identity::credentials::{Holder, OneTimeSecret, PasswordChanged, PasswordRefusal, PasswordReset};
use crate::identity::mails::MailKind;
use crate::identity::member::Member;
use crate::identity::password::Password;
use crate::identity::throttle::Decision;
use crate::service::idempotency::Known;
use crate::service::{Done, ServiceError};
use crate::tenancy::{Assurance, At, Id as _, Scope, Verified};
use crate::text::Email;

/// Changes one's own password. All sessions of the member end, this one too; a new one begins in the same change.
///
/// Tries at the present password are counted under the session that makes them: nobody else can use them up, and a
/// stolen session does not guess freely.
///
/// # Errors
/// [`PasswordRefusal`], [`UnfitPassword`](crate::identity::credentials::UnfitPassword), [`ServiceError::TooMany`],
/// [`ServiceError::Stale`] when the password was changed meanwhile, and what every write can answer.
pub async fn change_password(
    sign_in: &SignIn,
    scope: &Scope,
    current_text: &str,
    new_text: &str,
) -> Result<Done<SignedIn>, ServiceError> {
    let SignIn { road, pool, throttle, .. } = sign_in;
    let permit = scope.permit::<ChangePassword>()?;
    let id = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut reader = road.store.reader(scope).await?;
    let workspace = reader.workspace().await?;
    let member = reader.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    let credential = reader.credential(id).await?.ok_or(ServiceError::NotSignedIn)?;
    drop(reader);

    let holder = Holder {
        workspace: &workspace.name,
        slug: &workspace.slug,
        name: &member.name,
        email: &member.email,
    };
    let new = Password::new(new_text);
    sign_in.check_new_password(&new, holder, "/new").await?;
    if current_text.nfc().eq(new_text.nfc()) {
        return Err(PasswordRefusal::Unchanged.into());
    }
    let session = scope.session().map(|session| session.uuid().into_bytes()).unwrap_or_default();
    let tried = throttle.signed_in(workspace.slug.as_str(), member.email.as_str(), &session);
    if let Decision::RetryAfter(seconds) = throttle.charge(&*road.store, &tried, road.clock.now()).await? {
        observed::password_refused(sign_in, scope, "throttled").await?;
        return Err(ServiceError::TooMany { retry_after_seconds: seconds });
    }
    if !pool.verify(Password::new(current_text), stored(&credential)?).await? {
        observed::password_refused(sign_in, scope, "wrong_password").await?;
        return Err(PasswordRefusal::CurrentWrong.into());
    }
    throttle.settle(&*road.store, &tried, road.clock.now()).await?;
    let hash = pool.hash(new, draw(&*road.entropy)).await?;

    let mut turn = road.turn(scope).await?;
    let now = turn.now();
    let before = turn.credential(id).await?.ok_or(ServiceError::NotSignedIn)?;
    if !is_same_password(&before, &credential) {
        return Err(ServiceError::Stale);
    }
    let member = turn.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    let epoch = turn.head().await?.epoch.saturating_add(1);
    let rules = rules_of(&mut *turn, &member).await?;
    // What was proved beyond the old password stays proved; a secret of somebody else's has become one's own.
    let assurance = match scope.assurance() {
        Assurance::SecondFactor => Assurance::SecondFactor,
        _ => Assurance::Password,
    };
    let (token, new_session) = sign_in.new_session(&member, assurance, scope.facts(), now);
    let session = new_session.opened(&sign_in.sessions, now);
    let change = PasswordChanged {
        before,
        hash: hash.to_stored(),
        open: turn.open_sessions(id).await?,
        session: session.clone(),
        mail: told(road, scope, MailKind::PasswordChanged, &member, now, [])?,
    };
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    let moment = (&sign_in.sessions, At::new(now, scope.facts()));
    let who = Verified::in_session(scope.tenant(), &member, &rules, &session, epoch, moment);
    Ok(Done::now(sign_in.signed_in(&who, token, member, &session, scope.facts().clone()), receipt))
}

/// A member's password was reset.
#[derive(Debug)]
pub struct PasswordWasReset {
    /// Whose.
    pub member: Member,
    /// The one-time password, to be handed over. It opens only “set your password”.
    pub secret: OneTimeSecret,
}

/// Resets the password of somebody who lost theirs. Made for the operator's shell; a signed-in owner holds the action
/// too, should a call ever offer it. Nobody chooses the secret, and it enables nobody: who was disabled stays so. The
/// member is told by mail that the password is another.
///
/// # Errors
/// [`ServiceError::NotFound`] when no member has the address, and what every write can answer.
pub async fn reset_password(
    sign_in: &SignIn,
    scope: &Scope,
    email: &Email,
) -> Result<Done<PasswordWasReset>, ServiceError> {
    let SignIn { road, pool, .. } = sign_in;
    let permit = scope.permit::<ResetPassword>()?;
    let secret = OneTimeSecret::from_entropy(draw(&*road.entropy));
    let hash = pool.hash(Password::new(secret.expose()), draw(&*road.entropy)).await?;

    let mut turn = road.turn(scope).await?;
    let member = turn.member_by_email(email).await?.ok_or(ServiceError::NotFound("member"))?;
    let at = turn.now();
    let change = PasswordReset {
        before: turn.credential(member.id).await?,
        hash: hash.to_stored(),
        open: turn.open_sessions(member.id).await?,
        mail: told(road, scope, MailKind::PasswordChanged, &member, at, [])?,
        at,
        member: member.clone(),
    };
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now(PasswordWasReset { member, secret }, receipt))
}
