//! Reversing a receipt: the exact mirror of it, settlements included. The receipt and its number stay.

use super::record::{ReceiptRefusal, label, note};
use super::rows::{PaymentMode, PaymentReceipt, ReceiptState, ReceiptWithSettlements, Settlement};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Journal, JournalEntry, JournalEntryId, Posting};
use crate::shop::bookings::Advance;
use crate::shop::invoices::Bill;
use crate::shop::metal::MetalVoucher;
use crate::text::Note;
use crate::time::{Date, Timestamp};

/// What is known when a receipt is reversed.
#[derive(Debug, Clone)]
pub struct ReverseKnown {
    /// The receipt and what it settles.
    pub receipt: ReceiptWithSettlements,
    /// Its journal entry and postings; of one in old metal, those of the purchase.
    pub journal: (JournalEntry, Vec<Posting>),
    /// The purchase of old metal that it was paid with.
    pub old_metal: Option<MetalVoucher>,
    /// The advance that it used.
    pub advance: Option<Advance>,
    /// The bills that it settles.
    pub bills: Vec<Bill>,
    /// What stands free to the payer's credit, in minor units, if anything was paid back to them since.
    pub free_credit: Option<i64>,
    /// Cash in hand, in minor units.
    pub cash_in_hand: i64,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// A receipt was reversed.
#[derive(Debug, Clone)]
pub struct ReceiptReversed {
    before: PaymentReceipt,
    /// The receipt as it shall be.
    pub after: PaymentReceipt,
    journal: Option<Journal>,
    old_metal: Option<(MetalVoucher, MetalVoucher)>,
    /// The settlements taken back.
    pub settlements: Vec<Settlement>,
    advance: Option<(Advance, Advance)>,
}

/// Decides about reversing a receipt.
///
/// # Errors
/// [`ReceiptRefusal::AlreadyReversed`], [`ReceiptRefusal::CashShort`], [`ReceiptRefusal::PaidBack`].
pub fn decide_reverse(
    known: &ReverseKnown,
    reason: Note,
    entry: JournalEntryId,
) -> Result<ReceiptReversed, ReceiptRefusal> {
    let before = &known.receipt.receipt;
    if before.state != ReceiptState::Recorded {
        return Err(ReceiptRefusal::AlreadyReversed);
    }
    if before.mode == PaymentMode::Cash && known.cash_in_hand < before.amount.minor() {
        return Err(ReceiptRefusal::CashShort);
    }
    check_paid_back(known)?;
    let (journal, old_metal) = match &known.old_metal {
        Some(voucher) => (None, Some(given_back(voucher, before)?)),
        None => (Some(mirrored(known, entry)?), None),
    };
    let settled = &known.receipt.settlements;
    let settlements = settled
        .iter()
        .zip(settled.len() + 1..)
        .map(|(settlement, line)| {
            Ok(Settlement {
                line: u16::try_from(line).map_err(|_| ReceiptRefusal::TooMany)?,
                amount: settlement.amount.checked_neg().map_err(|_| ReceiptRefusal::NotPositive)?,
                ..settlement.clone()
            })
        })
        .collect::<Result<_, ReceiptRefusal>>()?;
    let freed = |advance: &Advance| {
        let less = before.amount.checked_neg().and_then(|less| advance.with_used(less));
        less.map(|after| (advance.clone(), after)).map_err(|_| ReceiptRefusal::NotPositive)
    };
    let advance = known.advance.as_ref().map(freed).transpose()?;
    let after = PaymentReceipt {
        state: ReceiptState::Reversed,
        reverse_reason: Some(reason),
        reversed_at: Some(known.now),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    Ok(ReceiptReversed { before: before.clone(), after, journal, old_metal, settlements, advance })
}

/// What the receipt left on the payer's account, beyond the bills that are open again without it, must still be there: else it
/// was paid back, and the same money would go twice. A cheque may bounce whatever was done with it; then it is owed.
fn check_paid_back(known: &ReverseKnown) -> Result<(), ReceiptRefusal> {
    let Some(free) = known.free_credit else { return Ok(()) };
    let receipt = &known.receipt.receipt;
    if matches!(receipt.mode, PaymentMode::ChequeAccountPayee | PaymentMode::ChequeOther) {
        return Ok(());
    }
    let mut consumed = receipt.amount;
    for settlement in &known.receipt.settlements {
        let bill = known.bills.iter().find(|bill| bill.invoice.id == settlement.invoice);
        let bill = bill.ok_or(ReceiptRefusal::PaidBack)?;
        let opened = bill
            .settled
            .checked_sub(settlement.amount)
            .and_then(|without| bill.invoice.open(without)?.checked_sub(bill.invoice.open(bill.settled)?));
        consumed =
            opened.and_then(|opened| consumed.checked_sub(opened)).map_err(|_| ReceiptRefusal::PaidBack)?;
    }
    if consumed.minor() > free { Err(ReceiptRefusal::PaidBack) } else { Ok(()) }
}

fn mirrored(known: &ReverseKnown, entry: JournalEntryId) -> Result<Journal, ReceiptRefusal> {
    let before = &known.receipt.receipt;
    let head = JournalEntry {
        id: entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: label("receipt")?,
        source_id: label(before.id.to_string())?,
        narration: note(format!("{} reversed", before.number))?,
        reverses: None,
    };
    let (original, postings) = &known.journal;
    Ok(Journal::reversal(original, postings, head)?)
}

/// The purchase with that much of it free again: what posted it stays.
fn given_back(
    voucher: &MetalVoucher,
    receipt: &PaymentReceipt,
) -> Result<(MetalVoucher, MetalVoucher), ReceiptRefusal> {
    let settled = voucher.settled.checked_sub(receipt.amount).map_err(|_| ReceiptRefusal::NotPositive)?;
    let version = voucher.version.saturating_add(1);
    Ok((voucher.clone(), MetalVoucher { settled, version, ..voucher.clone() }))
}

impl Change for ReceiptReversed {
    type By = crate::shop::actions::ReverseReceipt;

    fn subject(&self) -> Subject {
        Subject::new("receipt", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        if let Some(journal) = self.journal {
            journal.record(draft);
        }
        draft.update(&self.before, self.after);
        if let Some((before, after)) = self.old_metal {
            draft.update(&before, after);
        }
        for settlement in self.settlements {
            draft.insert(settlement);
        }
        if let Some((before, after)) = self.advance {
            draft.update(&before, after);
        }
    }
}
