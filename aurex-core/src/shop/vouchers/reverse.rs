//! Reversing a journal voucher: its exact mirror. The voucher and its number stay.

use super::record::{JournalVoucherRefusal, SOURCE, narrated};
use super::rows::JournalVoucher;
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{AccountId, Journal, JournalEntry, JournalEntryId, Posting};
use crate::shop::receipts::ReceiptState;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// What is known when a journal voucher is reversed.
#[derive(Debug, Clone)]
pub struct ReverseVoucherKnown {
    /// The voucher.
    pub voucher: JournalVoucher,
    /// Its journal entry and postings.
    pub journal: (JournalEntry, Vec<Posting>),
    /// The account of cash, and what is in hand, in minor units.
    pub cash: (AccountId, i64),
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// A journal voucher was reversed.
#[derive(Debug, Clone)]
pub struct JournalVoucherReversed {
    before: JournalVoucher,
    /// The voucher as it shall be.
    pub after: JournalVoucher,
    journal: Journal,
}

/// Decides about reversing a journal voucher. The mirror is of today, whatever day the voucher is of.
///
/// # Errors
/// [`JournalVoucherRefusal::AlreadyReversed`], and [`JournalVoucherRefusal::CashShort`] where the cash that it brought in
/// was spent.
pub fn decide_reverse_voucher(
    known: &ReverseVoucherKnown,
    reason: Note,
    entry: JournalEntryId,
) -> Result<JournalVoucherReversed, JournalVoucherRefusal> {
    let before = &known.voucher;
    if before.state != ReceiptState::Recorded {
        return Err(JournalVoucherRefusal::AlreadyReversed);
    }
    let (original, postings) = &known.journal;
    let (cash, in_hand) = known.cash;
    let brought: i64 = postings.iter().filter(|line| line.account == cash).map(|line| line.amount).sum();
    if brought > in_hand.max(0) {
        return Err(JournalVoucherRefusal::CashShort);
    }
    let head = JournalEntry {
        id: entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: Label::new(SOURCE)?,
        source_id: Label::new(before.id.to_string())?,
        narration: narrated(before.number.as_str(), "reversed")?,
        reverses: None,
    };
    let journal = Journal::reversal(original, postings, head)?;
    let after = JournalVoucher {
        state: ReceiptState::Reversed,
        reverse_reason: Some(reason),
        reversed_at: Some(known.now),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    Ok(JournalVoucherReversed { before: before.clone(), after, journal })
}

impl Change for JournalVoucherReversed {
    type By = crate::shop::actions::ReverseJournalVoucher;

    fn subject(&self) -> Subject {
        Subject::new(SOURCE, self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        self.journal.record(draft);
        draft.update(&self.before, self.after);
    }
}
