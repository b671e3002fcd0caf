//! The journal: accounts, entries, postings, balances per commodity, and gapless numbering.
//!
//! INVARIANT: every entry has at least two postings and balances to zero for each commodity separately, rupees in
//! paise, metals in fine nanograms. [`JournalDraft::balance`] is the only way to a [`Journal`], and a change can put
//! nothing else. Entries are never changed; a reversal negates one exactly, and a second reversal of the same entry
//! collides in the store.

mod account;
mod commodity;
mod journal;
mod lock;
mod series;

pub use account::{Account, AccountId, AccountState, Class, Purpose};
pub use commodity::Commodity;
pub use journal::{Balance, Journal, JournalDraft, JournalEntry, JournalEntryId, JournalError, Posting};
pub use lock::{LockedDay, check_open};
pub use series::{Allocated, NumberError, Series, SeriesKind, VoucherNumber};
