//! Credit and debit notes as they are shown.

use aurex_core::shop::notes::{BillNote, BillNoteLine, NoteWithLines};
use poem_openapi::Object;

use super::super::wire::Money;
use crate::http::etag::ETag;

/// What of a line of the bill is put right.
#[derive(Debug, Clone, Object)]
pub struct NoteLineView {
    /// The line of the bill, from 1.
    pub invoice_line: u16,
    /// The piece.
    pub item_id: Option<String>,
    /// The lot.
    pub lot_id: Option<String>,
    /// What it is.
    pub description: String,
    /// The metal.
    pub commodity: String,
    /// Its fineness in parts per million.
    pub fineness_ppm: u32,
    /// The HSN code.
    pub hsn: String,
    /// Pieces that came back.
    pub returned_pieces: i64,
    /// Net weight that came back, in milligrams.
    pub returned_mg: i64,
    /// The pure metal in it, in nanograms.
    pub returned_fine_ng: i64,
    /// Of the metal's value.
    pub metal: Money,
    /// Of the wastage on value.
    pub wastage: Money,
    /// Of the making.
    pub making: Money,
    /// Of the stones.
    pub stones: Money,
    /// Of the other charges.
    pub other: Money,
    /// Of the line's own discount.
    pub discount: Money,
    /// Of its share of the bill's discount.
    pub bill_discount: Money,
    /// The value, before tax.
    pub taxable: Money,
    /// The whole GST of its class, in parts per million.
    pub tax_rate_ppm: i32,
    /// Central tax.
    pub cgst: Money,
    /// State tax.
    pub sgst: Money,
    /// Integrated tax.
    pub igst: Money,
}

/// The foot of a note.
#[derive(Debug, Clone, Object)]
pub struct NoteTotalsView {
    /// The value, before tax.
    pub taxable: Money,
    /// Central tax.
    pub cgst: Money,
    /// State tax.
    pub sgst: Money,
    /// Integrated tax.
    pub igst: Money,
    /// Value and tax.
    pub total: Money,
    /// What makes the total whole, or makes the notes of a bill sum to it.
    pub round_off: Money,
    /// By how much the customer owes less, or more.
    pub payable: Money,
    /// The payable in words.
    pub amount_in_words: String,
}

/// A note as it would be issued.
#[derive(Debug, Clone, Object)]
pub struct NotePreviewView {
    /// `credit_note` or `debit_note`.
    pub kind: String,
    /// The bill.
    pub invoice_id: String,
    /// The bill's number.
    pub invoice_number: String,
    /// The bill's date.
    pub invoice_date: String,
    /// Whose bill it is.
    pub customer_id: String,
    /// The note's date.
    pub business_date: String,
    /// Whether it changes the tax that is due.
    pub tax_effect: bool,
    /// The lines.
    pub lines: Vec<NoteLineView>,
    /// The foot.
    pub totals: NoteTotalsView,
}

/// A credit or debit note.
#[derive(Debug, Clone, Object)]
pub struct NoteView {
    /// Its id.
    pub id: String,
    /// `credit_note` or `debit_note`.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// `issued` or `cancelled`.
    pub state: String,
    /// When it was issued.
    pub issued_at: String,
    /// The note's date.
    pub business_date: String,
    /// The bill.
    pub invoice_id: String,
    /// The bill's number.
    pub invoice_number: String,
    /// The bill's date.
    pub invoice_date: String,
    /// Whose bill it is.
    pub customer_id: String,
    /// The GST code of the place of supply, the bill's.
    pub place_of_supply: String,
    /// Why, as the tax office counts it.
    pub reason_code: String,
    /// Why, in words.
    pub reason: Option<String>,
    /// Whether it changes the tax that is due.
    pub tax_effect: bool,
    /// The lines.
    pub lines: Vec<NoteLineView>,
    /// The foot.
    pub totals: NoteTotalsView,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// When it was cancelled.
    pub cancelled_at: Option<String>,
    /// The document's revision tag.
    pub etag: String,
}

/// A note in a list.
#[derive(Debug, Clone, Object)]
pub struct NoteHeadView {
    /// Its id.
    pub id: String,
    /// `credit_note` or `debit_note`.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// `issued` or `cancelled`.
    pub state: String,
    /// The note's date.
    pub business_date: String,
    /// The bill.
    pub invoice_id: String,
    /// The bill's number.
    pub invoice_number: String,
    /// Whose bill it is.
    pub customer_id: String,
    /// Why, as the tax office counts it.
    pub reason_code: String,
    /// By how much the customer owes less, or more.
    pub payable: Money,
    /// The document's revision tag.
    pub etag: String,
}

pub(super) fn etag(note: &BillNote) -> ETag {
    ETag::of_revision(note.version.into())
}

fn line(line: &BillNoteLine) -> NoteLineView {
    NoteLineView {
        invoice_line: line.invoice_line,
        item_id: line.item.map(|id| id.to_string()),
        lot_id: line.lot.map(|id| id.to_string()),
        description: line.description.to_string(),
        commodity: line.metal.code().to_owned(),
        fineness_ppm: line.fineness.ppm(),
        hsn: line.hsn.as_str().to_owned(),
        returned_pieces: line.pieces,
        returned_mg: line.net.mg(),
        returned_fine_ng: line.fine.ng(),
        metal: line.metal_value.into(),
        wastage: line.wastage_value.into(),
        making: line.making_value.into(),
        stones: line.stones_value.into(),
        other: line.other_value.into(),
        discount: line.discount.into(),
        bill_discount: line.bill_discount.into(),
        taxable: line.taxable.into(),
        tax_rate_ppm: line.tax_rate.ppm(),
        cgst: line.cgst.into(),
        sgst: line.sgst.into(),
        igst: line.igst.into(),
    }
}

fn totals(note: &BillNote) -> NoteTotalsView {
    NoteTotalsView {
        taxable: note.taxable.into(),
        cgst: note.cgst.into(),
        sgst: note.sgst.into(),
        igst: note.igst.into(),
        total: note.total.into(),
        round_off: note.round_off.into(),
        payable: note.payable.into(),
        amount_in_words: note.payable.in_words(),
    }
}

pub(super) fn previewed(of: &NoteWithLines) -> NotePreviewView {
    let note = &of.note;
    NotePreviewView {
        kind: note.kind.code().to_owned(),
        invoice_id: note.invoice.to_string(),
        invoice_number: note.invoice_number.to_string(),
        invoice_date: note.invoice_date.to_string(),
        customer_id: note.party.to_string(),
        business_date: note.business_date.to_string(),
        tax_effect: note.tax_effect,
        lines: of.lines.iter().map(line).collect(),
        totals: totals(note),
    }
}

pub(super) fn issued(of: &NoteWithLines) -> NoteView {
    let note = &of.note;
    NoteView {
        id: note.id.to_string(),
        kind: note.kind.code().to_owned(),
        number: note.number.to_string(),
        state: note.state.code().to_owned(),
        issued_at: note.issued_at.to_string(),
        business_date: note.business_date.to_string(),
        invoice_id: note.invoice.to_string(),
        invoice_number: note.invoice_number.to_string(),
        invoice_date: note.invoice_date.to_string(),
        customer_id: note.party.to_string(),
        place_of_supply: note.place_of_supply.to_string(),
        reason_code: note.reason_code.code().to_owned(),
        reason: note.reason.as_ref().map(ToString::to_string),
        tax_effect: note.tax_effect,
        lines: of.lines.iter().map(line).collect(),
        totals: totals(note),
        cancel_reason: note.cancel_reason.as_ref().map(ToString::to_string),
        cancelled_at: note.cancelled_at.map(|at| at.to_string()),
        etag: etag(note).as_str().to_owned(),
    }
}

impl From<BillNote> for NoteHeadView {
    fn from(note: BillNote) -> Self {
        Self {
            id: note.id.to_string(),
            kind: note.kind.code().to_owned(),
            number: note.number.to_string(),
            state: note.state.code().to_owned(),
            business_date: note.business_date.to_string(),
            invoice_id: note.invoice.to_string(),
            invoice_number: note.invoice_number.to_string(),
            customer_id: note.party.to_string(),
            reason_code: note.reason_code.code().to_owned(),
            payable: note.payable.into(),
            etag: etag(&note).as_str().to_owned(),
        }
    }
}
