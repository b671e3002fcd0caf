//! Signing in with a password.

use std::sync::Arc;

use super::factor_proof::prove;
use super::link_requests::Behind;
use super::notices::{Circumstances, about};
use super::refusals::Refusals;
use super::throttle::{Throttle, Tried};
use crate::chance::draw;
use crate::identity::actions::OpenSession;
use crate::identity::member::{Credential, Member, Session};
use crate::identity::password::{BreachedPasswords, HashPool, Password, PasswordHash, PasswordPolicy};
use crate::identity::second_factors::Proving;
use crate::identity::secret::SessionToken;
use crate::identity::sessions::{HashUpgrade, NewSession, SessionOpened, SessionPolicy, decide_open};
use crate::identity::throttle::{Decision, DeviceCookie, SignInPolicies, ThrottleKeys};
use crate::service::idempotency::Known;
use crate::service::{Road, ServiceError};
use crate::store::{KnownMember, MemberRules, StoreError};
use crate::tenancy::{
    Assurance, At, Errand, Proof, RequestFacts, Scope, SessionId, SignInKey, Slug, TenantId, Verified,
};
use crate::text::Email;
use crate::time::Timestamp;

/// What signing in is allowed and asked, one deployment's choice.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignInConfig {
    /// How often somebody may try.
    pub throttle: SignInPolicies,
    /// How long sessions last.
    pub sessions: SessionPolicy,
    /// What a new password must satisfy.
    pub passwords: PasswordPolicy,
}

/// The way in, and the only one that request handlers are given. Made once, by the composition root.
pub struct SignIn {
    pub(super) key: SignInKey,
    pub(super) road: Road,
    pub(super) pool: Arc<HashPool>,
    pub(super) throttle: Throttle,
    /// Counts tries at the codes in mails.
    pub(super) codes: Throttle,
    pub(super) behind: Behind,
    pub(super) refusals: Refusals,
    pub(super) sessions: SessionPolicy,
    pub(super) passwords: PasswordPolicy,
    pub(super) breached: Option<Arc<dyn BreachedPasswords>>,
}

/// Somebody just signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// The session's token: for the cookie, and kept nowhere.
    pub token: SessionToken,
    /// Who.
    pub member: Member,
    /// Their scope, on the new session.
    pub scope: Scope,
    /// The session's id.
    pub session: SessionId,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// Whether it opens only “set your password”.
    pub one_time: bool,
    /// The cookie by which this device is known from now on, where it came with a password of its owner's own choice.
    pub device: Option<DeviceCookie>,
    /// What has to be done before anything else.
    pub first: Option<Errand>,
}

/// A password that was right.
struct Right {
    member: Member,
    rules: MemberRules,
    credential: Credential,
    epoch: u64,
}

impl SignIn {
    /// Takes the key that [`Authority::split`](crate::tenancy::Authority::split) gave out for this.
    pub fn new(
        key: SignInKey,
        road: Road,
        pool: Arc<HashPool>,
        throttle: ThrottleKeys,
        config: SignInConfig,
    ) -> Self {
        let a_code = SignInPolicies { device: SignInPolicies::MAIL_CODE, ..config.throttle };
        let codes = Throttle::new(throttle.clone(), a_code);
        let throttle = Throttle::new(throttle, config.throttle);
        let SignInConfig { sessions, passwords, .. } = config;
        let (refusals, behind) = (Refusals::default(), Behind::default());
        Self { key, road, pool, throttle, codes, refusals, behind, sessions, passwords, breached: None }
    }

    /// Checks new passwords against a list of breached ones as well.
    #[must_use]
    pub fn with_breached(self, list: Arc<dyn BreachedPasswords>) -> Self {
        Self { breached: Some(list), ..self }
    }

    /// Signs in with address and password, as they were typed.
    ///
    /// Whatever is wrong (no such workspace, no such member, a disabled one, another password, text that is no slug or
    /// address) has one answer at one cost; the workspace's own log says which it was. Tries are counted before the
    /// password is hashed. `device` is the device cookie that came along, if one did: a request that proves a known
    /// device answers to that device's bucket instead of a stranger's, so that no stranger can keep anybody out.
    ///
    /// Where the member has a second factor, the session reaches nothing but the place to prove it. Who was right and is
    /// outside the hours or networks of their role is told so, behind the same hash.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`], [`Denied::Outside`](crate::rbac::Denied::Outside), [`ServiceError::TooMany`], [`ServiceError::Hashing`] when the pool is full.
    pub async fn password(
        &self,
        slug_text: &str,
        email_text: &str,
        password_text: &str,
        device: Option<&str>,
        facts: RequestFacts,
    ) -> Result<SignedIn, ServiceError> {
        self.password_and_code(slug_text, email_text, (password_text, None), device, facts).await
    }

    /// The same with the code of the second factor beside the password. Without a second factor the code is nothing
    /// to anybody; a wrong one is answered like a wrong password.
    ///
    /// # Errors
    /// As [`SignIn::password`].
    pub async fn password_and_code(
        &self,
        slug_text: &str,
        email_text: &str,
        (password_text, code): (&str, Option<&str>),
        device: Option<&str>,
        facts: RequestFacts,
    ) -> Result<SignedIn, ServiceError> {
        let tenant = self.door(slug_text).await?;
        let tried = tenant
            .zip(device)
            .and_then(|(tenant, cookie)| self.throttle.known_device(tenant, slug_text, email_text, cookie))
            .unwrap_or_else(|| self.throttle.stranger(slug_text, email_text, facts.ip));
        let now = self.road.clock.now();
        if let Decision::RetryAfter(seconds) = self.throttle.charge(&*self.road.store, &tried, now).await? {
            self.refused(tenant, email_text, "throttled", &facts).await?;
            return Err(ServiceError::TooMany { retry_after_seconds: seconds });
        }
        let password = Password::new(password_text);
        let is_stranger = !matches!(tried, Tried::Known(_));
        let among_strangers = is_stranger.then(|| self.pool.among_strangers()).transpose()?;
        let right = match self.verify(tenant, email_text, &password).await? {
            Ok(right) => right,
            Err(why) => {
                self.refused(tenant, email_text, why, &facts).await?;
                return Err(ServiceError::NotSignedIn);
            }
        };
        drop(among_strangers);
        let known_device = !is_stranger;
        let (tries, within) = self.throttle.recent(&*self.road.store, (slug_text, email_text), now).await?;
        // A stranger's own try is among them.
        let refused = (if known_device { tries } else { tries.saturating_sub(1) }, within);
        let since = right.credential.set_at;
        let circumstances = Circumstances { known_device, refused, since };
        // `verify` finds members in open workspaces only.
        let tenant = tenant.ok_or(ServiceError::NotSignedIn)?;
        let is_asked = right.rules.has_second_factor && !right.credential.one_time;
        let code = code.filter(|_| is_asked);
        let of_member = code.map(|_| self.throttle.factor(slug_text, right.member.email.as_str()));
        if let Some(tried) = &of_member
            && let Decision::RetryAfter(seconds) = self.throttle.charge(&*self.road.store, tried, now).await?
        {
            self.refused(Some(tenant), email_text, "throttled", &facts).await?;
            return Err(ServiceError::TooMany { retry_after_seconds: seconds });
        }
        let proving = code.map(Proving::Code);
        let opened =
            self.open_session(tenant, right, password, (proving, circumstances), facts.clone()).await;
        if let Err(ServiceError::Denied(_)) = opened {
            // Who was right and came at the wrong hour has guessed nothing.
            self.throttle.settle(&*self.road.store, &tried, now).await?;
        }
        let Some(signed_in) = opened? else {
            self.refused(Some(tenant), email_text, "wrong_code", &facts).await?;
            return Err(ServiceError::NotSignedIn);
        };
        // Half a proof gives no try back and makes no device known.
        if is_asked && of_member.is_none() {
            return Ok(signed_in);
        }
        for tried in [Some(&tried), of_member.as_ref()].into_iter().flatten() {
            self.throttle.settle(&*self.road.store, tried, self.road.clock.now()).await?;
        }
        if !signed_in.one_time {
            self.throttle.forgive_pin(&*self.road.store, tenant, signed_in.member.id, now).await?;
        }
        // Whoever set a one-time secret for somebody else does not make their own device known by it.
        let device = (!signed_in.one_time)
            .then(|| self.throttle.device_cookie(device, tenant, email_text, draw(&*self.road.entropy)));
        Ok(SignedIn { device, ..signed_in })
    }

    /// The workspace of this slug, if it is one and is open.
    pub(super) async fn door(&self, slug_text: &str) -> Result<Option<TenantId>, ServiceError> {
        let Ok(slug) = slug_text.parse::<Slug>() else { return Ok(None) };
        Ok(self.road.store.door(&slug).await?.map(|door| door.tenant))
    }

    /// Whether this is the password: the member, or for the log why not. Every way costs one hash.
    async fn verify(
        &self,
        tenant: Option<TenantId>,
        email_text: &str,
        password: &Password,
    ) -> Result<Result<Right, &'static str>, ServiceError> {
        let known = match (tenant, Email::new(email_text)) {
            (Some(tenant), Ok(email)) => self.road.store.known_member(tenant, &email).await?,
            _ => None,
        };
        let Some(KnownMember { member, rules, credential: Some(credential), epoch }) = known else {
            self.pool.verify_unknown(password.clone()).await?;
            return Ok(Err("unknown_account"));
        };
        let right = self.pool.verify(password.clone(), stored(&credential)?).await?;
        Ok(if !right {
            Err("wrong_password")
        } else if !member.is_active(self.road.clock.now()) {
            Err("disabled")
        } else if !self.sessions.still_opens(&credential, self.road.clock.now()) {
            Err("secret_expired")
        } else {
            Ok(Right { member, rules, credential, epoch })
        })
    }

    async fn refused(
        &self,
        tenant: Option<TenantId>,
        email_text: &str,
        why: &'static str,
        facts: &RequestFacts,
    ) -> Result<(), ServiceError> {
        match tenant {
            Some(tenant) => self.observe_stranger(tenant, email_text, why, facts).await,
            None => Ok(()),
        }
    }

    /// Opens a session; nothing where the second factor that is presented with the password is not right.
    async fn open_session(
        &self,
        tenant: TenantId,
        right: Right,
        password: Password,
        (proving, circumstances): (Option<Proving<'_>>, Circumstances),
        facts: RequestFacts,
    ) -> Result<Option<SignedIn>, ServiceError> {
        let Right { member, rules, credential, epoch } = right;
        // As the log names it, if it comes to that: a wrong code opens and writes nothing.
        let assurance = match proving {
            _ if credential.one_time => Assurance::OneTimeSecret,
            Some(_) => Assurance::SecondFactor,
            None => Assurance::Password,
        };
        let proof = Proof { assurance, is_fresh: true };
        let at = At::new(self.road.clock.now(), &facts);
        let who = Verified::just_now(tenant, &member, &rules, epoch, (proof, at));
        let verified = self.key.session(&who, None, facts.clone());
        let permit = match verified.permit::<OpenSession>() {
            Ok(permit) => permit,
            Err(denied) => return Err(self.observe_outside(tenant, member.id, denied, &facts).await?),
        };
        let upgraded = self.upgraded(&credential, password).await?;

        let mut turn = self.road.turn(&verified).await?;
        let now = turn.now();
        let current = turn.credential(member.id).await?.ok_or(ServiceError::NotSignedIn)?;
        if !is_same_password(&current, &credential) {
            return Err(ServiceError::NotSignedIn);
        }
        let factor = match proving {
            None => None,
            Some(proving) => match prove(&self.road, &mut *turn, tenant, member.id, proving).await? {
                None => return Ok(None),
                used => used,
            },
        };
        let (token, new) = self.new_session(&member, assurance, &facts, now);
        let upgrade = upgraded
            .filter(|_| current.hash == credential.hash)
            .map(|hash| HashUpgrade { before: current, hash });
        let open = turn.open_sessions(member.id).await?;
        let mails = if assurance == Assurance::OneTimeSecret {
            Vec::new()
        } else {
            about(&self.road, &verified, &member, circumstances, &open, now)?
        };
        let opened = decide_open(new, open.clone(), upgrade, &self.sessions, now);
        let change = SessionOpened { mails, factor, ..opened };
        let session = change.session.clone();
        let sealed = permit.seal(change, &*self.road.entropy);
        self.road.finish(turn, sealed, Known::Fresh(None)).await?;
        self.observe_concurrent(&verified, &open, &facts).await?;
        let moment = (&self.sessions, At::new(now, &facts));
        let who = Verified::in_session(tenant, &member, &rules, &session, epoch, moment);
        Ok(Some(self.signed_in(&who, token, member, &session, facts)))
    }

    /// The same password hashed anew, where its hash is weaker than today's. A full pool is no reason to keep
    /// somebody out who was right: the next sign-in will do.
    async fn upgraded(
        &self,
        credential: &Credential,
        password: Password,
    ) -> Result<Option<String>, ServiceError> {
        if !self.pool.needs_upgrade(&stored(credential)?) {
            return Ok(None);
        }
        let hash = self.pool.hash(password, draw(&*self.road.entropy)).await;
        Ok(hash.ok().map(|hash| hash.to_stored()))
    }

    /// A new token and the session it stands for.
    pub(super) fn new_session(
        &self,
        member: &Member,
        assurance: Assurance,
        facts: &RequestFacts,
        now: Timestamp,
    ) -> (SessionToken, NewSession) {
        let token = SessionToken::from_entropy(draw(&*self.road.entropy));
        let id = SessionId::new(now, &*self.road.entropy);
        let token_hash = *token.hash().as_bytes();
        let new = NewSession {
            id,
            member: member.id,
            role: member.role,
            token_hash,
            assurance,
            address: facts.ip.map(|ip| ip.to_string()),
            agent: facts.user_agent.clone(),
            till: None,
        };
        (token, new)
    }

    pub(super) fn signed_in(
        &self,
        who: &Verified,
        token: SessionToken,
        member: Member,
        session: &Session,
        facts: RequestFacts,
    ) -> SignedIn {
        SignedIn {
            token,
            member,
            scope: self.key.session(who, Some(session.id), facts),
            session: session.id,
            expires_at: session.expires_at,
            one_time: session.one_time,
            device: None,
            first: who.first,
        }
    }
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(withheld)")
    }
}

/// A stored hash, ready to verify with.
pub(super) fn stored(credential: &Credential) -> Result<PasswordHash, ServiceError> {
    credential.hash.parse().map_err(|error| StoreError::failed(error).into())
}

/// Whether two readings of a credential are of one password. The hash may differ: another sign-in may just have
/// strengthened it.
pub(super) fn is_same_password(one: &Credential, other: &Credential) -> bool {
    (one.set_at, one.one_time) == (other.set_at, other.one_time)
}
