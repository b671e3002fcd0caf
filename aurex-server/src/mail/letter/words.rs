//! The words of every letter, once.

use aurex_core::text::{Email, Name};
use aurex_core::time::{Timestamp, Zone};
use zeroize::Zeroizing;

use super::links::link;
use super::{Letter, LinkCode, LinkSecret, Matter, Occasion, Page};

/// A letter before it is set.
pub(super) struct Words {
    /// What it is about.
    pub(super) subject: String,
    /// What happened, a paragraph each.
    pub(super) opening: Vec<String>,
    /// The facts of it.
    pub(super) facts: Vec<(&'static str, String)>,
    /// Of whom or what, where there are several.
    pub(super) list: Vec<String>,
    /// What can be done, and where.
    pub(super) action: Option<(&'static str, Zeroizing<String>)>,
    /// What signs in without the link.
    pub(super) code: Option<Zeroizing<String>>,
    /// What else to know, and what to do if it was somebody else.
    pub(super) closing: Vec<String>,
}

const NOT_YOU: &str = "If this was not you, somebody knows your password or has your device: set a new password at \
                       once, end all your sessions, and tell the owner of the shop.";
const ASK: &str = "If you did not expect this, ask them, and tell the owner of the shop.";
const IGNORE: &str = "If you did not ask for this, do nothing: without this mail nobody gets in. If it happens again, \
                      tell the owner of the shop.";
const OBJECT: &str = "If this is news to you, speak to the other owners and to whoever runs this server now.";

impl Words {
    fn new(subject: String, opening: String) -> Self {
        let opening = vec![opening];
        Self {
            subject,
            opening,
            facts: Vec::new(),
            list: Vec::new(),
            action: None,
            code: None,
            closing: Vec::new(),
        }
    }

    fn fact(mut self, label: &'static str, value: impl ToString) -> Self {
        self.facts.push((label, value.to_string()));
        self
    }

    /// When, from where and with what.
    fn on(mut self, zone: Zone, occasion: &Occasion) -> Self {
        self.facts.push(("When", zone.written(occasion.at)));
        self.facts.extend(occasion.address.map(|address| ("From", address.to_string())));
        self.facts.extend(occasion.device.as_ref().map(|device| ("Device", device.to_string())));
        self
    }

    fn closing(mut self, words: impl Into<String>) -> Self {
        self.closing.push(words.into());
        self
    }
}

/// `you`, or the name of somebody else.
fn who(by: Option<&Name>) -> String {
    by.map_or_else(|| "you".to_owned(), ToString::to_string)
}

/// What to do about something that is the reader's own doing, or somebody's who may.
const fn if_not(by: Option<&Name>) -> &'static str {
    if by.is_some() { ASK } else { NOT_YOU }
}

/// Enough for whoever chose the address to know it again: `m…@shop.example`.
fn hinted(email: &Email) -> String {
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or_default();
    format!("{}…@{domain}", local.chars().take(1).collect::<String>())
}

fn day(zone: Zone, at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| zone.date_of(at).to_string())
}

pub(super) fn trial() -> Words {
    let said = "Mail from this server reaches you. Nothing else is asked of you.";
    Words::new("Mail from your Aurex server works".to_owned(), said.to_owned())
}

pub(super) fn words(letter: &Letter) -> Words {
    let (shop, zone) = (&letter.shop, letter.zone);
    let to = |page, secret: Option<&LinkSecret>| link(&letter.origin, &letter.slug, page, secret);
    let once = |until: Timestamp| format!("The link works once, until {}.", zone.written(until));
    match &letter.matter {
        Matter::Invitation { by, role, secret, until } => Words {
            action: Some(("Join", to(Page::Join, Some(secret)))),
            ..Words::new(
                format!("{by} invites you to {shop}"),
                format!("{by} invites you to work with {shop} on Aurex. You would be: {role}."),
            )
            .closing(once(*until))
            .closing("If you do not know them, do nothing: nothing happens until you join.")
        },
        Matter::PasswordReset { occasion, secret, until } => Words {
            action: Some(("Set a new password", to(Page::Reset, Some(secret)))),
            ..Words::new(
                format!("Set a new password for {shop}"),
                "A new password was asked for. Setting it ends all your sessions; a second factor stays.".to_owned(),
            )
            .on(zone, occasion)
            .closing(once(*until))
            .closing(IGNORE)
        },
        Matter::PasswordChanged { occasion } => Words::new(
            format!("Your password for {shop} was changed"),
            "Your password was changed, and your other sessions have ended.".to_owned(),
        )
        .on(zone, occasion)
        .closing(NOT_YOU),
        Matter::MagicLink { occasion, secret, code, until } => magic_link(
            format!("Sign in to {shop}"),
            to(Page::SignIn, Some(secret)),
            code,
        )
        .on(zone, occasion)
        .closing(once(*until))
        .closing("Nobody of ours ever asks you for the code.")
        .closing(IGNORE),
        Matter::SecondFactorEnrolled { occasion } => Words::new(
            format!("Your sign-in to {shop} has a second factor now"),
            "From now on a code of your authenticator app is asked for. Keep your recovery codes where you would \
             keep a key, and not on the same device."
                .to_owned(),
        )
        .on(zone, occasion)
        .closing(NOT_YOU),
        Matter::SecondFactorRemoved { by, occasion } => Words::new(
            format!("Your sign-in to {shop} has no second factor any more"),
            "Your second factor was removed: your password alone opens your account.".to_owned(),
        )
        .fact("Who", who(by.as_ref()))
        .on(zone, occasion)
        .closing(if_not(by.as_ref())),
        Matter::NewDevice { occasion } => Words::new(
            format!("A new device signed in to {shop}"),
            "Your account was opened on a device that we have not seen before.".to_owned(),
        )
        .on(zone, occasion)
        .closing("If it was you, there is nothing to do.")
        .closing(NOT_YOU),
        Matter::SessionsRevoked { by, count, occasion } => Words::new(
            format!("Your sessions at {shop} were ended"),
            "Whoever was signed in there has to sign in again.".to_owned(),
        )
        .fact("Sessions ended", count)
        .fact("Who", who(by.as_ref()))
        .on(zone, occasion)
        .closing(if_not(by.as_ref())),
        Matter::AddressLeft { by, new, occasion } => Words::new(
            format!("Your address at {shop} was changed"),
            "Mails about your account, new passwords among them, go to another address from now on. This is the last \
             one to this address."
                .to_owned(),
        )
        .fact("New address", hinted(new))
        .fact("Who", who(by.as_ref()))
        .on(zone, occasion)
        .closing(if_not(by.as_ref())),
        Matter::AddressNew { by, secret, occasion } => {
            let said = match secret {
                Some(_) => "This address was given as yours. Say that it is, and mails about your account go here.",
                None => "Mails about your account go to this address from now on.",
            };
            Words {
                action: secret
                    .as_ref()
                    .map(|secret| ("This address is mine", to(Page::ConfirmAddress, Some(secret)))),
                ..Words::new(format!("This is your address at {shop}"), said.to_owned())
                    .fact("Who", who(by.as_ref()))
                    .on(zone, occasion)
                    .closing("If you know nothing of this shop, somebody mistyped an address: do nothing.")
            }
        }
        Matter::ApprovalAsked { by, what, until, occasion } => Words {
            action: Some(("See what waits", to(Page::Approvals, None))),
            ..Words::new(
                format!("{by} asks for your approval at {shop}"),
                "Something waits for a second person. Look at it there before you say yes: nobody sees it for you."
                    .to_owned(),
            )
            .fact("What", what)
            .fact("Who", by)
            .on(zone, occasion)
            .fact("Waits until", zone.written(*until))
        },
        Matter::ApprovedAlone { by, what, why, occasion } => Words::new(
            format!("{by} did alone at {shop} what two should do"),
            "There was no second person who could have approved it, so every owner is told.".to_owned(),
        )
        .fact("What", what)
        .fact("Who", by)
        .fact("Why", why)
        .on(zone, occasion)
        .closing(OBJECT),
        Matter::RoleChanged { by, before, after, occasion } => Words::new(
            format!("Your role at {shop} was changed"),
            format!("You were: {before}. You are now: {after}."),
        )
        .fact("Who", by)
        .on(zone, occasion)
        .closing(ASK),
        Matter::FailedSignIns { count, since, occasion } => Words::new(
            format!("Many failed sign-ins to your account at {shop}"),
            "Somebody tries passwords on your account, and has to wait longer after each. None was right so far."
                .to_owned(),
        )
        .fact("Failed sign-ins", count)
        .fact("Since", zone.written(*since))
        .on(zone, occasion)
        .closing(
            "If it was you, set a new password by mail. If it was not, there is nothing to do as long as your \
             password is long and used nowhere else; a second factor makes it safe.",
        ),
        Matter::DormantMembers { days, members } => Words {
            list: members.iter().map(|member| format!("{}, last seen: {}", member.name, day(zone, member.seen))).collect(),
            ..Words::new(
                format!("Members of {shop} whom nobody has seen for {days} days"),
                format!(
                    "These people can sign in, and have done nothing for at least {days} days. Whoever has left \
                     should be disabled: nobody would notice if somebody else signed in as them."
                ),
            )
        },
        Matter::BreakGlass { by: [first, second], why, occasion } => Words::new(
            format!("Operators opened {shop}"),
            "Two people who run this server have opened your workspace. What they do stands in your audit log."
                .to_owned(),
        )
        .fact("Who", format!("{first} and {second}"))
        .fact("Why", why)
        .on(zone, occasion)
        .closing(OBJECT),
        Matter::OwnerRecovery { owner, why, not_before, occasion } => Words::new(
            format!("An owner's second factor at {shop} is going to be removed"),
            format!(
                "{owner} has no other way in. Whoever runs this server will remove the second factor, not before the \
                 time below; every address of the shop is told, so that anybody can object."
            ),
        )
        .fact("Owner", owner)
        .fact("Why", why)
        .fact("Not before", zone.written(*not_before))
        .on(zone, occasion)
        .closing(OBJECT),
    }
}

fn magic_link(subject: String, link: Zeroizing<String>, code: &LinkCode) -> Words {
    Words {
        action: Some(("Sign in", link)),
        code: Some(code.grouped()),
        ..Words::new(
            subject,
            "A sign-in by mail was asked for. Open the link in the browser that asked, or type the code there."
                .to_owned(),
        )
    }
}
