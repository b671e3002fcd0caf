//! Using a link from a mail. It works once: the turn in which it is used is the one in which it ends.

use super::SignIn;
use super::letters::told;
use super::link_requests::{hex, refused, sign_in_token};
use super::notices::{Circumstances, about};
use super::sign_in::SignedIn;
use crate::chance::draw;
use crate::identity::actions::UseLink;
use crate::identity::credentials::Holder;
use crate::identity::factor::MailCode;
use crate::identity::link_use::{PasswordSetByLink, SignedInByLink};
use crate::identity::links::{Link, LinkPurpose, LinkRefusal};
use crate::identity::mails::MailKind;
use crate::identity::member::Member;
use crate::identity::password::Password;
use crate::identity::secret::{LinkToken, SessionToken};
use crate::identity::sessions::{SessionOpened, decide_open};
use crate::identity::throttle::Decision;
use crate::rbac::Denied;
use crate::service::ServiceError;
use crate::service::idempotency::Known;
use crate::store::{KnownLink, Writer};
use crate::tenancy::{Assurance, At, Id as _, Proof, RequestFacts, Scope, TenantId, Verified};

/// What a link's scope reaches.
const USE: &[&str] = &["link.use"];

/// What somebody has from a mail by which they sign in.
#[derive(Clone, Copy)]
pub enum FromMail<'a> {
    /// The token of the link that they followed.
    Token(&'a str),
    /// The code that they typed.
    Code(&'a str),
}

impl std::fmt::Debug for FromMail<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FromMail(withheld)")
    }
}

/// What a browser sends along by itself when somebody signs in by a mail.
#[derive(Clone, Copy, Default)]
pub struct FromBrowser<'a> {
    /// What it was given when it asked for the mail.
    pub browser: Option<&'a str>,
    /// By which the device is known, if it is.
    pub device: Option<&'a str>,
}

impl std::fmt::Debug for FromBrowser<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FromBrowser(withheld)")
    }
}

impl SignIn {
    /// Sets a password by the link of an invitation or a reset. Every session of the member ends and none begins; their
    /// other links end too.
    ///
    /// # Errors
    /// [`LinkRefusal::Spent`], [`UnfitPassword`](crate::identity::credentials::UnfitPassword) (the link stays good),
    /// [`ServiceError::Hashing`] when the pool is full, [`ServiceError::Store`].
    pub async fn use_link(
        &self,
        slug_text: &str,
        token_text: &str,
        new_text: &str,
        facts: RequestFacts,
    ) -> Result<(), ServiceError> {
        let road = &self.road;
        let tenant = self.door(slug_text).await?.ok_or(LinkRefusal::Spent)?;
        let token = LinkToken::parse(token_text).map_err(|_| LinkRefusal::Spent)?;
        let sets_password = [LinkPurpose::Invitation, LinkPurpose::Reset];
        let known = self.alive(tenant, &token, &sets_password, &facts).await?;
        let scope = self.link_scope(tenant, &known, facts);
        let permit = scope.permit::<UseLink>()?;
        let workspace = road.store.reader(&scope).await?.workspace().await?;
        let holder = Holder {
            workspace: &workspace.name,
            slug: &workspace.slug,
            name: &known.member.name,
            email: &known.member.email,
        };
        let new = Password::new(new_text);
        self.check_new_password(&new, holder, "/new_password").await?;
        let hash = self.pool.hash(new, draw(&*road.entropy)).await?;

        let mut turn = road.turn(&scope).await?;
        let (link, member) = again(&mut *turn, &known).await?;
        let now = turn.now();
        let others = turn.open_links(member.id).await?;
        let before = turn.credential(member.id).await?;
        let mail = match &before {
            Some(_) => Some(told(road, &scope, MailKind::PasswordChanged, &member, now, [])?),
            None => None,
        };
        let change = PasswordSetByLink {
            others: others.into_iter().filter(|other| other.id != link.id).collect(),
            link,
            before,
            hash: hash.to_stored(),
            open: turn.open_sessions(member.id).await?,
            mail,
            at: now,
        };
        let sealed = permit.seal(change, &*road.entropy);
        road.finish(turn, sealed, Known::Fresh(None)).await.map(drop)
    }

    /// Signs in by the link in a mail, or by the code beside it, in the browser that asked for it; `browser` is what that
    /// one was given, and `device` the device cookie that came along, if one did. The session is worth a password's, so a
    /// second factor is still asked for, and makes the device known as a password does.
    ///
    /// # Errors
    /// [`LinkRefusal`], [`ServiceError::NotFound`] where the workspace does not let members in this way,
    /// [`ServiceError::Store`].
    pub async fn session_by_link(
        &self,
        slug_text: &str,
        presented: FromMail<'_>,
        FromBrowser { browser, device }: FromBrowser<'_>,
        facts: RequestFacts,
    ) -> Result<SignedIn, ServiceError> {
        let road = &self.road;
        let tenant = self.lets_in_by_link(slug_text, &facts).await?;
        let browser = browser.and_then(|text| SessionToken::parse(text).ok());
        let known = match presented {
            FromMail::Token(text) => {
                let token = LinkToken::parse(text).map_err(|_| LinkRefusal::Spent)?;
                let known = self.alive(tenant, &token, &[LinkPurpose::SignIn], &facts).await?;
                let asked =
                    browser.is_some_and(|browser| sign_in_token(road, &browser).hash() == token.hash());
                if !asked {
                    let about = ("link", known.link.id.to_string());
                    refused(road, tenant, &facts, about, "other_browser").await?;
                    return Err(LinkRefusal::OtherBrowser.into());
                }
                known
            }
            FromMail::Code(text) => {
                let token = sign_in_token(road, &browser.ok_or(LinkRefusal::Spent)?);
                let known = self.alive(tenant, &token, &[LinkPurpose::SignIn], &facts).await?;
                self.check_code(tenant, &known.link, text, &facts).await?;
                known
            }
        };
        // A link that is refused for the hour stays good until its own end.
        if let Some(outside) = self.by_link(tenant, &known, &facts).outside {
            let denied = Denied::Outside(outside);
            return Err(self.observe_outside(tenant, known.member.id, denied, &facts).await?);
        }
        let scope = self.link_scope(tenant, &known, facts.clone());
        let permit = scope.permit::<UseLink>()?;
        let mut turn = road.turn(&scope).await?;
        let (link, member) = again(&mut *turn, &known).await?;
        let now = turn.now();
        let (token, new) = self.new_session(&member, Assurance::Link, &facts, now);
        let open = turn.open_sessions(member.id).await?;
        let email = member.email.as_str().to_owned();
        let known_device = device
            .is_some_and(|cookie| self.throttle.known_device(tenant, slug_text, &email, cookie).is_some());
        let circumstances = Circumstances { known_device, refused: (0, 0), since: member.created_at };
        let mails = about(road, &scope, &member, circumstances, &open, now)?;
        let opened = SessionOpened { mails, ..decide_open(new, open.clone(), None, &self.sessions, now) };
        let session = opened.session.clone();
        let sealed = permit.seal(SignedInByLink { link, opened }, &*road.entropy);
        road.finish(turn, sealed, Known::Fresh(None)).await?;
        self.observe_concurrent(&scope, &open, &facts).await?;
        let moment = (&self.sessions, At::new(now, &facts));
        let who = Verified::in_session(tenant, &member, &known.rules, &session, known.epoch, moment);
        // Half a proof makes no device known.
        let device = (!known.rules.has_second_factor)
            .then(|| self.throttle.device_cookie(device, tenant, &email, draw(&*road.entropy)));
        Ok(SignedIn { device, ..self.signed_in(&who, token, member, &session, facts) })
    }

    /// The link of this token, if it still opens one of `purposes` to somebody who may be here.
    async fn alive(
        &self,
        tenant: TenantId,
        token: &LinkToken,
        purposes: &[LinkPurpose],
        facts: &RequestFacts,
    ) -> Result<KnownLink, ServiceError> {
        let now = self.road.clock.now();
        let known = self.road.store.known_link(tenant, token.hash().as_bytes()).await?;
        let known = known.ok_or(LinkRefusal::Spent)?;
        let why = if !purposes.contains(&known.link.purpose) {
            "another_purpose"
        } else if !known.link.is_alive(now) {
            "used_or_expired"
        } else if !known.member.is_active(now) {
            "disabled"
        } else {
            return Ok(known);
        };
        refused(&self.road, tenant, facts, ("link", known.link.id.to_string()), why).await?;
        Err(LinkRefusal::Spent.into())
    }

    /// Five tries a link, counted before the code is looked at; the sixth finds a link that is over.
    async fn check_code(
        &self,
        tenant: TenantId,
        link: &Link,
        text: &str,
        facts: &RequestFacts,
    ) -> Result<(), ServiceError> {
        let id = *link.id.uuid().as_bytes();
        let tried = self.codes.signed_in("code", "link", &id);
        let about = ("link", link.id.to_string());
        if self.codes.charge(&*self.road.store, &tried, self.road.clock.now()).await? != Decision::Allow {
            refused(&self.road, tenant, facts, about, "throttled").await?;
            return Err(LinkRefusal::Spent.into());
        }
        let right = MailCode::parse(text).is_ok_and(|code| {
            let keys = &self.road.secrets.mail_codes;
            link.code_hash.as_deref().and_then(unhex).is_some_and(|stored| keys.proves(&code, &id, &stored))
        });
        if right {
            return Ok(());
        }
        refused(&self.road, tenant, facts, about, "wrong_code").await?;
        Err(LinkRefusal::WrongCode.into())
    }

    fn link_scope(&self, tenant: TenantId, known: &KnownLink, facts: RequestFacts) -> Scope {
        self.key.for_one_purpose(&self.by_link(tenant, known, &facts), USE, facts)
    }

    fn by_link(&self, tenant: TenantId, known: &KnownLink, facts: &RequestFacts) -> Verified {
        let proof = Proof { assurance: Assurance::Link, is_fresh: true };
        let at = At::new(self.road.clock.now(), facts);
        Verified::just_now(tenant, &known.member, &known.rules, known.epoch, (proof, at))
    }
}

/// The link and its member as they are under the turn: of two who use one at once, the second finds it ended.
async fn again(turn: &mut dyn Writer, known: &KnownLink) -> Result<(Link, Member), ServiceError> {
    let now = turn.now();
    let link = turn.link(known.link.id).await?.filter(|link| link.is_alive(now));
    let member = turn.member(known.member.id).await?.filter(|member| member.is_active(now));
    Ok(link.zip(member).ok_or(LinkRefusal::Spent)?)
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (to, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *to = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    // What came from `hex` is the only spelling.
    (hex(&bytes) == text).then_some(bytes)
}
