//! Asking for a mail without being signed in: to set a new password, or to sign in.
//!
//! The answer is one and the same, and it does not wait for what is done about it: whether there is such a member is
//! found out behind it, so neither its words nor its time tell (ASVS 5.0, V6.3.8).

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::SignIn;
use super::letters::NewLink;
use crate::audit::{Observation, Observed, Outcome};
use crate::chance::draw;
use crate::identity::actions::RequestLink;
use crate::identity::factor::MailCode;
use crate::identity::keys::mac::hmac_sha256;
use crate::identity::links::{LinkPurpose, LinkSent};
use crate::identity::secret::{LinkToken, SessionToken};
use crate::identity::throttle::Decision;
use crate::service::idempotency::Known;
use crate::service::{Road, ServiceError};
use crate::store::StoreError;
use crate::tenancy::{Id as _, RequestFacts, Scope, TenantId};
use crate::text::Email;

/// How many requests may be worked on behind their answers.
const AT_ONCE: u32 = 64;
/// How often a request is tried while the store is away, and after what time.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// The room for work behind the answers.
pub(super) struct Behind(Arc<Semaphore>);

impl Default for Behind {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(usize::try_from(AT_ONCE).unwrap_or(1))))
    }
}

/// What is to be sent, to whoever has the address.
struct Asked {
    road: Road,
    scope: Scope,
    email_text: String,
    purpose: LinkPurpose,
    /// What the asking browser holds, where the link is for it alone.
    browser: Option<SessionToken>,
}

impl SignIn {
    /// Has a link mailed by which a member sets a new password, if somebody here has this address. The answer does not
    /// say whether.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`], [`ServiceError::Store`].
    pub async fn request_reset(
        &self,
        slug_text: &str,
        email_text: &str,
        facts: RequestFacts,
    ) -> Result<(), ServiceError> {
        let tenant = self.door(slug_text).await?;
        self.may_ask(slug_text, email_text, tenant, &facts).await?;
        self.ask(tenant, email_text, LinkPurpose::Reset, None, facts).await
    }

    /// Has a link and a code mailed by which a member signs in, if somebody here has this address; the answer does not
    /// say whether. Both are good once, for ten minutes, in the browser that is given what this returns.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the workspace does not let members in this way, [`ServiceError::TooMany`],
    /// [`ServiceError::Store`].
    pub async fn request_sign_in_link(
        &self,
        slug_text: &str,
        email_text: &str,
        facts: RequestFacts,
    ) -> Result<SessionToken, ServiceError> {
        let tenant = self.lets_in_by_link(slug_text, &facts).await?;
        self.may_ask(slug_text, email_text, Some(tenant), &facts).await?;
        let browser = SessionToken::from_entropy(draw(&*self.road.entropy));
        self.ask(Some(tenant), email_text, LinkPurpose::SignIn, Some(browser.clone()), facts).await?;
        Ok(browser)
    }

    /// The workspace of this slug, where its members may sign in by a link.
    pub(super) async fn lets_in_by_link(
        &self,
        slug_text: &str,
        facts: &RequestFacts,
    ) -> Result<TenantId, ServiceError> {
        const NOT_HERE: ServiceError = ServiceError::NotFound("way to sign in");
        let tenant = self.door(slug_text).await?.ok_or(NOT_HERE)?;
        let scope = self.key.stranger(tenant, facts.clone());
        let workspace = self.road.store.reader(&scope).await?.workspace().await?;
        if workspace.magic_links { Ok(tenant) } else { Err(NOT_HERE) }
    }

    /// Waits until everything that was asked for so far is in the store. For the end of a process, and for tests.
    pub async fn links_are_sent(&self) {
        drop(self.behind.0.acquire_many(AT_ONCE).await);
    }

    /// Counts the request, before anything is done for it. Its buckets are its own: asking for mails in somebody's name
    /// does not keep them from signing in.
    async fn may_ask(
        &self,
        slug_text: &str,
        email_text: &str,
        tenant: Option<TenantId>,
        facts: &RequestFacts,
    ) -> Result<(), ServiceError> {
        // No slug and no address holds a space.
        let (slug, email) = (format!("{slug_text} link"), format!("{email_text} link"));
        let tried = self.throttle.stranger(&slug, &email, facts.ip);
        match self.throttle.charge(&*self.road.store, &tried, self.road.clock.now()).await? {
            Decision::Allow => Ok(()),
            Decision::RetryAfter(seconds) => {
                if let Some(tenant) = tenant {
                    refused(&self.road, tenant, facts, ("account", "(throttled)".to_owned()), "throttled")
                        .await?;
                }
                Err(ServiceError::TooMany { retry_after_seconds: seconds })
            }
        }
    }

    async fn ask(
        &self,
        tenant: Option<TenantId>,
        email_text: &str,
        purpose: LinkPurpose,
        browser: Option<SessionToken>,
        facts: RequestFacts,
    ) -> Result<(), ServiceError> {
        // A place is waited for by everybody, member or not.
        let place = Arc::clone(&self.behind.0).acquire_owned().await;
        let place = place.map_err(|_| StoreError::Unavailable(None))?;
        let asked = tenant.map(|tenant| Asked {
            road: self.road.clone(),
            scope: self.key.stranger(tenant, facts),
            email_text: email_text.to_owned(),
            purpose,
            browser,
        });
        tokio::spawn(async move {
            let _place = place;
            if let Some(asked) = asked {
                asked.see_to_it().await;
            }
        });
        Ok(())
    }
}

impl Asked {
    /// A store that is away may be back in a moment; whoever gets no mail asks again.
    async fn see_to_it(self) {
        for _ in 0..TRIES {
            match self.send().await {
                Err(ServiceError::Store(StoreError::Unavailable(_))) => tokio::time::sleep(PAUSE).await,
                _ => return,
            }
        }
    }

    async fn send(&self) -> Result<(), ServiceError> {
        let Self { road, scope, purpose, .. } = self;
        let permit = scope.permit::<RequestLink>()?;
        let known = match Email::new(&self.email_text) {
            Ok(email) => road.store.reader(scope).await?.member_by_email(&email).await?,
            Err(_) => None,
        };
        let why = match &known {
            None => Some("unknown_account"),
            Some(member) if !member.is_active(road.clock.now()) => Some("disabled"),
            Some(_) => None,
        };
        let (Some(known), None) = (known, why) else {
            let account = ("account", self.account());
            return refused(road, scope.tenant(), scope.facts(), account, why.unwrap_or("unknown_account"))
                .await;
        };
        let mut turn = road.turn(scope).await?;
        let now = turn.now();
        let Some(member) = turn.member(known.id).await?.filter(|member| member.is_active(now)) else {
            return Ok(());
        };
        let change = match &self.browser {
            None => {
                let new = NewLink::drawn(road, &member, *purpose, now);
                let mail = new.mail(road, scope, &member, [])?;
                LinkSent::<RequestLink>::new(new.link, mail, Vec::new())
            }
            Some(browser) => {
                let mut new = NewLink::of(road, sign_in_token(road, browser), &member, *purpose, now);
                let code = MailCode::generate(&*road.entropy);
                new.link.browser = Some(*browser.hash().as_bytes());
                new.link.code_hash =
                    Some(hex(&road.secrets.mail_codes.hash(&code, new.link.id.uuid().as_bytes())));
                let text: Zeroizing<String> = code.text();
                let mail = new.mail(road, scope, &member, [("code", json!(text.as_str()))])?;
                LinkSent::<RequestLink>::new(new.link, mail, Vec::new())
            }
        };
        let sealed = permit.seal(change, &*road.entropy);
        road.finish(turn, sealed, Known::Fresh(None)).await.map(drop)
    }

    /// The account by a keyed hash, as a failed sign-in names it: people type passwords where the address belongs.
    fn account(&self) -> String {
        let folded = self.email_text.trim().to_lowercase();
        let tenant = self.scope.tenant().uuid();
        let mac = hmac_sha256(&self.road.secrets.accounts, &[tenant.as_bytes(), b"\0", folded.as_bytes()]);
        mac.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The token in the mail belongs to what the asking browser holds: the server finds the link by either, and nobody
/// makes one of the other without the deployment's key.
pub(super) fn sign_in_token(road: &Road, browser: &SessionToken) -> LinkToken {
    LinkToken::from_entropy(hmac_sha256(&road.secrets.sign_in_links, &[browser.expose().as_bytes()]))
}

/// As a code's hash is stored.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sets down that a link was not sent, or opened nothing.
pub(super) async fn refused(
    road: &Road,
    tenant: TenantId,
    facts: &RequestFacts,
    about: (&str, String),
    why: &'static str,
) -> Result<(), ServiceError> {
    let at = road.clock.now();
    let who = Observed::anonymous();
    let seen = Observation::new(at, who, facts, "link.refused", about, Outcome::Refused, why);
    Ok(road.store.observe(tenant, &seen).await?)
}
