//! Shared tills: enrolling and revoking them, and taking one over with a number.

use serde_json::json;

use super::SignIn;
use super::audience::active_owners;
use super::letters::{doer, told};
use super::verified::rules_of;
use crate::audit::{Observation, Observed, Outcome};
use crate::chance::draw;
use crate::identity::actions::{ChangeTills, OpenSession, ReadTills};
use crate::identity::factor::Pin;
use crate::identity::mails::MailKind;
use crate::identity::pins::{PinRefusal, is_offered};
use crate::identity::secret::TillToken;
use crate::identity::sessions::{NewSession, decide_open};
use crate::identity::throttle::Decision;
use crate::identity::tills::{Till, TillRevoked, decide_enrol};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::store::{KnownPin, StoreError};
use crate::tenancy::{Assurance, At, MemberId, Proof, RequestFacts, Scope, TenantId, TillId, Verified};
use crate::text::Name;

use super::SignedIn;

const NO_TILL: ServiceError = ServiceError::NotFound("till");

/// A till that was enrolled.
#[derive(Debug)]
pub struct EnrolledTill {
    /// Its row.
    pub till: Till,
    /// Its token: for the cookie of the device that is to be the till, and kept nowhere; `None` when the command was
    /// replayed, because nobody has it any more.
    pub token: Option<TillToken>,
}

/// A till, as somebody in front of it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillAtHand {
    /// The till.
    pub till: Till,
    /// Who may take it over with their number: id and name, oldest member first.
    pub members: Vec<(MemberId, Name)>,
}

/// Enrols the device that asks as a shared till.
///
/// # Errors
/// [`TillRefusal`](crate::identity::tills::TillRefusal) and what every write can answer.
pub async fn enrol_till(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    name: Name,
) -> Result<Done<EnrolledTill>, ServiceError> {
    let permit = scope.permit::<ChangeTills>()?;
    let enrolled_by = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, ChangeTills::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse::<TillId>().map_err(|_| NO_TILL)?;
        let till = turn.till(id).await?.ok_or(NO_TILL)?;
        return Ok(Done::before(EnrolledTill { till, token: None }));
    }
    let (now, token) = (turn.now(), TillToken::from_entropy(draw(&*road.entropy)));
    let till = Till {
        id: TillId::new(now, &*road.entropy),
        name,
        token_hash: *token.hash().as_bytes(),
        enrolled_by,
        enrolled_at: now,
        revoked_at: None,
    };
    let mut mails = Vec::new();
    for owner in active_owners(&mut *turn).await? {
        let more = [doer(&mut *turn, scope, owner.id).await?, ("what", json!(till.name.as_str()))];
        mails.push(told(road, scope, MailKind::TillEnrolled, &owner, now, more)?);
    }
    let change = decide_enrol(till.clone(), &turn.tills().await?, mails)?;
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, known).await?;
    Ok(Done::now(EnrolledTill { till, token: Some(token) }, receipt))
}

/// The shared tills, oldest first, the revoked ones too.
///
/// # Errors
/// What every read can answer.
pub async fn list_tills(road: &Road, scope: &Scope) -> Result<Vec<Till>, ServiceError> {
    let _permit = scope.permit::<ReadTills>()?;
    Ok(road.store.reader(scope).await?.tills().await?)
}

/// Revokes a till: its device is a stranger from now on, and the sessions on it end.
///
/// # Errors
/// [`ServiceError::NotFound`] and what every write can answer.
pub async fn revoke_till(road: &Road, scope: &Scope, id: TillId) -> Result<Done<()>, ServiceError> {
    let permit = scope.permit::<ChangeTills>()?;
    let mut turn = road.turn(scope).await?;
    let till = turn.till(id).await?.ok_or(NO_TILL)?;
    if till.revoked_at.is_some() {
        return Ok(Done::nothing(()));
    }
    let change = TillRevoked { till, sessions: turn.sessions_on(id).await?, at: turn.now() };
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now((), receipt))
}

/// A till that has just shown its token.
struct KnownTill {
    tenant: TenantId,
    till: Till,
    offered: Vec<KnownPin>,
}

impl SignIn {
    /// The till whose token this is, and who may take it over.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`], whatever is wrong.
    pub async fn till(&self, slug_text: &str, token_text: &str) -> Result<TillAtHand, ServiceError> {
        let KnownTill { till, offered, .. } = self.known_till(slug_text, token_text).await?;
        let members = offered.into_iter().map(|known| (known.member.id, known.member.name)).collect();
        Ok(TillAtHand { till, members })
    }

    async fn known_till(&self, slug_text: &str, token_text: &str) -> Result<KnownTill, ServiceError> {
        let token = TillToken::parse(token_text).map_err(|_| ServiceError::NotSignedIn)?;
        let tenant = self.door(slug_text).await?.ok_or(ServiceError::NotSignedIn)?;
        let known = self.road.store.known_till(tenant, token.hash().as_bytes()).await?;
        let known = known.filter(|(till, _)| till.revoked_at.is_none());
        let (till, mut offered) = known.ok_or(ServiceError::NotSignedIn)?;
        let now = self.road.clock.now();
        offered.retain(|known| is_offered(&known.member, &known.rules, now));
        Ok(KnownTill { tenant, till, offered })
    }

    /// Takes a till over: opens a session for the member with this number, and ends whatever was open on the till.
    ///
    /// Tries are counted by member, at all tills together, before the number is hashed. After five wrong ones the number
    /// is locked until its member signs in with the password or sets another; a right one forgives them.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`], whatever is wrong; [`PinRefusal::Locked`]; [`ServiceError::TooMany`] in the midst
    /// of a flood; [`ServiceError::Hashing`] when the pool is full.
    pub async fn pin(
        &self,
        slug_text: &str,
        till_token: &str,
        member: MemberId,
        pin_text: &str,
        facts: RequestFacts,
    ) -> Result<SignedIn, ServiceError> {
        let KnownTill { tenant, till, offered } = self.known_till(slug_text, till_token).await?;
        let known = offered.into_iter().find(|known| known.member.id == member);
        let known = known.ok_or(ServiceError::NotSignedIn)?;
        let tried = self.throttle.pin(tenant, member);
        let now = self.road.clock.now();
        match self.throttle.charge(&*self.road.store, &tried, now).await? {
            Decision::Allow => {}
            // A bucket that is full waits for years; seconds are other servers that were quicker.
            Decision::RetryAfter(seconds) if seconds <= 1 => {
                return Err(ServiceError::TooMany { retry_after_seconds: seconds });
            }
            Decision::RetryAfter(_) => {
                self.observe_pin(tenant, member, "locked", &facts).await?;
                return Err(PinRefusal::Locked.into());
            }
        }
        let hash = known.pin.hash.parse().map_err(|error| ServiceError::from(StoreError::failed(error)))?;
        let is_right = match Pin::typed(pin_text) {
            Some(typed) => self.pool.verify(typed.for_hashing(), hash).await?,
            None => false,
        };
        if !is_right {
            self.observe_pin(tenant, member, "wrong_pin", &facts).await?;
            return Err(ServiceError::NotSignedIn);
        }
        self.throttle.settle(&*self.road.store, &tried, self.road.clock.now()).await?;
        self.take_over(tenant, &till, known, facts).await
    }

    async fn take_over(
        &self,
        tenant: TenantId,
        till: &Till,
        known: KnownPin,
        facts: RequestFacts,
    ) -> Result<SignedIn, ServiceError> {
        let KnownPin { pin, member, rules, epoch } = known;
        let proof = Proof { assurance: Assurance::Pin, is_fresh: false };
        let at = At::new(self.road.clock.now(), &facts);
        let who = Verified::just_now(tenant, &member, &rules, epoch, (proof, at));
        let verified = self.key.session(&who, None, facts.clone());
        let permit = match verified.permit::<OpenSession>() {
            Ok(permit) => permit,
            Err(denied) => return Err(self.observe_outside(tenant, member.id, denied, &facts).await?),
        };

        let mut turn = self.road.turn(&verified).await?;
        let now = turn.now();
        // What was verified outside the turn still has to be so.
        let is_same_pin = turn.pin(member.id).await?.as_ref() == Some(&pin);
        let is_till = turn.till(till.id).await?.is_some_and(|till| till.revoked_at.is_none());
        let rules = rules_of(&mut *turn, &member).await?;
        if !is_same_pin || !is_till || !is_offered(&member, &rules, now) {
            return Err(ServiceError::NotSignedIn);
        }
        let (token, new) = self.new_session(&member, Assurance::Pin, &facts, now);
        let new = NewSession { till: Some(till.id), ..new };
        let open = turn.open_sessions(member.id).await?;
        let mut change = decide_open(new, open.clone(), None, &self.sessions, now);
        for session in turn.sessions_on(till.id).await? {
            if change.evicted.iter().all(|other| other.id != session.id) {
                change.evicted.push(session);
            }
        }
        let session = change.session.clone();
        let sealed = permit.seal(change, &*self.road.entropy);
        self.road.finish(turn, sealed, Known::Fresh(None)).await?;
        self.observe_concurrent(&verified, &open, &facts).await?;
        let moment = (&self.sessions, At::new(now, &facts));
        let who = Verified::in_session(tenant, &member, &rules, &session, epoch, moment);
        Ok(self.signed_in(&who, token, member, &session, facts))
    }

    async fn observe_pin(
        &self,
        tenant: TenantId,
        member: MemberId,
        why: &'static str,
        facts: &RequestFacts,
    ) -> Result<(), ServiceError> {
        let seen = Observation::new(
            self.road.clock.now(),
            Observed::anonymous(),
            facts,
            "session.refused",
            ("member", member.to_string()),
            Outcome::Refused,
            why,
        );
        Ok(self.road.store.observe(tenant, &seen).await?)
    }
}
