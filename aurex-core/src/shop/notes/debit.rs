//! A debit note: more is due on a bill than it said. Taxed as the bill is: its rates, its heads.

use super::DEBIT_PREFIX;
use super::ask::{NewDebitNote, NoteCharge, NoteRefusal};
use super::credit::{MOST_NOTES, NoteIds, head};
use super::rows::{BillNote, BillNoteId, BillNoteLine, NoteKind, NoteState, NoteWithLines};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Account, Allocated, Journal, JournalDraft, Series, SeriesKind};
use crate::measure::{FineMass, Mass, Ratio};
use crate::money::{Money, MoneyError, Rounding};
use crate::shop::accounts::{Chart, For};
use crate::shop::identifiers::StateCode;
use crate::shop::invoices::{Bill, Invoice, InvoiceKind, InvoiceLine, InvoiceState};
use crate::text::Label;
use crate::time::{Date, Timestamp};

/// What is known when a debit note is issued.
#[derive(Debug, Clone)]
pub struct DebitKnown {
    /// The bill.
    pub bill: Bill,
    /// The notes against it, those of both kinds, cancelled ones included.
    pub notes: Vec<NoteWithLines>,
    /// The state that the shop is in, for a bill that had no tax to show where it was due.
    pub home: StateCode,
    /// The series of debit notes in today's financial year.
    pub series: Option<Series>,
    /// The accounts of the workspace and the party.
    pub accounts: Vec<Account>,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// A debit note was issued.
#[derive(Debug, Clone)]
pub struct DebitNoteIssued {
    /// The head.
    pub note: BillNote,
    /// The lines.
    pub lines: Vec<BillNoteLine>,
    /// The bill as it shall be.
    pub invoice: Invoice,
    before: Invoice,
    series: Allocated,
    journal: Journal,
}

/// Which taxes a bill bears.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heads {
    None,
    Within,
    Between,
}

/// Decides about issuing a debit note, dated today.
///
/// # Errors
/// [`NoteRefusal`].
pub fn decide_debit(
    known: &DebitKnown,
    new: &NewDebitNote,
    ids: &NoteIds,
) -> Result<DebitNoteIssued, NoteRefusal> {
    let bill = &known.bill.invoice;
    match bill.state {
        InvoiceState::Cancelled => return Err(NoteRefusal::BillCancelled),
        InvoiceState::Credited => return Err(NoteRefusal::BillCredited),
        InvoiceState::Issued | InvoiceState::PartlyCredited => {}
    }
    if known.notes.len() >= MOST_NOTES {
        return Err(NoteRefusal::TooManyNotes);
    }
    let heads = heads(bill, known.home);
    let mut lines = lines(known, new, ids.note)?;
    spread_tax(&mut lines, heads)?;
    let currency = bill.payable.currency();
    let sum = |part: fn(&BillNoteLine) -> Money| Money::try_sum(currency, lines.iter().map(part));
    let [taxable, cgst, sgst, igst] =
        [sum(|line| line.taxable)?, sum(|line| line.cgst)?, sum(|line| line.sgst)?, sum(|line| line.igst)?];
    let total = Money::try_sum(currency, [taxable, cgst, sgst, igst])?;
    let payable = total.round_to_multiple(currency.minor_per_major(), Rounding::HalfAwayFromZero)?;
    let prefix = Label::new(DEBIT_PREFIX)?;
    let series = Series::allocate(SeriesKind::DebitNote, &prefix, known.series.as_ref(), known.today)?;
    let note = BillNote {
        id: ids.note,
        kind: NoteKind::DebitNote,
        number: series.number.clone(),
        invoice: bill.id,
        invoice_number: bill.number.clone(),
        invoice_date: bill.business_date,
        party: bill.party,
        business_date: known.today,
        issued_at: known.now,
        place_of_supply: bill.place_of_supply,
        reason_code: new.reason_code,
        reason: new.reason.clone(),
        tax_effect: heads != Heads::None,
        taxable,
        cgst,
        sgst,
        igst,
        total,
        round_off: payable.checked_sub(total)?,
        payable,
        entry: ids.entry,
        state: NoteState::Issued,
        cancel_reason: None,
        cancelled_at: None,
        version: 1,
    };
    let journal = journal(&note, &lines, Chart(&known.accounts))?;
    let invoice = Invoice {
        debited: bill.debited.checked_add(payable)?,
        version: bill.version.saturating_add(1),
        ..bill.clone()
    };
    Ok(DebitNoteIssued { note, lines, invoice, before: bill.clone(), series, journal })
}

/// As the bill's own taxes show; where it had none to show, by the place of supply.
fn heads(bill: &Invoice, home: StateCode) -> Heads {
    match bill.kind {
        InvoiceKind::BillOfSupply => Heads::None,
        InvoiceKind::TaxInvoice if !bill.igst.is_zero() => Heads::Between,
        InvoiceKind::TaxInvoice if !bill.cgst.is_zero() || bill.place_of_supply == home => Heads::Within,
        InvoiceKind::TaxInvoice => Heads::Between,
    }
}

fn lines(known: &DebitKnown, new: &NewDebitNote, note: BillNoteId) -> Result<Vec<BillNoteLine>, NoteRefusal> {
    let currency = known.bill.invoice.payable.currency();
    let mut lines: Vec<BillNoteLine> = Vec::with_capacity(new.lines.len());
    for (index, asked) in new.lines.iter().enumerate() {
        let of_line = |line: &&InvoiceLine| line.line == asked.line;
        let of = known.bill.lines.iter().find(of_line).ok_or(NoteRefusal::NoLine { index })?;
        if lines.iter().any(|line| line.invoice_line == asked.line) {
            return Err(NoteRefusal::Twice { index });
        }
        if asked.taxable.minor() <= 0 || asked.taxable.currency() != currency {
            return Err(NoteRefusal::BadValue { index });
        }
        let value = |of: NoteCharge| if of == asked.charge { asked.taxable } else { Money::zero(currency) };
        let zero = Money::zero(currency);
        lines.push(BillNoteLine {
            note,
            line: u16::try_from(index + 1).map_err(|_| NoteRefusal::OutOfRange)?,
            invoice_line: of.line,
            item: of.item,
            lot: of.lot,
            description: of.description.clone(),
            metal: of.metal,
            hsn: of.hsn.clone(),
            fineness: of.fineness,
            pieces: 0,
            net: Mass::ZERO,
            fine: FineMass::ZERO,
            cost: zero,
            metal_value: value(NoteCharge::Metal),
            wastage_value: zero,
            making_value: value(NoteCharge::Making),
            stones_value: value(NoteCharge::Stones),
            other_value: value(NoteCharge::Other),
            discount: zero,
            bill_discount: zero,
            taxable: asked.taxable,
            tax_rate: of.tax_rate,
            cgst: zero,
            sgst: zero,
            igst: zero,
        });
    }
    if lines.is_empty() { Err(NoteRefusal::NoLine { index: 0 }) } else { Ok(lines) }
}

/// Once a class of tax, as bills are taxed: the rate of the sum, shared out by largest remainder.
fn spread_tax(lines: &mut [BillNoteLine], heads: Heads) -> Result<(), MoneyError> {
    if heads == Heads::None {
        return Ok(());
    }
    let mut rates: Vec<Ratio> = lines.iter().map(|line| line.tax_rate).collect();
    rates.sort_unstable_by_key(|rate| rate.ppm());
    rates.dedup();
    for rate in rates {
        let mut members: Vec<_> = lines.iter_mut().filter(|line| line.tax_rate == rate).collect();
        let Some(currency) = members.first().map(|line| line.taxable.currency()) else { continue };
        let taxable = Money::try_sum(currency, members.iter().map(|line| line.taxable))?;
        let values: Vec<i64> = members.iter().map(|line| line.taxable.minor()).collect();
        let parts = if heads == Heads::Within { 2 * Ratio::WHOLE } else { Ratio::WHOLE };
        let tax = taxable.mul_div(i64::from(rate.ppm()), parts, Rounding::HalfAwayFromZero)?;
        for (line, share) in members.iter_mut().zip(tax.allocate(&values)?) {
            if heads == Heads::Within {
                (line.cgst, line.sgst) = (share, share);
            } else {
                line.igst = share;
            }
        }
    }
    Ok(())
}

fn journal(note: &BillNote, lines: &[BillNoteLine], chart: Chart<'_>) -> Result<Journal, NoteRefusal> {
    let currency = note.payable.currency();
    let sum =
        |part: fn(&BillNoteLine) -> Money| Money::try_sum(currency, lines.iter().map(part)).map(Money::minor);
    let draft = JournalDraft::new(head(note)?)
        .debit(chart.receivable(note.party)?, note.payable.minor())
        .credit(chart.of(For::MetalSales)?, sum(|line| line.metal_value)?)
        .credit(chart.of(For::Making)?, sum(|line| line.making_value)?)
        .credit(chart.of(For::Stones)?, sum(|line| line.stones_value)?)
        .credit(chart.of(For::OtherCharges)?, sum(|line| line.other_value)?)
        .credit(chart.of(For::Cgst)?, note.cgst.minor())
        .credit(chart.of(For::Sgst)?, note.sgst.minor())
        .credit(chart.of(For::Igst)?, note.igst.minor())
        .credit(chart.of(For::RoundOff)?, note.round_off.minor());
    Ok(draft.balance()?)
}

impl Change for DebitNoteIssued {
    type By = crate::shop::actions::IssueDebitNote;

    fn subject(&self) -> Subject {
        Subject::new("debit_note", self.note.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        self.journal.record(draft);
        draft.insert(self.note);
        for line in self.lines {
            draft.insert(line);
        }
        draft.update(&self.before, self.invoice);
    }
}
