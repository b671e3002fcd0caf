//! Reversing a refund: the money came back, or never left. The voucher and its number stay.

use super::pay::RefundRefusal;
use super::rows::{Refund, RefundState};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Journal, JournalEntry, JournalEntryId, Posting};
use crate::shop::bookings::Advance;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// What is known when a refund is reversed.
#[derive(Debug, Clone)]
pub struct ReverseRefundKnown {
    /// The refund.
    pub refund: Refund,
    /// Its journal entry and postings.
    pub journal: (JournalEntry, Vec<Posting>),
    /// The advance that it paid back.
    pub advance: Option<Advance>,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// A refund was reversed.
#[derive(Debug, Clone)]
pub struct RefundReversed {
    before: Refund,
    /// The refund as it shall be.
    pub after: Refund,
    journal: Journal,
    advance: Option<(Advance, Advance)>,
}

/// Decides about reversing a refund.
///
/// # Errors
/// [`RefundRefusal::AlreadyReversed`].
pub fn decide_reverse(
    known: &ReverseRefundKnown,
    reason: Note,
    entry: JournalEntryId,
) -> Result<RefundReversed, RefundRefusal> {
    let before = &known.refund;
    if before.state != RefundState::Paid {
        return Err(RefundRefusal::AlreadyReversed);
    }
    let head = JournalEntry {
        id: entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: Label::new("refund")?,
        source_id: Label::new(before.id.to_string())?,
        narration: Note::new(format!("{} reversed", before.number))?,
        reverses: None,
    };
    let (original, postings) = &known.journal;
    let journal = Journal::reversal(original, postings, head)?;
    let given_back = |advance: &Advance| {
        let less = before.amount.checked_neg().and_then(|less| advance.with_used(less));
        less.map(|after| (advance.clone(), after)).map_err(|_| RefundRefusal::NotPositive)
    };
    let advance = known.advance.as_ref().map(given_back).transpose()?;
    let after = Refund {
        state: RefundState::Reversed,
        reverse_reason: Some(reason),
        reversed_at: Some(known.now),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    Ok(RefundReversed { before: before.clone(), after, journal, advance })
}

impl Change for RefundReversed {
    type By = crate::shop::actions::ReverseRefund;

    fn subject(&self) -> Subject {
        Subject::new("refund", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        self.journal.record(draft);
        draft.update(&self.before, self.after);
        if let Some((before, after)) = self.advance {
            draft.update(&before, after);
        }
    }
}
