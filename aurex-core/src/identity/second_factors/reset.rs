//! Taking away the second factor of somebody who lost it, by an owner or from the shell after three days' notice.

use crate::audit::{Change, Draft, Subject};
use crate::identity::actions::ResetSecondFactor;
use crate::identity::mails::Mail;
use crate::identity::member::{Member, SecondFactor, Session};
use crate::identity::sessions::close_all;
use crate::tenancy::MemberId;
use crate::time::Timestamp;

/// Somebody's second factor was taken away because they lost it. Every session of theirs ends.
#[derive(Debug, Clone)]
pub struct FactorReset {
    /// Whose.
    pub member: Member,
    /// As it was.
    pub before: SecondFactor,
    /// As it is.
    pub after: SecondFactor,
    /// The sessions that end.
    pub ended: Vec<Session>,
    /// When.
    pub at: Timestamp,
    /// What they are told.
    pub mail: Mail,
}

impl Change for FactorReset {
    type By = ResetSecondFactor;

    fn subject(&self) -> Subject {
        Subject::new("member", self.member.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.raise_epoch();
        draft.update(&self.before, self.after);
        close_all(&self.ended, self.at, draft);
        draft.insert(self.mail);
    }
}

/// How long everybody concerned has to object: three days.
pub const RESET_WAITS_SECONDS: i64 = 72 * 3600;

/// After how long a request that nobody followed up is forgotten: two weeks.
pub const RESET_LAPSES_SECONDS: i64 = 14 * 24 * 3600;

/// How a reset from the shell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetStands {
    /// Nobody asked, or so long ago that it lapsed, or the second factor was used since.
    NotAsked,
    /// It was asked for, and can be done at this time.
    Waits(Timestamp),
    /// It can be done.
    Due,
}

/// How a reset that was last asked for at `asked_at` stands. Whoever still has the factor calls it off by using it.
pub fn reset_stands(factor: &SecondFactor, asked_at: Option<Timestamp>, now: Timestamp) -> ResetStands {
    let Some(asked_at) = asked_at.filter(|at| factor.added_at <= *at && !factor.was_used_since(*at)) else {
        return ResetStands::NotAsked;
    };
    match now.seconds_since(asked_at) {
        waited if waited < RESET_WAITS_SECONDS => {
            ResetStands::Waits(asked_at.plus_seconds(RESET_WAITS_SECONDS))
        }
        waited if waited < RESET_LAPSES_SECONDS => ResetStands::Due,
        _ => ResetStands::NotAsked,
    }
}

/// The operator was asked to take away the second factor of somebody whom nobody else can help.
#[derive(Debug, Clone)]
pub struct FactorResetAsked {
    /// Whose.
    pub member: MemberId,
    /// The notice, to every address concerned.
    pub mails: Vec<Mail>,
}

impl Change for FactorResetAsked {
    type By = ResetSecondFactor;

    fn subject(&self) -> Subject {
        Subject::new("member", self.member)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("waits", "72 h".to_owned());
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}
