//! Mails that hold a link, and mails that say what happened: what each holds, by the kind's name.

use serde_json::{Map, Value, json};

use super::mails::mail_row;
use crate::chance::draw;
use crate::identity::links::{Link, LinkPurpose};
use crate::identity::mails::{Mail, MailKind};
use crate::identity::member::Member;
use crate::identity::secret::LinkToken;
use crate::service::Road;
use crate::store::{StoreError, Writer};
use crate::tenancy::{LinkId, MemberId, RequestFacts, Scope};
use crate::time::Timestamp;

/// Who did something that no member did: the operator's shell reaches every workspace.
const OPERATOR: &str = "whoever runs the server";

/// When something happened and from where: the fields that every mail about it holds.
pub(super) fn occasion(facts: &RequestFacts, now: Timestamp) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("at".to_owned(), json!(now.to_string()));
    fields.insert("address".to_owned(), json!(facts.ip.map(|ip| ip.to_string())));
    fields.insert("device".to_owned(), json!(facts.user_agent));
    fields
}

/// A mail that says that something happened in the request of `scope`. `more` is what the kind holds beside the occasion.
pub(super) fn told(
    road: &Road,
    scope: &Scope,
    kind: MailKind,
    to: &Member,
    now: Timestamp,
    more: impl IntoIterator<Item = (&'static str, Value)>,
) -> Result<Mail, StoreError> {
    let mut content = occasion(scope.facts(), now);
    content.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    mail_row(road, scope.tenant(), kind, to, &content.into(), now)
}

/// Who did what happens in `scope`, as the mail to `reader` says it: nobody where it was themselves, and where it was no
/// member, who else can have been.
pub(super) async fn doer(
    turn: &mut dyn Writer,
    scope: &Scope,
    reader: MemberId,
) -> Result<(&'static str, Value), StoreError> {
    let by = match scope.member() {
        None => json!(OPERATOR),
        Some(by) if by == reader => Value::Null,
        Some(by) => json!(turn.member(by).await?.map(|by| by.name.to_string())),
    };
    Ok(("by", by))
}

/// A new link for a member, good from `now` on.
pub(super) struct NewLink {
    /// Its row.
    pub(super) link: Link,
    token: LinkToken,
}

impl NewLink {
    pub(super) fn drawn(road: &Road, to: &Member, purpose: LinkPurpose, now: Timestamp) -> Self {
        Self::of(road, LinkToken::from_entropy(draw(&*road.entropy)), to, purpose, now)
    }

    pub(super) fn of(
        road: &Road,
        token: LinkToken,
        to: &Member,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Self {
        let link = Link {
            id: LinkId::new(now, &*road.entropy),
            member: to.id,
            purpose,
            token_hash: *token.hash().as_bytes(),
            code_hash: None,
            browser: None,
            made_at: now,
            expires_at: now.plus_seconds(purpose.lifetime_seconds()),
            used_at: None,
        };
        Self { link, token }
    }

    /// The mail that it stands in. `more` is what the kind holds beside token and end.
    pub(super) fn mail(
        &self,
        road: &Road,
        scope: &Scope,
        to: &Member,
        more: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<Mail, StoreError> {
        let now = self.link.made_at;
        let own = [("token", json!(self.token.expose())), ("until", json!(self.link.expires_at.to_string()))];
        let kind = match self.link.purpose {
            LinkPurpose::Invitation => MailKind::Invitation,
            LinkPurpose::Reset => MailKind::PasswordReset,
            LinkPurpose::SignIn => MailKind::MagicLink,
        };
        told(road, scope, kind, to, now, own.into_iter().chain(more))
    }
}
