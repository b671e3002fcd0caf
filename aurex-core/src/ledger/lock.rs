//! The books' lock: days that take no entries any more.

use crate::time::Date;

crate::refusals! {
    /// Why nothing is posted on a day.
    pub enum LockedDay {
        /// The day is locked.
        Locked {
            /// The last day that is locked.
            through: Date
        } = Conflict, "books.locked", "", "the books are locked through {through}";
    }
}

/// Whether entries on these days may still be posted, where the books are locked through `through`.
///
/// # Errors
/// [`LockedDay::Locked`] when one of the days is in the locked part.
pub fn check_open(through: Option<Date>, days: impl IntoIterator<Item = Date>) -> Result<(), LockedDay> {
    match through {
        Some(through) if days.into_iter().any(|day| day <= through) => Err(LockedDay::Locked { through }),
        _ => Ok(()),
    }
}
