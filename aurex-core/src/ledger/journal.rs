//! Journal entries: balanced or they do not exist.

use std::collections::BTreeMap;

use super::{Account, AccountId, AccountState, Commodity};
use crate::audit::Draft;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A journal entry.
    JournalEntryId = "jrn";
}
crate::id_columns!(JournalEntryId);

crate::record! {
    /// The head of a journal entry.
    pub struct JournalEntry in "journal_entry" {
        /// Its id.
        id: JournalEntryId = 1 [key],
        /// The date it takes effect on in the books.
        effective: Date = 2,
        /// When it was recorded.
        recorded_at: Timestamp = 3,
        /// The kind of the document it comes from: `invoice`, `receipt`, `opening`.
        source_kind: Label = 4,
        /// That document's id as text.
        source_id: Label = 5,
        /// What is printed in ledgers: the document's number or a remark.
        narration: Note = 6,
        /// The entry that it reverses; at most one entry reverses another.
        reverses: Option<JournalEntryId> = 7,
    }
}

crate::record! {
    /// One line of a journal entry: a debit is positive, a credit negative, never zero.
    pub struct Posting in "posting" {
        /// The entry.
        entry: JournalEntryId = 1 [key],
        /// The line, from 1.
        line: u16 = 2 [key],
        /// The account.
        account: AccountId = 3,
        /// What is counted; always the account's own.
        commodity: Commodity = 4,
        /// Minor units or fine nanograms.
        amount: i64 = 5,
        /// The entry's effective date, repeated so that ledgers by date need no join.
        effective: Date = 6,
    }
}

/// What an account holds: debits less credits, kept in the transaction of every posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The account.
    pub account: AccountId,
    /// What it counts.
    pub commodity: Commodity,
    /// All debits.
    pub debit: i64,
    /// All credits, as a positive number.
    pub credit: i64,
}

impl Balance {
    /// Debits less credits.
    pub const fn net(&self) -> i64 {
        self.debit.saturating_sub(self.credit)
    }
}

/// The greatest amount of one posting: ten lakh crore rupees in paise, or a tonne of fine metal in nanograms. Kept sums
/// only grow; below this it takes thousands of the greatest postings to leave their range.
const MOST: u64 = 1_000_000_000_000_000;

/// A balanced entry, ready to be put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    entry: JournalEntry,
    postings: Vec<Posting>,
}

/// An entry being written: amounts to one account add up, zeros fall away.
#[derive(Debug, Clone)]
pub struct JournalDraft {
    entry: JournalEntry,
    lines: Vec<(AccountId, Commodity, i128)>,
    locked: Option<String>,
}

/// Why an entry cannot be put.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Debits and credits of a commodity differ.
    #[error("debits and credits of {commodity} differ by {difference}")]
    Unbalanced {
        /// The commodity.
        commodity: Commodity,
        /// Debits less credits.
        difference: i128,
    },
    /// Nothing was posted.
    #[error("an entry needs at least two postings")]
    Empty,
    /// An amount is beyond what the ledger counts.
    #[error("an amount is out of range")]
    OutOfRange,
    /// The account takes no postings.
    #[error("the account {0} takes no postings")]
    AccountNotOpen(String),
    /// Reversals are not before the original.
    #[error("a reversal cannot take effect before the entry it reverses")]
    ReversedTooEarly,
}

impl JournalDraft {
    /// An empty entry.
    pub const fn new(entry: JournalEntry) -> Self {
        Self { entry, lines: Vec::new(), locked: None }
    }

    /// Debits `account` by `amount`; a negative amount credits it.
    #[must_use]
    pub fn debit(mut self, account: &Account, amount: i64) -> Self {
        if account.state != AccountState::Open && amount != 0 {
            self.locked.get_or_insert_with(|| account.code.as_str().to_owned());
        }
        let amount = i128::from(amount);
        match self.lines.iter_mut().find(|(id, ..)| *id == account.id) {
            // Sums of i64 stay far inside i128.
            Some((.., sum)) => *sum = sum.saturating_add(amount),
            None => self.lines.push((account.id, account.commodity, amount)),
        }
        self
    }

    /// Credits `account` by `amount`; a negative amount debits it.
    #[must_use]
    pub fn credit(self, account: &Account, amount: i64) -> Self {
        match amount.checked_neg() {
            Some(amount) => self.debit(account, amount),
            None => self.debit(account, i64::MAX),
        }
    }

    /// Checks that the entry balances for each commodity.
    ///
    /// # Errors
    /// [`JournalError`] names the commodity and the difference, or the account that takes no postings.
    pub fn balance(self) -> Result<Journal, JournalError> {
        if let Some(code) = self.locked {
            return Err(JournalError::AccountNotOpen(code));
        }
        let mut sums: BTreeMap<&'static str, (Commodity, i128)> = BTreeMap::new();
        let mut postings = Vec::new();
        for (account, commodity, amount) in self.lines.into_iter().filter(|(.., amount)| *amount != 0) {
            let sum = &mut sums.entry(commodity.code()).or_insert((commodity, 0)).1;
            *sum = sum.saturating_add(amount);
            postings.push(Posting {
                entry: self.entry.id,
                line: u16::try_from(postings.len() + 1).map_err(|_| JournalError::OutOfRange)?,
                account,
                commodity,
                amount: i64::try_from(amount)
                    .ok()
                    .filter(|amount| amount.unsigned_abs() <= MOST)
                    .ok_or(JournalError::OutOfRange)?,
                effective: self.entry.effective,
            });
        }
        if let Some((commodity, difference)) = sums.into_values().find(|(_, sum)| *sum != 0) {
            return Err(JournalError::Unbalanced { commodity, difference });
        }
        if postings.len() < 2 {
            return Err(JournalError::Empty);
        }
        Ok(Journal { entry: self.entry, postings })
    }
}

impl Journal {
    /// The head.
    pub const fn entry(&self) -> &JournalEntry {
        &self.entry
    }

    /// The lines.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// The exact negation of `original`, whose postings are given.
    ///
    /// # Errors
    /// [`JournalError::ReversedTooEarly`] when it would take effect before the original.
    pub fn reversal(
        original: &JournalEntry,
        postings: &[Posting],
        mut entry: JournalEntry,
    ) -> Result<Self, JournalError> {
        if entry.effective < original.effective {
            return Err(JournalError::ReversedTooEarly);
        }
        entry.reverses = Some(original.id);
        let postings = postings
            .iter()
            .map(|p| {
                let amount = p.amount.checked_neg().ok_or(JournalError::OutOfRange)?;
                Ok(Posting { entry: entry.id, amount, effective: entry.effective, ..p.clone() })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { entry, postings })
    }

    /// Puts the entry and its lines.
    #[cfg_attr(not(feature = "shop"), expect(dead_code, reason = "the shop is the first domain that posts"))]
    pub(crate) fn record(self, draft: &mut Draft) {
        draft.insert(self.entry);
        for posting in self.postings {
            draft.insert(posting);
        }
    }
}
