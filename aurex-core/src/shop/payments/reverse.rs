//! Reversing a payment: its exact mirror. The payment and its number stay.

use super::record::{PaymentRefusal, label, note};
use super::rows::OutgoingPayment;
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Journal, JournalEntry, JournalEntryId, Posting};
use crate::shop::metal::MetalVoucher;
use crate::shop::receipts::ReceiptState;
use crate::text::Note;
use crate::time::{Date, Timestamp};

/// What is known when a payment is reversed.
#[derive(Debug, Clone)]
pub struct ReversePaymentKnown {
    /// The payment.
    pub payment: OutgoingPayment,
    /// Its journal entry and postings.
    pub journal: (JournalEntry, Vec<Posting>),
    /// What it paid, where it named a voucher.
    pub voucher: Option<MetalVoucher>,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// A payment was reversed.
#[derive(Debug, Clone)]
pub struct PaymentReversed {
    before: OutgoingPayment,
    /// The payment as it shall be.
    pub after: OutgoingPayment,
    journal: Journal,
    voucher: Option<(MetalVoucher, MetalVoucher)>,
}

/// Decides about reversing a payment.
///
/// # Errors
/// [`PaymentRefusal::AlreadyReversed`].
pub fn decide_reverse_payment(
    known: &ReversePaymentKnown,
    reason: Note,
    entry: JournalEntryId,
) -> Result<PaymentReversed, PaymentRefusal> {
    let before = &known.payment;
    if before.state != ReceiptState::Recorded {
        return Err(PaymentRefusal::AlreadyReversed);
    }
    let head = JournalEntry {
        id: entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: label("payment")?,
        source_id: label(before.id.to_string())?,
        narration: note(format!("{} reversed", before.number))?,
        reverses: None,
    };
    let (original, postings) = &known.journal;
    let journal = Journal::reversal(original, postings, head)?;
    let voucher = match &known.voucher {
        None => None,
        Some(voucher) => {
            let settled = voucher.settled.checked_sub(before.amount);
            let settled = settled.map_err(|_| PaymentRefusal::NotPositive)?;
            let version = voucher.version.saturating_add(1);
            Some((voucher.clone(), MetalVoucher { settled, version, ..voucher.clone() }))
        }
    };
    let after = OutgoingPayment {
        state: ReceiptState::Reversed,
        reverse_reason: Some(reason),
        reversed_at: Some(known.now),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    Ok(PaymentReversed { before: before.clone(), after, journal, voucher })
}

impl Change for PaymentReversed {
    type By = crate::shop::actions::ReversePayment;

    fn subject(&self) -> Subject {
        Subject::new("payment", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        self.journal.record(draft);
        if let Some((before, after)) = self.voucher {
            draft.update(&before, after);
        }
        draft.update(&self.before, self.after);
    }
}
