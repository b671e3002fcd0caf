//! The words of every letter, once.

use aurex_core::tenancy::PlanState;
use aurex_core::text::Name;
use aurex_core::time::{Timestamp, Zone};
use zeroize::Zeroizing;

use super::links::link;
use super::{Letter, LinkCode, LinkSecret, Matter, Occasion, Page, Seen};

/// A letter before it is set.
pub(super) struct Words {
    /// What it is about.
    pub(super) subject: String,
    /// What happened, a paragraph each.
    pub(super) opening: Vec<String>,
    /// The facts of it.
    pub(super) facts: Vec<(&'static str, String)>,
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
        Self { subject, opening, facts: Vec::new(), action: None, code: None, closing: Vec::new() }
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

pub(super) fn trial() -> Words {
    let said = "Mail from this server reaches you. Nothing else is asked of you.";
    Words::new("Mail from your Aurex server works".to_owned(), said.to_owned())
}

pub(super) fn words(letter: &Letter) -> Words {
    let (shop, zone) = (&letter.shop, letter.zone);
    let to = |page, secret: Option<&LinkSecret>| link(&letter.home, &letter.slug, page, secret);
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
        .fact("Who", who(by.as_ref()))
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
        Matter::LastDay { by, last_day, occasion } => {
            let (news, said) = match last_day {
                Some(day) => (
                    format!("Your last day at {shop} was set"),
                    format!("Your last day is {day}. At its end your sessions there end, and you cannot sign in any more."),
                ),
                None => (
                    format!("You have no last day at {shop} any more"),
                    "The last day that was set for you was taken back: you stay a member.".to_owned(),
                ),
            };
            Words::new(news, said).fact("Who", who(by.as_ref())).on(zone, occasion).closing(ASK)
        }
        Matter::Disabled { by, occasion } => Words::new(
            format!("You cannot sign in to {shop} any more"),
            "Your login was disabled, and your sessions have ended.".to_owned(),
        )
        .fact("Who", who(by.as_ref()))
        .on(zone, occasion)
        .closing(ASK),
        Matter::Enabled { by, occasion } => Words::new(
            format!("You can sign in to {shop} again"),
            "Your login was enabled again, with the password and the second factor that you had.".to_owned(),
        )
        .fact("Who", who(by.as_ref()))
        .on(zone, occasion)
        .closing(ASK),
        Matter::PinSet { occasion } => Words::new(
            format!("Your PIN for the tills of {shop} was set"),
            "From now on this PIN takes over a shared till in your name. Nobody of ours ever asks you for it.".to_owned(),
        )
        .on(zone, occasion)
        .closing(NOT_YOU),
        Matter::PinRemoved { occasion } => Words::new(
            format!("Your PIN for the tills of {shop} was removed"),
            "No PIN takes over a shared till in your name any more, and what it opened has ended.".to_owned(),
        )
        .on(zone, occasion)
        .closing(NOT_YOU),
        Matter::TillEnrolled { by, till, occasion } => Words::new(
            format!("A device became a shared till of {shop}"),
            "On this device members sign in with a PIN. If it should not be a till, revoke it: the sessions on it end."
                .to_owned(),
        )
        .fact("Till", till)
        .fact("Who", who(by.as_ref()))
        .on(zone, occasion)
        .closing(if_not(by.as_ref())),
        Matter::RecoveryCodeUsed { left, occasion } => Words::new(
            format!("A recovery code opened your account at {shop}"),
            "A recovery code was used in place of your authenticator. It is good no more. When few are left, make new \
             ones; when your authenticator is lost, remove it and set up another."
                .to_owned(),
        )
        .fact("Codes left", left)
        .on(zone, occasion)
        .closing(NOT_YOU),
        Matter::RecoveryCodesRenewed { occasion } => Words::new(
            format!("Your recovery codes for {shop} are others now"),
            "New recovery codes were made, and those before open nothing any more.".to_owned(),
        )
        .on(zone, occasion)
        .closing(NOT_YOU),
        Matter::SecondFactorResetAsked { due, occasion } => Words::new(
            format!("Your second factor at {shop} is going to be removed"),
            "Whoever runs this server was told that you have lost your second factor and have no other way in. They \
             can remove it from the time below on; every owner of the shop is told as well."
                .to_owned(),
        )
        .fact("Not before", zone.written(*due))
        .on(zone, occasion)
        .closing(
            "If you did not ask for this, sign in with your second factor now: using it calls the removal off. Then \
             set a new password, and tell the owner of the shop.",
        ),
        Matter::SecondFactorResetNotice { of, due, occasion } => Words::new(
            format!("A second factor at {shop} is going to be removed"),
            format!(
                "{of} has no other way in. Whoever runs this server can remove the second factor from the time below \
                 on; every owner of the shop is told, so that anybody can object."
            ),
        )
        .fact("Whose", of)
        .fact("Not before", zone.written(*due))
        .on(zone, occasion)
        .closing(OBJECT),
        Matter::Digest { week, entries, unusual } => Words {
            action: Some(("See the week, and say that you have", to(Page::Digest, None))),
            ..digest(&format!("{shop}: the week of {week}"), *entries, unusual, zone)
        },
        Matter::ContactCode { what, code, until, occasion } => Words {
            code: Some(code.grouped()),
            ..Words::new(
                format!("Confirm this address for {shop}"),
                format!(
                    "Somebody at {shop} named this address for {what}. Give them the code below, or type it where you \
                     are signed in."
                ),
            )
        }
        .on(zone, occasion)
        .fact("Good until", zone.written(*until))
        .closing("If you do not know the shop, do nothing: without the code nothing is sent here."),
        Matter::ContactDue { what, email } => Words::new(
            format!("Is {shop} still reached for {what}?"),
            "A year ago somebody proved that this address is read. Have a code sent to it and type it, or set \
             another address."
                .to_owned(),
        )
        .fact("Address", email.as_str()),
        Matter::ContactBounced { what, email } => Words::new(
            format!("Mail does not reach {shop} for {what}"),
            "A mail to the address below was refused for good. What has to be told there reaches nobody: set another \
             address, or prove this one again."
                .to_owned(),
        )
        .fact("Address", email.as_str()),
        Matter::WorkspaceEnds { by, due, occasion } => Words::new(
            format!("{shop} will be deleted"),
            "Then nothing of it is left: no bills, no books, no log. Until then it can be read and exported, not \
             written. The law wants books kept for years: take what you must keep, an archive or an export, before it \
             ends."
                .to_owned(),
        )
        .fact("Ends", zone.written(*due))
        .fact("Who", by.as_ref().map_or("the owners", Name::as_str))
        .on(zone, occasion)
        .closing("Any owner can keep it until then."),
        Matter::WorkspaceKept { by, occasion } => Words::new(
            format!("{shop} will not be deleted"),
            "An owner has kept it. Everything goes on as before.".to_owned(),
        )
        .fact("Who", who(by.as_ref()))
        .on(zone, occasion),
        Matter::PlanChanged { by, plan, occasion } => Words::new(
            format!("How {shop} stands with its service has changed"),
            match plan {
                PlanState::Trial => "It is being tried out: everything goes on.",
                PlanState::Active => "It is active: everything goes on.",
                PlanState::PastDue => {
                    "A bill for the service is overdue. Everything goes on for now; please see to the bill."
                }
                PlanState::ReadOnly => {
                    "It is read-only: everything can be read and exported, and nothing new is written until the bill \
                     for the service is paid."
                }
                PlanState::Closed => {
                    "It is closed: what is there can be read and exported, and nothing new is written."
                }
            }
            .to_owned(),
        )
        .fact("By", who(by.as_ref()))
        .on(zone, occasion)
        .closing("Why stands in the log of the workspace, with this change."),
        Matter::PayeeChanged { by, occasion } => Words::new(
            format!("Where customers of {shop} pay has changed"),
            "The UPI id or the bank account on bills is another now. Compare it with your own, under payee, before the next \
             customer pays."
                .to_owned(),
        )
        .fact("By", who(by.as_ref()))
        .on(zone, occasion)
        .closing("If you did not expect this, set it right at once, and look at who can sign in as an owner."),
        Matter::BillingChanged { by, occasion } => Words::new(
            format!("Whom bills for {shop} are made out to has changed"),
            "Name, address or GSTIN on the bills for the service are others now. They stand under billing.".to_owned(),
        )
        .fact("By", who(by.as_ref()))
        .on(zone, occasion)
        .closing("If you did not expect this, ask them, and look at who can sign in as an owner."),
        Matter::TokenExpires { token, due } => Words::new(
            format!("Your API token “{token}” for {shop} is about to expire"),
            "Then the program that uses it gets no answers any more. Make a new token in time, and revoke this one."
                .to_owned(),
        )
        .fact("Token", token)
        .fact("Good until", zone.written(*due))
        .closing("If no program uses it, there is nothing to do."),
    }
}

fn digest(subject: &str, entries: u64, unusual: &[(Option<Name>, Seen)], zone: Zone) -> Words {
    let said = match unusual.len() {
        0 => "nothing in it stands out against the four weeks before".to_owned(),
        1 => "one thing in it stands out against the four weeks before".to_owned(),
        several => format!("{several} things in it stand out against the four weeks before"),
    };
    let words = Words::new(subject.to_owned(), format!("The log of the week has {entries} entries; {said}."));
    let words = unusual.iter().fold(words, |words, (who, seen)| {
        let (label, said) = sentence(seen, zone);
        let who = who.as_ref().map_or_else(String::new, |who| format!("{who}: "));
        words.fact(label, format!("{who}{said}"))
    });
    words.closing(
        "None of this need be wrong: it is what a look at the log would find first. What it speaks of stands in the \
         log in full.",
    )
}

/// What stood out, as a row of the letter.
fn sentence(seen: &Seen, zone: Zone) -> (&'static str, String) {
    match seen {
        Seen::NewDevice { device, at } => {
            let device =
                device.as_ref().map_or("a device that does not say what it is", |device| device.as_str());
            ("New device", format!("{device}, first on {}", zone.written(*at)))
        }
        Seen::NightHours { count, at } => (
            "At night",
            format!("{count} changes between 22:00 and 06:00, the first on {}", zone.written(*at)),
        ),
        Seen::TakenBack { count, usual } => {
            ("Taken back", format!("{count} documents; {usual} in a week before"))
        }
        Seen::GivenAway { count, given, usual } => {
            ("Discounts", format!("{given} in {count} bills; {usual} in a week before"))
        }
        Seen::TwoPlaces { count } => ("Two places at once", format!("noticed {count} times")),
        Seen::FailedSignIns { count, usual } => {
            ("Failed sign-ins", format!("{count}; {usual} in a week before"))
        }
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
