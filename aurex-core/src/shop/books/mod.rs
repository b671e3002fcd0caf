//! The books as an accountant asks for them: pure shapes over what the ledger and the documents say.
//!
//! Every report is made of the same sums as the trial balance, so that they agree to the paisa or the books are broken.
//! Sums are checked: what leaves its range is [`OutOfRange`], never a figure.
//!
//! | file | idea |
//! |---|---|
//! | `trial` | the trial balance |
//! | `statements` | profit and loss of a period, balance sheet at a date |
//! | `metal` | what there is of a metal by fine weight, and where |
//! | `ageing` | who owes for how long |
//! | `cash` | cash by person, for what the law has reported |
//! | `gstr1` | outward supplies, as the return GSTR-1 asks for them |
//! | `gstr3b` | the working for GSTR-3B, beside what the books say |
//! | `lock` | through which day the books take no entries any more |
//! | `sheet` | any report as tables, for spreadsheets |
//! | `sheets` | each report's tables |

mod ageing;
mod cash;
mod gstr1;
mod gstr3b;
mod lock;
mod metal;
pub mod sheet;
mod sheets;
mod statements;
#[cfg(test)]
mod tests;
mod trial;

pub use ageing::{AgedParty, aged_party};
pub use cash::{PersonsCash, by_person, cash_sheets};
pub use gstr1::{
    Gstr1, Gstr1Builder, HsnRow, IssuedSeries, RateRow, ReturnDocument, SmallRow, TaxSums, UntaxedSums,
};
pub use gstr3b::{BooksOfTax, Gstr3b, InputTax, PlaceRow, gstr3b};
pub use lock::{BooksLocked, BooksUnlocked, LockMoved, LockRefusal, decide_lock, decide_unlock};
pub use metal::{MetalBook, MetalRow, metal_book};
pub use sheets::*;
pub use statements::{
    BalanceSheet, BalanceSheetSums, ProfitAndLoss, StatementRow, balance_sheet, profit_and_loss,
};
pub use trial::{TrialBalance, TrialRow, TrialTotal, trial_balance};

/// A sum is out of range: the books hold more than a ledger counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sum of the books is out of range")]
pub struct OutOfRange;

/// Adds, or says that the sum is out of range.
fn added(sum: i64, amount: i64) -> Result<i64, OutOfRange> {
    sum.checked_add(amount).ok_or(OutOfRange)
}

fn less(sum: i64, amount: i64) -> Result<i64, OutOfRange> {
    sum.checked_sub(amount).ok_or(OutOfRange)
}

fn total(amounts: impl IntoIterator<Item = i64>) -> Result<i64, OutOfRange> {
    amounts.into_iter().try_fold(0, added)
}

/// Debits less credits.
fn net(balance: &crate::ledger::Balance) -> Result<i64, OutOfRange> {
    less(balance.debit, balance.credit)
}
