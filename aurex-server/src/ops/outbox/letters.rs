//! From what a change put down to the letter that it becomes.

use std::net::IpAddr;

use aurex_core::identity::mails::MailKind;
use aurex_core::money::{Currency, Money};
use aurex_core::rbac::Role;
use aurex_core::service::access::OpenedMail;
use aurex_core::tenancy::{ContactKind, PlanState};
use aurex_core::text::{Email, Name, Note};
use aurex_core::time::{Date, Timestamp, parse_date};
use serde::Deserialize;

use crate::http::origin::Place;
use crate::mail::Mailbox;
use crate::mail::letter::{Letter, LinkCode, LinkSecret, Matter, Occasion, Seen};

/// Every field that a mail's content can have; each kind has some.
#[derive(Deserialize)]
struct Content {
    at: Option<String>,
    address: Option<IpAddr>,
    device: Option<String>,
    by: Option<String>,
    role: Option<String>,
    what: Option<String>,
    address_of: Option<String>,
    why: Option<String>,
    before: Option<String>,
    after: Option<String>,
    token: Option<String>,
    code: Option<String>,
    until: Option<String>,
    since: Option<String>,
    count: Option<u32>,
    of: Option<String>,
    due: Option<String>,
    last_day: Option<String>,
    week: Option<String>,
    entries: Option<u64>,
    currency: Option<String>,
    #[serde(default)]
    unusual: Vec<Unusual>,
}

/// One row of a digest.
#[derive(Deserialize)]
struct Unusual {
    code: String,
    who: Option<String>,
    device: Option<String>,
    first_at: Option<String>,
    count: Option<u64>,
    usual: Option<u64>,
    minor: Option<u64>,
    usual_minor: Option<u64>,
}

impl Unusual {
    fn seen(&self, currency: Option<&str>) -> Result<(Option<Name>, Seen), Unwritten> {
        let count = self.count.ok_or(Unwritten::Content);
        let usual = self.usual.ok_or(Unwritten::Content);
        let at = || self.first_at.as_deref().map_or(Err(Unwritten::Content), time);
        let money = |minor: Option<u64>| {
            let currency =
                currency.and_then(|code| Currency::from_code(code).ok()).ok_or(Unwritten::Content)?;
            let minor = minor.and_then(|minor| i64::try_from(minor).ok()).ok_or(Unwritten::Content)?;
            Money::new(minor, currency).map_err(|_| Unwritten::Content)
        };
        let seen = match self.code.as_str() {
            "new_device" => {
                let device = self.device.as_deref().and_then(|text| Name::new(text).ok());
                Seen::NewDevice { device, at: at()? }
            }
            "night_hours" => Seen::NightHours { count: count?, at: at()? },
            "taken_back" => Seen::TakenBack { count: count?, usual: usual? },
            "given_away" => {
                Seen::GivenAway { count: count?, given: money(self.minor)?, usual: money(self.usual_minor)? }
            }
            "two_places" => Seen::TwoPlaces { count: count? },
            "failed_sign_ins" => Seen::FailedSignIns { count: count?, usual: usual? },
            _ => return Err(Unwritten::Content),
        };
        Ok((self.who.as_deref().and_then(|who| Name::new(who).ok()), seen))
    }
}

/// Why a mail cannot be written. It does not repeat what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unwritten {
    /// Its content is none.
    #[error("the content of a mail cannot be read")]
    Content,
    /// What it would open has ended.
    #[error("what the mail would open has ended")]
    Ended,
}

/// The letter of a mail, at `now`: one whose link has ended meanwhile helps nobody.
pub fn letter(opened: &OpenedMail, home: Place, now: Timestamp) -> Result<Letter, Unwritten> {
    let content: Content = serde_json::from_str(&opened.content).map_err(|_| Unwritten::Content)?;
    if content.until()?.is_some_and(|until| until <= now) {
        return Err(Unwritten::Ended);
    }
    // Whose address was erased is not sent anything: core answers no such mail.
    let email = opened.mail.recipient.clone().ok_or(Unwritten::Ended)?;
    let matter = content.matter(opened.mail.kind, opened.mail.queued_at)?;
    Ok(Letter {
        shop: opened.workspace.name.clone(),
        slug: opened.workspace.slug.clone(),
        zone: opened.workspace.zone,
        home,
        to: Mailbox { name: opened.name.clone(), email },
        matter,
    })
}

impl Content {
    fn matter(&self, kind: MailKind, queued_at: Timestamp) -> Result<Matter, Unwritten> {
        let until = self.until()?.unwrap_or(queued_at);
        let occasion = Occasion {
            at: self.at.as_deref().map(time).transpose()?.unwrap_or(queued_at),
            address: self.address,
            device: self.device.as_deref().and_then(|text| Name::new(text).ok()),
        };
        Ok(match kind {
            MailKind::Invitation => Matter::Invitation {
                by: name(self.by.as_deref())?,
                role: self.role.as_deref().map_or(Err(Unwritten::Content), role)?,
                secret: self.secret()?,
                until,
            },
            MailKind::PasswordReset => Matter::PasswordReset { occasion, secret: self.secret()?, until },
            MailKind::PasswordChanged => Matter::PasswordChanged { occasion },
            MailKind::MagicLink => {
                Matter::MagicLink { occasion, secret: self.secret()?, code: self.code()?, until }
            }
            MailKind::SecondFactorAdded => Matter::SecondFactorEnrolled { occasion },
            MailKind::SecondFactorRemoved => Matter::SecondFactorRemoved { by: self.by(), occasion },
            MailKind::NewDevice => Matter::NewDevice { occasion },
            MailKind::ManyFailures => Matter::FailedSignIns {
                count: self.count.ok_or(Unwritten::Content)?,
                since: self.since.as_deref().map_or(Ok(queued_at), time)?,
                occasion,
            },
            MailKind::SessionsRevoked => {
                Matter::SessionsRevoked { by: self.by(), count: self.count.unwrap_or(1), occasion }
            }
            MailKind::RoleChanged => Matter::RoleChanged {
                by: self.by(),
                before: self.before.as_deref().map_or(Err(Unwritten::Content), role)?,
                after: self.after.as_deref().map_or(Err(Unwritten::Content), role)?,
                occasion,
            },
            MailKind::ApprovalAsked => Matter::ApprovalAsked {
                by: name(self.by.as_deref())?,
                what: name(self.what.as_deref())?,
                until,
                occasion,
            },
            MailKind::LoneApproval => Matter::ApprovedAlone {
                by: name(self.by.as_deref())?,
                what: name(self.what.as_deref())?,
                why: Note::new(self.why.as_deref().unwrap_or("–")).map_err(|_| Unwritten::Content)?,
                occasion,
            },
            MailKind::WorkspaceEnds => Matter::WorkspaceEnds { by: self.by(), due: self.due()?, occasion },
            MailKind::WorkspaceKept => Matter::WorkspaceKept { by: self.by(), occasion },
            MailKind::RecoveryCodesRenewed => Matter::RecoveryCodesRenewed { occasion },
            MailKind::RecoveryCodeUsed => {
                Matter::RecoveryCodeUsed { left: self.count.ok_or(Unwritten::Content)?, occasion }
            }
            MailKind::SecondFactorResetAsked => Matter::SecondFactorResetAsked { due: self.due()?, occasion },
            MailKind::SecondFactorResetNotice => {
                Matter::SecondFactorResetNotice { of: name(self.of.as_deref())?, due: self.due()?, occasion }
            }
            MailKind::LastDay => Matter::LastDay {
                by: self.by(),
                last_day: self.last_day.as_deref().map(date).transpose()?,
                occasion,
            },
            MailKind::MemberDisabled => Matter::Disabled { by: self.by(), occasion },
            MailKind::MemberEnabled => Matter::Enabled { by: self.by(), occasion },
            MailKind::PinSet => Matter::PinSet { occasion },
            MailKind::PinRemoved => Matter::PinRemoved { occasion },
            MailKind::TillEnrolled => {
                Matter::TillEnrolled { by: self.by(), till: name(self.what.as_deref())?, occasion }
            }
            MailKind::WeekDigest => Matter::Digest {
                week: self.week.as_deref().map_or(Err(Unwritten::Content), date)?,
                entries: self.entries.ok_or(Unwritten::Content)?,
                unusual: self
                    .unusual
                    .iter()
                    .map(|one| one.seen(self.currency.as_deref()))
                    .collect::<Result<_, _>>()?,
            },
            MailKind::ContactCode => {
                Matter::ContactCode { what: self.contact()?, code: self.code()?, until, occasion }
            }
            MailKind::ContactDue => Matter::ContactDue { what: self.contact()?, email: self.email()? },
            MailKind::ContactBounced => {
                Matter::ContactBounced { what: self.contact()?, email: self.email()? }
            }
            MailKind::PlanChanged => Matter::PlanChanged { by: self.by(), plan: self.plan()?, occasion },
            MailKind::PayeeChanged => Matter::PayeeChanged { by: self.by(), occasion },
            MailKind::BillingChanged => Matter::BillingChanged { by: self.by(), occasion },
            MailKind::TokenExpires => {
                Matter::TokenExpires { token: name(self.what.as_deref())?, due: self.due()? }
            }
        })
    }

    fn until(&self) -> Result<Option<Timestamp>, Unwritten> {
        self.until.as_deref().map(time).transpose()
    }

    fn due(&self) -> Result<Timestamp, Unwritten> {
        self.due.as_deref().map_or(Err(Unwritten::Content), time)
    }

    /// What an address is for, as people say it.
    fn contact(&self) -> Result<Name, Unwritten> {
        let kind = self.what.as_deref().and_then(|kind| kind.parse().ok()).ok_or(Unwritten::Content)?;
        name(Some(match kind {
            ContactKind::Notices => "notices about the service",
            ContactKind::Billing => "bills for the service",
        }))
    }

    fn plan(&self) -> Result<PlanState, Unwritten> {
        self.after.as_deref().and_then(|code| code.parse().ok()).ok_or(Unwritten::Content)
    }

    fn email(&self) -> Result<Email, Unwritten> {
        Email::new(self.address_of.as_deref().unwrap_or_default()).map_err(|_| Unwritten::Content)
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

fn date(text: &str) -> Result<Date, Unwritten> {
    parse_date(text).map_err(|_| Unwritten::Content)
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
