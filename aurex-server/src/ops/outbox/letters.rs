//! From what a change put down to the letter that it becomes.

use std::net::IpAddr;

use aurex_core::rbac::Role;
use aurex_core::service::access::OpenedMail;
use aurex_core::text::{Name, Note};
use aurex_core::time::Timestamp;
use serde::Deserialize;

use crate::http::origin::Origin;
use crate::mail::Mailbox;
use crate::mail::letter::{Letter, LinkCode, LinkSecret, Matter, Occasion};

/// Every field that a mail's content can have; each kind has some.
#[derive(Deserialize)]
struct Content {
    at: Option<String>,
    address: Option<IpAddr>,
    device: Option<String>,
    by: Option<String>,
    role: Option<String>,
    what: Option<String>,
    why: Option<String>,
    before: Option<String>,
    after: Option<String>,
    token: Option<String>,
    code: Option<String>,
    until: Option<String>,
    since: Option<String>,
    count: Option<u32>,
}

/// Why a mail cannot be written. It does not repeat what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unwritten {
    /// Its content is none.
    #[error("the content of a mail cannot be read")]
    Content,
    /// There is no such letter.
    #[error("no letter is written for this kind of mail")]
    Kind,
    /// What it would open has ended.
    #[error("what the mail would open has ended")]
    Ended,
}

/// The letter of a mail, at `now`: one whose link has ended meanwhile helps nobody.
pub fn letter(opened: &OpenedMail, origin: &Origin, now: Timestamp) -> Result<Letter, Unwritten> {
    let content: Content = serde_json::from_str(&opened.content).map_err(|_| Unwritten::Content)?;
    if content.until()?.is_some_and(|until| until <= now) {
        return Err(Unwritten::Ended);
    }
    let matter = content.matter(&opened.mail.kind, opened.mail.queued_at)?;
    Ok(Letter {
        shop: opened.workspace.name.clone(),
        slug: opened.workspace.slug.clone(),
        zone: opened.workspace.zone,
        origin: origin.clone(),
        to: Mailbox { name: opened.name.clone(), email: opened.mail.recipient.clone() },
        matter,
    })
}

impl Content {
    fn matter(&self, kind: &str, queued_at: Timestamp) -> Result<Matter, Unwritten> {
        let until = self.until()?.unwrap_or(queued_at);
        let occasion = Occasion {
            at: self.at.as_deref().map(time).transpose()?.unwrap_or(queued_at),
            address: self.address,
            device: self.device.as_deref().and_then(|text| Name::new(text).ok()),
        };
        Ok(match kind {
            "invitation" => Matter::Invitation {
                by: name(self.by.as_deref())?,
                role: self.role.as_deref().map_or(Err(Unwritten::Content), role)?,
                secret: self.secret()?,
                until,
            },
            "password_reset" => Matter::PasswordReset { occasion, secret: self.secret()?, until },
            "password_changed" => Matter::PasswordChanged { occasion },
            "magic_link" => Matter::MagicLink { occasion, secret: self.secret()?, code: self.code()?, until },
            "second_factor_added" => Matter::SecondFactorEnrolled { occasion },
            "second_factor_removed" => Matter::SecondFactorRemoved { by: self.by(), occasion },
            "new_device" => Matter::NewDevice { occasion },
            "many_failures" => Matter::FailedSignIns {
                count: self.count.ok_or(Unwritten::Content)?,
                since: self.since.as_deref().map_or(Ok(queued_at), time)?,
                occasion,
            },
            "sessions_revoked" => {
                Matter::SessionsRevoked { by: self.by(), count: self.count.unwrap_or(1), occasion }
            }
            "role_changed" => Matter::RoleChanged {
                by: name(self.by.as_deref())?,
                before: self.before.as_deref().map_or(Err(Unwritten::Content), role)?,
                after: self.after.as_deref().map_or(Err(Unwritten::Content), role)?,
                occasion,
            },
            "approval_asked" => Matter::ApprovalAsked {
                by: name(self.by.as_deref())?,
                what: name(self.what.as_deref())?,
                until,
                occasion,
            },
            "lone_approval" => Matter::ApprovedAlone {
                by: name(self.by.as_deref())?,
                what: name(self.what.as_deref())?,
                why: Note::new(self.why.as_deref().unwrap_or("–")).map_err(|_| Unwritten::Content)?,
                occasion,
            },
            _ => return Err(Unwritten::Kind),
        })
    }

    fn until(&self) -> Result<Option<Timestamp>, Unwritten> {
        self.until.as_deref().map(time).transpose()
    }

    fn by(&self) -> Option<Name> {
        name(self.by.as_deref()).ok()
    }

    fn secret(&self) -> Result<LinkSecret, Unwritten> {
        let token = self.token.as_deref().ok_or(Unwritten::Content)?;
        LinkSecret::new(token).map_err(|_| Unwritten::Content)
    }

    fn code(&self) -> Result<LinkCode, Unwritten> {
        let code = self.code.as_deref().ok_or(Unwritten::Content)?;
        LinkCode::new(&code.replace('-', "")).map_err(|_| Unwritten::Content)
    }
}

fn time(text: &str) -> Result<Timestamp, Unwritten> {
    Timestamp::parse(text).map_err(|_| Unwritten::Content)
}

fn name(text: Option<&str>) -> Result<Name, Unwritten> {
    Name::new(text.ok_or(Unwritten::Content)?).map_err(|_| Unwritten::Content)
}

/// A role as people read it; one of the workspace's own is called what it is called.
fn role(text: &str) -> Result<Name, Unwritten> {
    let known = Role::ALL.into_iter().any(|role| role.code() == text);
    let mut letters = text.chars();
    let shown = match letters.next() {
        Some(first) if known => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    };
    Name::new(shown).map_err(|_| Unwritten::Content)
}
