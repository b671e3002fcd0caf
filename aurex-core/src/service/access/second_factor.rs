//! One's own second factor: setting it up, looking at it, new recovery codes, removing it.

use zeroize::Zeroizing;

use super::SignIn;
use super::factor_proof::{sealed, seed_of};
use super::letters::told;
use super::sign_in::SignedIn;
use super::step_up::{count, counting, renewed, settle};
use super::verified::rules_of;
use crate::identity::actions::{AddSecondFactor, ChangeSecondFactor};
use crate::identity::factor::{Enrolment, RecoveryCodes, Seed};
use crate::identity::mails::MailKind;
use crate::identity::member::SecondFactor;
use crate::identity::second_factors::{
    FactorChanged, FactorConfirmed, FactorRefusal, decide_begin, decide_confirm, decide_remove,
    may_be_without, stored_codes,
};
use crate::rbac::{Action as _, Denied};
use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::tenancy::{Assurance, At, Scope, Verified};
use crate::time::Timestamp;

/// What a new authenticator needs to know. It is shown once.
pub struct FactorOffer {
    /// What the QR code says: `otpauth://totp/…`.
    pub uri: Zeroizing<String>,
    /// The same secret for typing, in base32.
    pub secret: Zeroizing<String>,
}

impl std::fmt::Debug for FactorOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FactorOffer(withheld)")
    }
}

/// How far somebody's second factor has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorState {
    /// There is none.
    None,
    /// It was begun; its first code is still to be given.
    Pending,
    /// Sign-in asks for it.
    Active,
}

/// How one's own second factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorStands {
    /// How far it has come.
    pub state: FactorState,
    /// When it was set up.
    pub added_at: Option<Timestamp>,
    /// How many recovery codes are still good.
    pub recovery_codes_left: usize,
}

/// How one's own second factor stands.
///
/// # Errors
/// [`ServiceError::NotSignedIn`] where no member asks, and what every read can answer.
pub async fn second_factor(road: &Road, scope: &Scope) -> Result<FactorStands, ServiceError> {
    let _permit = scope.permit::<AddSecondFactor>()?;
    let id = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let factor = road.store.reader(scope).await?.second_factor(id).await?;
    let factor = factor.filter(|factor| factor.removed_at.is_none());
    Ok(FactorStands {
        state: match &factor {
            None => FactorState::None,
            Some(factor) if factor.counts() => FactorState::Active,
            Some(_) => FactorState::Pending,
        },
        added_at: factor.as_ref().map(|factor| factor.added_at),
        recovery_codes_left: factor.as_ref().map_or(0, SecondFactor::codes_left),
    })
}

/// Begins to set up a second factor of one's own; [`confirm_second_factor`] makes it count. It takes a fresh proof. Begun
/// anew, what was begun before is worth nothing.
///
/// # Errors
/// [`Denied::StepUpNeeded`], [`FactorRefusal::Active`] and what every write can answer.
pub async fn begin_second_factor(road: &Road, scope: &Scope) -> Result<Done<FactorOffer>, ServiceError> {
    let permit = scope.permit::<AddSecondFactor>()?;
    fresh(scope)?;
    let id = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let seed = Seed::generate(&*road.entropy);
    let mut turn = road.turn(scope).await?;
    let workspace = turn.workspace().await?;
    let member = turn.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    let before = turn.second_factor(id).await?;
    let change = decide_begin(id, before, sealed(road, scope.tenant(), id, &seed)?, turn.now())?;
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    let enrolment =
        Enrolment { product: "Aurex", workspace: workspace.name.as_str(), address: &member.email };
    let offer = FactorOffer { uri: seed.otpauth_uri(&enrolment), secret: seed.to_base32() };
    Ok(Done::now(offer, receipt))
}

/// A second factor counts from now on.
#[derive(Debug)]
pub struct SecondFactorConfirmed {
    /// The recovery codes, to be shown once.
    pub codes: RecoveryCodes,
    /// The session, under a new token.
    pub signed_in: SignedIn,
    /// How many other sessions of the member ended.
    pub ended: usize,
}

/// Makes the second factor count that was begun, with the first code of the authenticator. The session goes on under a
/// new token; the member's other sessions end, unless they wish otherwise: those then have to prove it, too.
///
/// # Errors
/// [`Denied::StepUpNeeded`], [`FactorRefusal`], [`ServiceError::TooMany`] and what every write can answer.
pub async fn confirm_second_factor(
    sign_in: &SignIn,
    scope: &Scope,
    code: &str,
    end_other_sessions: bool,
) -> Result<Done<SecondFactorConfirmed>, ServiceError> {
    let SignIn { road, .. } = sign_in;
    let permit = scope.permit::<AddSecondFactor>()?;
    fresh(scope)?;
    let id = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let session = scope.session().ok_or(ServiceError::NotSignedIn)?;
    let mut reader = road.store.reader(scope).await?;
    let slug = reader.workspace().await?.slug;
    let member = reader.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    drop(reader);
    count(sign_in, scope, &slug, &member).await?;

    let mut turn = road.turn(scope).await?;
    let now = turn.now();
    let factor = turn.second_factor(id).await?.filter(|factor| factor.removed_at.is_none());
    let before = match factor {
        None => return Err(FactorRefusal::NotBegun.into()),
        Some(factor) if factor.counts() => return Err(FactorRefusal::Active.into()),
        Some(factor) => factor,
    };
    let seed = seed_of(road, scope.tenant(), &before)?.ok_or(FactorRefusal::NotBegun)?;
    let codes = RecoveryCodes::generate(&*road.entropy);
    let stored = stored_codes(&codes, scope.tenant(), id);
    let after = decide_confirm(&before, &seed, code, stored, now)?;
    let member = turn.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    let own = turn.session(session).await?.ok_or(ServiceError::NotSignedIn)?;
    let mut ended = Vec::new();
    if end_other_sessions {
        ended = turn.open_sessions(id).await?;
        ended.retain(|open| open.id != session);
    }
    let epoch = turn.head().await?.epoch.saturating_add(1);
    let mut rules = rules_of(&mut *turn, &member).await?;
    rules.has_second_factor = true;
    let (token, session) = renewed(sign_in, scope, &member, own, Assurance::SecondFactor, now);
    let renewed = session.after.clone();
    let mail = told(road, scope, MailKind::SecondFactorAdded, &member, now, [])?;
    let how_many = ended.len();
    let change = FactorConfirmed { before, after, session, ended, mail };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    settle(sign_in, scope, &slug, &member).await?;
    let moment = (&sign_in.sessions, At::new(now, scope.facts()));
    let who = Verified::in_session(scope.tenant(), &member, &rules, &renewed, epoch, moment);
    let signed_in = sign_in.signed_in(&who, token, member, &renewed, scope.facts().clone());
    Ok(Done::now(SecondFactorConfirmed { codes, signed_in, ended: how_many }, receipt))
}

/// Ten new recovery codes; those before open nothing any more.
///
/// # Errors
/// [`FactorRefusal::Missing`] and what every write can answer.
pub async fn new_recovery_codes(road: &Road, scope: &Scope) -> Result<Done<RecoveryCodes>, ServiceError> {
    let permit = scope.permit::<ChangeSecondFactor>()?;
    let id = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let codes = RecoveryCodes::generate(&*road.entropy);
    let mut turn = road.turn(scope).await?;
    let at = turn.now();
    let member = turn.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    let before = counting(turn.second_factor(id).await?).ok_or(FactorRefusal::Missing)?;
    let after = SecondFactor { recovery: stored_codes(&codes, scope.tenant(), id), ..before.clone() };
    let mail = told(road, scope, MailKind::RecoveryCodesRenewed, &member, at, [])?;
    let change = FactorChanged { before, after, ended: Vec::new(), at, mail };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(Done::now(codes, receipt))
}

/// Removes one's own second factor. The member's other sessions end.
///
/// # Errors
/// [`FactorRefusal::Missing`], [`FactorRefusal::Required`] and what every write can answer.
pub async fn remove_second_factor(road: &Road, scope: &Scope) -> Result<Done<()>, ServiceError> {
    let permit = scope.permit::<ChangeSecondFactor>()?;
    let id = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let at = turn.now();
    let member = turn.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    let before = turn.second_factor(id).await?.ok_or(FactorRefusal::Missing)?;
    let after = decide_remove(Some(&before), at)?;
    may_be_without(member.role, &turn.workspace().await?.second_factor_for)?;
    let mut ended = turn.open_sessions(id).await?;
    ended.retain(|open| Some(open.id) != scope.session());
    let mail = told(road, scope, MailKind::SecondFactorRemoved, &member, at, [])?;
    let change = FactorChanged { before, after, ended, at, mail };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(Done::now((), receipt))
}

/// What a second factor is set up with is worth a fresh proof. The action itself does not ask for one, because looking
/// takes none.
fn fresh(scope: &Scope) -> Result<(), Denied> {
    if scope.proof().is_fresh { Ok(()) } else { Err(Denied::StepUpNeeded { action: AddSecondFactor::CODE }) }
}
