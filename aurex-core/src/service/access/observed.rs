//! What is seen at the door and set down for the log: refusals.

use super::SignIn;
use crate::audit::{Observation, Observed, Outcome};
use crate::identity::keys::mac::hmac_sha256;
use crate::identity::secret::SessionToken;
use crate::rbac::Denied;
use crate::service::ServiceError;
use crate::tenancy::{MemberId, Outside, RequestFacts, Scope, TenantId};

impl SignIn {
    /// Sets down that the policy refused. The edge calls this for every 403 of the policy's.
    ///
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn observe_denied(&self, scope: &Scope, denied: &Denied) -> Result<(), ServiceError> {
        let action = match denied {
            Denied::Role { action, .. }
            | Denied::NotGranted { action }
            | Denied::StepUpNeeded { action }
            | Denied::PasswordNeeded { action } => action,
            Denied::PasswordFirst
            | Denied::SecondFactorFirst
            | Denied::AddSecondFactorFirst
            | Denied::Outside(_) => "any",
        };
        self.observe_refused(scope, action, denied.code()).await
    }

    /// Sets down that an action was refused to `scope` for a reason, a stable code: the policy's, or a limit's.
    ///
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn observe_refused(&self, scope: &Scope, action: &str, why: &str) -> Result<(), ServiceError> {
        let seen = Observation::new(
            self.road.clock.now(),
            Observed::of(scope),
            scope.facts(),
            "permission.refused",
            ("action", action.to_owned()),
            Outcome::Refused,
            why,
        );
        Ok(self.road.store.observe(scope.tenant(), &seen).await?)
    }

    /// Sets down that another site's page tried to make a call in the session of `scope`. The edge calls this for every
    /// forgery that it refuses and whose session it knows.
    ///
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn observe_forged(&self, scope: &Scope) -> Result<(), ServiceError> {
        let seen = Observation::new(
            self.road.clock.now(),
            Observed::of(scope),
            scope.facts(),
            "csrf.refused",
            ("member", scope.actor().id()),
            Outcome::Refused,
            "cross_site",
        );
        Ok(self.road.store.observe(scope.tenant(), &seen).await?)
    }

    /// What a sign-in is answered whose proof was right and which the policy refused: outside the hours or networks of
    /// the role, that is set down with the member's name.
    pub(super) async fn observe_outside(
        &self,
        tenant: TenantId,
        member: MemberId,
        denied: Denied,
        facts: &RequestFacts,
    ) -> Result<ServiceError, ServiceError> {
        if let Denied::Outside(outside) = denied {
            let why = match outside {
                Outside::Hours => "outside_hours",
                Outside::Network => "outside_network",
            };
            let seen = Observation::new(
                self.road.clock.now(),
                Observed::anonymous(),
                facts,
                "session.refused",
                ("member", member.to_string()),
                Outcome::Refused,
                why,
            );
            self.refusals.put(&self.road.store, tenant, seen).await?;
        }
        Ok(denied.into())
    }

    /// A sign-in that failed. The account is named by a keyed hash: people type passwords where the address belongs.
    pub(super) async fn observe_stranger(
        &self,
        tenant: TenantId,
        email_text: &str,
        why: &'static str,
        facts: &RequestFacts,
    ) -> Result<(), ServiceError> {
        let folded = email_text.trim().to_lowercase();
        let mac =
            hmac_sha256(&self.road.secrets.accounts, &[tenant.uuid().as_bytes(), b"\0", folded.as_bytes()]);
        let account: String = mac.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        // A throttled try names no account: however many a stranger makes up, a minute of them is one entry.
        let account = if why == "throttled" { "(throttled)".to_owned() } else { account };
        let seen = Observation::new(
            self.road.clock.now(),
            Observed::anonymous(),
            facts,
            "session.refused",
            ("account", account),
            Outcome::Refused,
            why,
        );
        Ok(self.refusals.put(&self.road.store, tenant, seen).await?)
    }

    /// Sets down that a request to the workspace of `slug_text` came with a session that is none of its own: with one under
    /// another workspace's name, or, where `token_text` came under its own name, with a token that no session here has.
    /// What other workspace it was is said nowhere. The edge calls this for whoever it did not let in.
    ///
    /// It is written behind the answer, as failed sign-ins are; where there is no such workspace, nowhere.
    ///
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn observe_foreign(
        &self,
        slug_text: &str,
        token_text: Option<&str>,
        facts: &RequestFacts,
    ) -> Result<(), ServiceError> {
        let Some(tenant) = self.door(slug_text).await? else { return Ok(()) };
        let why = match token_text.map(SessionToken::parse) {
            None => "another_workspace",
            // A session that has ended is still one of ours, and so is what was never a token.
            Some(Err(_)) => return Ok(()),
            Some(Ok(token)) => match self.road.store.known_session(tenant, token.hash().as_bytes()).await? {
                Some(_) => return Ok(()),
                None => "unknown_token",
            },
        };
        let seen = Observation::new(
            self.road.clock.now(),
            Observed::anonymous(),
            facts,
            "session.foreign",
            ("workspace", tenant.to_string()),
            Outcome::Refused,
            why,
        );
        Ok(self.refusals.put(&self.road.store, tenant, seen).await?)
    }

    /// Waits until every failed sign-in so far is written down. They are written behind the answers, so that the time
    /// of an answer does not tell whether there is a workspace to write it to: call this before a process ends, and
    /// where a test looks at the log.
    pub async fn refusals_written(&self) {
        self.refusals.written().await;
    }
}

/// A member gave something else than their present password.
pub(super) async fn password_refused(
    sign_in: &SignIn,
    scope: &Scope,
    why: &'static str,
) -> Result<(), ServiceError> {
    let seen = Observation::new(
        sign_in.road.clock.now(),
        Observed::of(scope),
        scope.facts(),
        "password.refused",
        ("member", scope.actor().id()),
        Outcome::Refused,
        why,
    );
    Ok(sign_in.road.store.observe(scope.tenant(), &seen).await?)
}

/// Somebody did not prove once more who they are.
pub(super) async fn step_up_refused(
    sign_in: &SignIn,
    scope: &Scope,
    why: &'static str,
) -> Result<(), ServiceError> {
    let seen = Observation::new(
        sign_in.road.clock.now(),
        Observed::of(scope),
        scope.facts(),
        "session.step_up_refused",
        ("member", scope.actor().id()),
        Outcome::Refused,
        why,
    );
    Ok(sign_in.road.store.observe(scope.tenant(), &seen).await?)
}
