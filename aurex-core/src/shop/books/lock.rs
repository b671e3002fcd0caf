//! Locking the books through a day, and moving the lock back.

use crate::audit::{Change, Draft, Subject};
use crate::shop::actions::{LockBooks, UnlockBooks};
use crate::tenancy::Workspace;
use crate::text::Note;
use crate::time::Date;

crate::refusals! {
    /// Why the lock is not moved.
    pub enum LockRefusal {
        /// The books are locked through a later day already.
        NotForward = Conflict, "books.lock_not_forward", "/through", "the books are locked through a later day already: moving the lock back is the owner's";
        /// The books are not locked so far.
        NotBack = Conflict, "books.lock_not_back", "/through", "the books are not locked through that day: moving the lock forward is another command";
        /// The day is yet to come.
        Future = Invalid, "books.lock_in_future", "/through", "the books are not locked through a day to come";
    }
}

/// The lock was moved.
#[derive(Debug, Clone)]
pub struct LockMoved {
    before: Workspace,
    /// The workspace as it shall be.
    pub after: Workspace,
}

impl LockMoved {
    fn to(before: Workspace, through: Option<Date>) -> Self {
        let after = Workspace {
            books_locked_through: through,
            version: before.version.saturating_add(1),
            ..before.clone()
        };
        Self { before, after }
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
    }
}

/// The books were locked.
#[derive(Debug, Clone)]
pub struct BooksLocked(pub LockMoved);

/// The lock was moved back, or taken away.
#[derive(Debug, Clone)]
pub struct BooksUnlocked {
    /// The move.
    pub moved: LockMoved,
    reason: Note,
}

/// Decides about locking the books through a day; `None` when they are locked through that very day.
///
/// # Errors
/// [`LockRefusal::NotForward`], [`LockRefusal::Future`].
pub fn decide_lock(
    before: Workspace,
    through: Date,
    today: Date,
) -> Result<Option<BooksLocked>, LockRefusal> {
    if through > today {
        return Err(LockRefusal::Future);
    }
    match before.books_locked_through {
        Some(now) if now == through => Ok(None),
        Some(now) if now > through => Err(LockRefusal::NotForward),
        _ => Ok(Some(BooksLocked(LockMoved::to(before, Some(through))))),
    }
}

/// Decides about moving the lock back to a day, or taking it away; `None` when it is there already.
///
/// # Errors
/// [`LockRefusal::NotBack`].
pub fn decide_unlock(
    before: Workspace,
    through: Option<Date>,
    reason: Note,
) -> Result<Option<BooksUnlocked>, LockRefusal> {
    // An absent lock is before every day, as `None` is before every `Some`.
    if before.books_locked_through == through {
        Ok(None)
    } else if before.books_locked_through < through {
        Err(LockRefusal::NotBack)
    } else {
        Ok(Some(BooksUnlocked { moved: LockMoved::to(before, through), reason }))
    }
}

const SUBJECT: &str = "books";

impl Change for BooksLocked {
    type By = LockBooks;

    fn subject(&self) -> Subject {
        Subject::new(SUBJECT, &self.0.before.slug)
    }

    fn record(self, draft: &mut Draft) {
        self.0.record(draft);
    }
}

impl Change for BooksUnlocked {
    type By = UnlockBooks;

    fn subject(&self) -> Subject {
        Subject::new(SUBJECT, &self.moved.before.slug)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("reason", self.reason);
        self.moved.record(draft);
    }
}
