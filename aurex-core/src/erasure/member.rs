//! What may be erased of somebody who was a member.

use super::FieldStanding;
use super::catalogue::{ERASED, ERASED_ADDRESSES, REQUEST, erased_address};
use super::change::{ErasureBasis, MemberRows, PersonalErased, Rows};
use super::choose::{MOST_PLACES, free_of};
use super::refusal::ErasureRefusal;
use super::retention::{Retention, held};
use crate::audit::{Place, Subject, Value};
use crate::identity::actions::ErasePersonal;
use crate::identity::approvals::Consent;
use crate::identity::links::Link;
use crate::identity::mails::Mail;
use crate::identity::member::{Member, SecondFactor, Session};
use crate::identity::second_factors::decide_remove;
use crate::rbac::Action as _;
use crate::refusal::Refusal;
use crate::text::Name;
use crate::time::{Date, Timestamp};

crate::codes! {
    /// What is personal about a member.
    pub enum MemberField {
        /// The name.
        Name = "name",
        /// The address they signed in with, and every mail that went to it.
        Email = "email",
        /// From where they worked and by what: the addresses and user agents of their sessions and of what they did.
        Whereabouts = "whereabouts",
    }
}

/// What is known when a former member's data is to be erased.
#[derive(Debug, Clone)]
pub struct MemberKnown {
    /// The member.
    pub member: Member,
    /// Every personal value of theirs that the log still opens; of their whereabouts only where
    /// [these are free](MemberKnown::keeps_whereabouts).
    pub places: Vec<Place>,
    /// Their sessions that still say from where.
    pub sessions: Vec<Session>,
    /// The mails to them whose address is still there.
    pub mails: Vec<Mail>,
    /// Their links that still open something.
    pub links: Vec<Link>,
    /// Their second factor, one that was removed too.
    pub factor: Option<SecondFactor>,
    /// The day of the last thing they did that is no matter of signing in alone: what the books, and whoever audits them,
    /// know them for.
    pub last_document: Option<Date>,
    /// The day on which anything was last done by them, or with their data.
    pub last_processing: Date,
    /// The day, in the shop's zone.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

impl MemberField {
    const fn kept_for(self) -> Retention {
        match self {
            Self::Name => Retention::Books,
            Self::Email => Retention::Contact,
            Self::Whereabouts => Retention::Traffic,
        }
    }

    fn of(place: &Place) -> Option<Self> {
        let (name, value) = (place.at.field.as_str(), &place.value);
        let is_marker =
            matches!(value, Value::Text(text) if text == ERASED || text.ends_with(ERASED_ADDRESSES));
        match name.strip_suffix(".before").unwrap_or(name) {
            _ if is_marker => None,
            "member.name" => Some(Self::Name),
            "member.email" | "mail.recipient" => Some(Self::Email),
            "session.address" | "session.agent" => Some(Self::Whereabouts),
            name if REQUEST.contains(&name) => Some(Self::Whereabouts),
            _ => None,
        }
    }
}

impl MemberKnown {
    /// How each personal field of theirs stands.
    pub fn standing(&self) -> Vec<FieldStanding<MemberField>> {
        MemberField::ALL.iter().map(|field| self.standing_of(*field)).collect()
    }

    /// The rule that keeps their whereabouts, if one does: then nobody need look where they stand.
    pub fn keeps_whereabouts(last_processing: Date, today: Date) -> bool {
        held(MemberField::Whereabouts.kept_for(), None, last_processing, today).is_some()
    }

    fn standing_of(&self, field: MemberField) -> FieldStanding<MemberField> {
        let held = held(field.kept_for(), self.last_document, self.last_processing, self.today);
        let in_rows = match field {
            MemberField::Name => self.member.name.as_str() != ERASED,
            MemberField::Email => !self.member.is_erased() || !self.mails.is_empty(),
            // What is held was not looked for.
            MemberField::Whereabouts => held.is_some() || !self.sessions.is_empty(),
        };
        let in_log = || self.places.iter().any(|place| MemberField::of(place) == Some(field));
        FieldStanding { field, holds: in_rows || in_log(), held }
    }

    fn places_of<'k>(&'k self, fields: &'k [MemberField]) -> impl Iterator<Item = &'k Place> {
        self.places.iter().filter(|place| MemberField::of(place).is_some_and(|field| fields.contains(&field)))
    }
}

/// Decides whether these fields of a member may be erased, all of them where none is named, and which of them hold
/// anything.
///
/// # Errors
/// [`ErasureRefusal::StillAMember`]; [`StillHeld`](super::StillHeld) names every wanted field that the law keeps; else
/// [`ErasureRefusal`].
pub fn may_erase_member(
    wanted: &[MemberField],
    known: &MemberKnown,
) -> Result<Vec<MemberField>, Box<dyn Refusal>> {
    if known.member.is_active(known.now) {
        return Err(Box::new(ErasureRefusal::StillAMember));
    }
    let free = free_of(wanted, known.standing(), MemberField::code)?;
    if known.places_of(&free).count() > MOST_PLACES {
        return Err(Box::new(ErasureRefusal::TooMuch { most: MOST_PLACES }));
    }
    Ok(free)
}

/// Decides about erasing a former member's data that a second person has approved. `wanted` is what they approved.
///
/// With the address goes what could still open the door: links end, a second factor loses its seed.
///
/// # Errors
/// As [`may_erase_member`], and [`ErasureRefusal::NotApproved`] for the consent to something else.
pub fn decide_erase_member(
    wanted: &[MemberField],
    basis: ErasureBasis,
    known: MemberKnown,
    consent: &Consent,
) -> Result<PersonalErased, Box<dyn Refusal>> {
    let approved = consent.approval();
    if approved.action != ErasePersonal::CODE || approved.subject != known.member.id.to_string() {
        return Err(Box::new(ErasureRefusal::NotApproved));
    }
    let fields = may_erase_member(wanted, &known)?;
    let mut places: Vec<_> = known.places_of(&fields).map(|place| place.at.clone()).collect();
    places.sort_unstable();
    places.dedup();
    let MemberKnown { member, sessions, mails, links, factor, now, .. } = known;
    let takes = |field| fields.contains(&field);
    let mut after = member.clone();
    if takes(MemberField::Name) {
        // The marker is a name like any other, as far as the rule for names goes.
        after.name = Name::new(ERASED).unwrap_or(after.name);
    }
    if takes(MemberField::Email) {
        after.email = erased_address(member.id).unwrap_or(after.email);
    }
    if after != member {
        after.version = after.version.saturating_add(1);
    }
    let factor = factor.filter(|_| takes(MemberField::Email));
    let factor =
        factor.and_then(|before| decide_remove(Some(&before), now).ok().map(|after| (before, after)));
    Ok(PersonalErased {
        subject: Subject::new("member", member.id),
        basis,
        fields: fields.iter().map(|field| format!("member.{field}")).collect(),
        places,
        rows: Rows::Member(Box::new(MemberRows {
            sessions: if takes(MemberField::Whereabouts) { sessions } else { Vec::new() },
            mails: if takes(MemberField::Email) { mails } else { Vec::new() },
            links: if takes(MemberField::Email) { links } else { Vec::new() },
            member: (member, after),
            factor,
            at: now,
        })),
    })
}
