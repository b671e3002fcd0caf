//! Signing in with a password.

use std::sync::Arc;

use super::throttle::Throttle;
use crate::chance::draw;
use crate::identity::actions::OpenSession;
use crate::identity::member::{Credential, Member, Session};
use crate::identity::password::{HashPool, Password, PasswordHash, PasswordPolicy};
use crate::identity::secret::SessionToken;
use crate::identity::sessions::{HashUpgrade, NewSession, SessionPolicy, decide_open};
use crate::identity::throttle::{Decision, SignInPolicies, ThrottleKeys};
use crate::service::idempotency::Known;
use crate::service::{Road, ServiceError};
use crate::store::{KnownMember, MemberRules, StoreError};
use crate::tenancy::{
    Assurance, Errand, Proof, RequestFacts, Scope, SessionId, SignInKey, Slug, TenantId, Verified,
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
    pub(super) sessions: SessionPolicy,
    pub(super) passwords: PasswordPolicy,
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
        let throttle = Throttle::new(throttle, config.throttle);
        Self { key, road, pool, throttle, sessions: config.sessions, passwords: config.passwords }
    }

    /// Signs in with address and password, as they were typed.
    ///
    /// Whatever is wrong (no such workspace, no such member, a disabled one, another password, text that is no slug or
    /// address) has one answer at one cost; the workspace's own log says which it was. Tries are counted before the
    /// password is hashed. A request that proves a known device will answer to that device's bucket instead of a
    /// stranger's: here is the place.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`], [`ServiceError::TooMany`], [`ServiceError::Hashing`] when the pool is full.
    pub async fn password(
        &self,
        slug_text: &str,
        email_text: &str,
        password_text: &str,
        facts: RequestFacts,
    ) -> Result<SignedIn, ServiceError> {
        let tenant = self.door(slug_text).await?;
        let tried = self.throttle.stranger(slug_text, email_text, facts.ip);
        let now = self.road.clock.now();
        if let Decision::RetryAfter(seconds) = self.throttle.charge(&*self.road.store, &tried, now).await? {
            self.refused(tenant, email_text, "throttled", &facts).await?;
            return Err(ServiceError::TooMany { retry_after_seconds: seconds });
        }
        let password = Password::new(password_text);
        let right = match self.verify(tenant, email_text, &password).await? {
            Ok(right) => right,
            Err(why) => {
                self.refused(tenant, email_text, why, &facts).await?;
                return Err(ServiceError::NotSignedIn);
            }
        };
        self.throttle.settle(&*self.road.store, &tried, self.road.clock.now()).await?;
        // `verify` finds members in open workspaces only.
        let tenant = tenant.ok_or(ServiceError::NotSignedIn)?;
        self.open_session(tenant, right, password, facts).await
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

    async fn open_session(
        &self,
        tenant: TenantId,
        right: Right,
        password: Password,
        facts: RequestFacts,
    ) -> Result<SignedIn, ServiceError> {
        let Right { member, rules, credential, epoch } = right;
        let assurance = if credential.one_time { Assurance::OneTimeSecret } else { Assurance::Password };
        let proof = Proof { assurance, is_fresh: true };
        let who = Verified::just_now(tenant, &member, &rules, epoch, proof);
        let verified = self.key.session(&who, None, facts.clone());
        let permit = verified.permit::<OpenSession>()?;
        let upgraded = self.upgraded(&credential, password).await?;

        let mut turn = self.road.turn(&verified).await?;
        let now = turn.now();
        let current = turn.credential(member.id).await?.ok_or(ServiceError::NotSignedIn)?;
        if !is_same_password(&current, &credential) {
            return Err(ServiceError::NotSignedIn);
        }
        let (token, new) = self.new_session(&member, assurance, &facts, now);
        let upgrade = upgraded
            .filter(|_| current.hash == credential.hash)
            .map(|hash| HashUpgrade { before: current, hash });
        let open = turn.open_sessions(member.id).await?;
        let change = decide_open(new, open, upgrade, &self.sessions, now);
        let session = change.session.clone();
        let sealed = permit.seal(change, &*self.road.entropy);
        self.road.finish(turn, sealed, Known::Fresh(None)).await?;
        let moment = (&self.sessions, now);
        let who = Verified::in_session(tenant, &member, &rules, &session, epoch, moment);
        Ok(self.signed_in(&who, token, member, &session, facts))
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
