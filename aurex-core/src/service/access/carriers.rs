//! What a request carries once somebody is signed in: a session's token in a cookie, or a program's in a header.

use super::SignIn;
use crate::identity::pins::may_use_a_number;
use crate::identity::secret::{ApiToken, SessionToken};
use crate::identity::tokens::may_hold;
use crate::service::ServiceError;
use crate::tenancy::{Assurance, At, MemberId, Proof, RequestFacts, Scope, TenantId, Verified};
use crate::time::Timestamp;

/// How stale the note of a session's last use may be.
const TOUCH_SECONDS: i64 = 60;

impl SignIn {
    /// The scope of the session whose token this is, in this workspace. Role and disabling are read afresh, so they
    /// hold from the next request on.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`], whatever is wrong.
    pub async fn session(
        &self,
        slug_text: &str,
        token_text: &str,
        facts: RequestFacts,
    ) -> Result<Scope, ServiceError> {
        let token = SessionToken::parse(token_text).map_err(|_| ServiceError::NotSignedIn)?;
        let tenant = self.door(slug_text).await?.ok_or(ServiceError::NotSignedIn)?;
        let known = self.road.store.known_session(tenant, token.hash().as_bytes()).await?;
        let known = known.ok_or(ServiceError::NotSignedIn)?;
        let (session, now) = (known.session, self.road.clock.now());
        let used = known.used_at.unwrap_or(session.opened_at);
        // A number is no sign-in of somebody who has been promoted since.
        let is_outgrown = session.till.is_some() && !may_use_a_number(known.member.role);
        if !known.member.is_active(now) || !session.is_alive(now, used) || is_outgrown {
            return Err(ServiceError::NotSignedIn);
        }
        if now.seconds_since(used) >= TOUCH_SECONDS {
            self.road.store.touch_session(tenant, session.id, now).await?;
        }
        let moment = (&self.sessions, At::new(now, &facts));
        let who = Verified::in_session(tenant, &known.member, &known.rules, &session, known.epoch, moment);
        Ok(self.key.session(&who, Some(session.id), facts))
    }

    /// The scope of the program whose token this is, in this workspace: what it was granted, as far as its holder
    /// still holds it and programs may.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`], whatever is wrong.
    pub async fn api_token(
        &self,
        slug_text: &str,
        token_text: &str,
        facts: RequestFacts,
    ) -> Result<Scope, ServiceError> {
        let token = ApiToken::parse(token_text).map_err(|_| ServiceError::NotSignedIn)?;
        let tenant = self.door(slug_text).await?.ok_or(ServiceError::NotSignedIn)?;
        let known = self.road.store.known_token(tenant, token.hash().as_bytes()).await?;
        let known = known.ok_or(ServiceError::NotSignedIn)?;
        let now = self.road.clock.now();
        if !known.member.is_active(now) || !known.token.is_alive(now) {
            return Err(ServiceError::NotSignedIn);
        }
        let used = self.road.store.token_uses(tenant, &[known.token.id]).await?;
        if used.first().is_none_or(|used| used.is_none_or(|used| now.seconds_since(used) >= TOUCH_SECONDS)) {
            self.road.store.touch_token(tenant, known.token.id, now).await?;
        }
        let proof = Proof { assurance: Assurance::Token, is_fresh: false };
        let who = Verified::just_now(
            tenant,
            &known.member,
            &known.rules,
            known.epoch,
            (proof, At::new(now, &facts)),
        );
        let granted = known.token.permissions.into_iter().filter(|code| may_hold(code)).collect();
        Ok(self.key.token(&who, known.token.id, granted, facts))
    }

    /// Somebody about to open a workspace, with the ids that it and its owner will have.
    pub(super) fn founder(&self, now: Timestamp, facts: RequestFacts) -> (Scope, MemberId) {
        let tenant = TenantId::new(now, &*self.road.entropy);
        let owner = MemberId::new(now, &*self.road.entropy);
        (self.key.founder(tenant, owner, facts), owner)
    }
}
