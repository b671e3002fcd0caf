//! Shared tills: one device at the counter, several cashiers, each with a number of their own.

use super::actions::ChangeTills;
use super::mails::Mail;
use super::member::Session;
use super::sessions::close_all;
use crate::audit::{Change, Draft, Subject};
use crate::tenancy::{MemberId, TillId};
use crate::text::Name;
use crate::time::Timestamp;

crate::record! {
    /// A device that was enrolled as a shared till.
    pub struct Till in "till" {
        /// Its id.
        id: TillId = 1 [key],
        /// What people call it.
        name: Name = 2,
        /// SHA-256 of the token in its browser.
        token_hash: [u8; 32] = 3 [secret],
        /// Who enrolled it.
        enrolled_by: MemberId = 4,
        /// When.
        enrolled_at: Timestamp = 5,
        /// When it was revoked, if it was.
        revoked_at: Option<Timestamp> = 6,
    }
}

/// How many tills a workspace may have that were not revoked.
pub const MOST_TILLS: usize = 50;

crate::refusals! {
    /// Why a till is not enrolled.
    pub enum TillRefusal {
        /// Two tills of one name could not be told apart in the list.
        NameTaken = Conflict, "till.name_taken", "/name", "a till of this name is there already";
        /// A workspace has as many as it may.
        TooMany = Conflict, "till.too_many", "", "revoke a till first: a workspace has 50 at most";
    }
}

/// A device was enrolled as a shared till.
#[derive(Debug, Clone)]
pub struct TillEnrolled {
    /// The till.
    pub till: Till,
    /// What every owner is told.
    pub mails: Vec<Mail>,
}

/// Decides about enrolling `till` beside the ones `there` are; `mails` tell the owners.
///
/// # Errors
/// [`TillRefusal`].
pub fn decide_enrol(till: Till, there: &[Till], mails: Vec<Mail>) -> Result<TillEnrolled, TillRefusal> {
    let mut in_use = there.iter().filter(|other| other.revoked_at.is_none());
    if in_use.clone().count() >= MOST_TILLS {
        return Err(TillRefusal::TooMany);
    }
    let taken = in_use.any(|other| other.name == till.name);
    if taken { Err(TillRefusal::NameTaken) } else { Ok(TillEnrolled { till, mails }) }
}

impl Change for TillEnrolled {
    type By = ChangeTills;

    fn subject(&self) -> Subject {
        Subject::new("till", self.till.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.till);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}

/// A till was revoked. The sessions on it end.
#[derive(Debug, Clone)]
pub struct TillRevoked {
    /// The till as it was.
    pub till: Till,
    /// The sessions that were open on it.
    pub sessions: Vec<Session>,
    /// When.
    pub at: Timestamp,
}

impl Change for TillRevoked {
    type By = ChangeTills;

    fn subject(&self) -> Subject {
        Subject::new("till", self.till.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.till, Till { revoked_at: Some(self.at), ..self.till.clone() });
        close_all(&self.sessions, self.at, draft);
    }
}
