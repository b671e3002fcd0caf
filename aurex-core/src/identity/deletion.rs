//! Deleting a whole workspace: what is decided about it before it ends.
//!
//! Two owners let it end, not one, and not at once: in the time between, it is read-only, and any owner takes it back.

use super::actions::{DeleteWorkspace, KeepWorkspace, RemindOfEnd};
use super::mails::Mail;
use crate::audit::{Change, Draft, Subject};
use crate::tenancy::Workspace;
use crate::time::Timestamp;

/// So many days pass between the approval and the end.
pub const DAYS_TO_THE_END: u32 = 30;

/// Nobody who is on holiday comes back to nothing.
const AT_LEAST_DAYS: u32 = 7;
const _: () = assert!(DAYS_TO_THE_END >= AT_LEAST_DAYS);

/// So many days before the end every owner is told, each time once.
pub const REMIND_DAYS: [u32; 2] = [7, 1];

const DAY_SECONDS: i64 = 24 * 3600;

crate::refusals! {
    /// Why a workspace is not deleted or kept, or why nothing is written in it any more.
    pub enum DeletionRefusal {
        /// What is about to go is not changed any more.
        Ending = Conflict, "workspace.ending", "", "the workspace is to be deleted and is read-only until then";
        /// Who asks has to know which one.
        OtherName = Invalid, "workspace.other_name", "/command/name", "this is not the workspace's name";
        /// The law wants the books for years.
        BooksNotKept = Invalid, "workspace.books_not_kept", "/command/keeps_books", "say that you keep the books as long as the law wants them";
        /// Nobody took it up, or somebody has kept it already.
        NotEnding = Conflict, "workspace.not_ending", "", "the workspace is not to be deleted";
    }
}

/// The actions that go on until the end: signing in and out and what that takes, looking after who is in, taking it back,
/// and taking the data away. What the process itself does goes on as well.
const UNTIL_THE_END: &[&str] = &[
    "api_token.revoke",
    "approval.request",
    "audit.export",
    "link.use",
    "member.sign_out",
    "member.sign_out_everybody",
    "password.change",
    "second_factor.add",
    "session.close",
    "session.open",
    "session.step_up",
    "workspace.export",
    "workspace.keep",
];

/// Whether an action of somebody's may be written in a workspace that is about to end.
pub fn goes_on_until_the_end(action: &str) -> bool {
    UNTIL_THE_END.contains(&action)
}

/// Whether what was typed is what it takes to ask.
///
/// # Errors
/// [`DeletionRefusal`].
pub fn may_ask(workspace: &Workspace, name: &str, keeps_books: bool) -> Result<(), DeletionRefusal> {
    if workspace.ends_at.is_some() {
        return Err(DeletionRefusal::Ending);
    }
    if workspace.name.as_str() != name {
        return Err(DeletionRefusal::OtherName);
    }
    if keeps_books { Ok(()) } else { Err(DeletionRefusal::BooksNotKept) }
}

/// The workspace is to be deleted.
#[derive(Debug, Clone)]
pub struct DeletionSet {
    before: Workspace,
    /// The workspace, with its end.
    pub after: Workspace,
    /// What its owners are told.
    pub mails: Vec<Mail>,
}

/// Decides that a workspace ends.
///
/// # Errors
/// [`DeletionRefusal`].
pub fn decide_delete(
    before: Workspace,
    name: &str,
    keeps_books: bool,
    now: Timestamp,
) -> Result<DeletionSet, DeletionRefusal> {
    may_ask(&before, name, keeps_books)?;
    let after = Workspace {
        ends_at: Some(now.plus_seconds(i64::from(DAYS_TO_THE_END) * DAY_SECONDS)),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    Ok(DeletionSet { before, after, mails: Vec::new() })
}

impl Change for DeletionSet {
    type By = DeleteWorkspace;

    fn subject(&self) -> Subject {
        Subject::new("workspace", &self.before.slug)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}

/// The workspace is kept.
#[derive(Debug, Clone)]
pub struct WorkspaceKept {
    before: Workspace,
    /// The workspace, without an end.
    pub after: Workspace,
    /// What its owners are told.
    pub mails: Vec<Mail>,
}

/// Decides that a workspace does not end.
///
/// # Errors
/// [`DeletionRefusal::NotEnding`], also when its end is over: nobody can say how much of it still stands.
pub fn decide_keep(before: Workspace, now: Timestamp) -> Result<WorkspaceKept, DeletionRefusal> {
    if before.ends_at.is_none_or(|end| end <= now) {
        return Err(DeletionRefusal::NotEnding);
    }
    let after = Workspace { ends_at: None, version: before.version.saturating_add(1), ..before.clone() };
    Ok(WorkspaceKept { before, after, mails: Vec::new() })
}

impl Change for WorkspaceKept {
    type By = KeepWorkspace;

    fn subject(&self) -> Subject {
        Subject::new("workspace", &self.before.slug)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}

/// Whether the owners are to be told at `now` that the workspace ends at `end`, when they were last told at `told_at`.
pub fn is_reminder_due(end: Timestamp, told_at: Option<Timestamp>, now: Timestamp) -> bool {
    let moments = REMIND_DAYS.iter().map(|days| end.plus_seconds(-i64::from(*days) * DAY_SECONDS));
    let last = moments.filter(|moment| *moment <= now).max();
    now < end && last.is_some_and(|moment| told_at.is_none_or(|told| told < moment))
}

/// The owners were told that the workspace is about to end.
#[derive(Debug, Clone)]
pub struct EndReminder {
    /// The workspace.
    pub workspace: Workspace,
    /// What they are told.
    pub mails: Vec<Mail>,
}

impl Change for EndReminder {
    type By = RemindOfEnd;

    fn subject(&self) -> Subject {
        Subject::new("workspace", &self.workspace.slug)
    }

    fn record(self, draft: &mut Draft) {
        if let Some(end) = self.workspace.ends_at {
            draft.note("ends_at", end.to_string());
        }
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_told_seven_days_and_one_day_before_the_end() {
        let end = Timestamp::from_micros(1_767_225_600_000_000);
        let (mut told, mut days) = (None, Vec::new());
        for hour in (1..=30 * 24_i64).rev() {
            let now = end.plus_seconds(-hour * 3600);
            if is_reminder_due(end, told, now) {
                told = Some(now);
                days.push(hour / 24);
            }
        }
        assert_eq!(days, [7, 1]);
        assert!(!is_reminder_due(end, None, end), "not once it is over");
    }

    #[test]
    fn what_goes_on_until_the_end_are_actions_that_there_are() {
        let catalogue = crate::rbac::Catalogue::core();
        for code in UNTIL_THE_END {
            assert!(catalogue.iter().any(|action| action.code == *code), "{code}");
        }
    }
}
