//! Credit and debit notes as they are kept, with what a return to the tax office asks for.

use crate::ledger::{JournalEntryId, VoucherNumber};
use crate::measure::{FineMass, Fineness, Mass, Metal, Ratio};
use crate::money::Money;
use crate::shop::identifiers::{Hsn, StateCode};
use crate::shop::invoices::InvoiceId;
use crate::shop::parties::PartyId;
use crate::shop::stock::{ItemId, LotId};
use crate::text::{Name, Note};
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A credit or debit note.
    BillNoteId = "bnt";
}
crate::id_columns!(BillNoteId);

crate::codes! {
    /// Which way a note goes.
    pub enum NoteKind {
        /// Less is due.
        CreditNote = "credit_note",
        /// More is due.
        DebitNote = "debit_note",
    }
}

crate::codes! {
    /// Whether a note stands.
    pub enum NoteState {
        /// It stands.
        Issued = "issued",
        /// It was cancelled; its number stays used.
        Cancelled = "cancelled",
    }
}

crate::codes! {
    /// Why a note was issued, in the words of the returns (GSTR-1 up to 2020; accountants still ask for them).
    pub enum NoteReason {
        /// Goods came back.
        SalesReturn = "sales_return",
        /// A discount agreed after the sale.
        PostSaleDiscount = "post_sale_discount",
        /// What was sold or done fell short.
        Deficiency = "deficiency",
        /// The bill was wrong.
        Correction = "correction",
        /// The place of supply was another.
        ChangeOfPlace = "change_of_place",
        /// A provisional assessment was finalised.
        Finalisation = "finalisation",
        /// Something else.
        Other = "other",
    }
}

crate::record! {
    /// The head of a credit or debit note.
    pub struct BillNote in "bill_note" {
        /// Its id.
        id: BillNoteId = 1 [key],
        /// Which way it goes.
        kind: NoteKind = 2,
        /// Its number.
        number: VoucherNumber = 3,
        /// The bill that it is against.
        invoice: InvoiceId = 4,
        /// That bill's number, repeated because the note prints it and the return names it (Rule 53(1A)).
        invoice_number: VoucherNumber = 5,
        /// That bill's date.
        invoice_date: Date = 6,
        /// Whose bill it is.
        party: PartyId = 7,
        /// The note's date.
        business_date: Date = 8,
        /// When it was issued.
        issued_at: Timestamp = 9,
        /// Where the goods were supplied.
        place_of_supply: StateCode = 10,
        /// Why, as a code.
        reason_code: NoteReason = 11,
        /// Why, in words.
        reason: Option<Note> = 12,
        /// Whether it changes the tax that is due; not after the statutory date.
        tax_effect: bool = 13,
        /// The value that tax is computed on.
        taxable: Money = 14,
        /// Central tax.
        cgst: Money = 15,
        /// State tax.
        sgst: Money = 16,
        /// Integrated tax.
        igst: Money = 17,
        /// Taxable value and tax.
        total: Money = 18,
        /// What makes the total whole.
        round_off: Money = 19,
        /// By how much the customer owes less, or more.
        payable: Money = 20,
        /// The journal entry that posts it.
        entry: JournalEntryId = 21,
        /// Whether it stands.
        state: NoteState = 22,
        /// Why it was cancelled.
        cancel_reason: Option<Note> = 23,
        /// When it was cancelled.
        cancelled_at: Option<Timestamp> = 24,
        /// Counts changes; the ETag.
        version: u32 = 25,
    }
}

crate::record! {
    /// One line of a note: what of a line of the bill is put right.
    pub struct BillNoteLine in "bill_note_line" {
        /// The note.
        note: BillNoteId = 1 [key],
        /// The line, from 1.
        line: u16 = 2 [key],
        /// The line of the bill, from 1.
        invoice_line: u16 = 3,
        /// The piece on it.
        item: Option<ItemId> = 4,
        /// The lot on it.
        lot: Option<LotId> = 5,
        /// What it is.
        description: Name = 6,
        /// The metal.
        metal: Metal = 7,
        /// Its HSN code.
        hsn: Hsn = 8,
        /// The fineness.
        fineness: Fineness = 9,
        /// Pieces that came back.
        pieces: i64 = 10,
        /// Net weight that came back.
        net: Mass = 11,
        /// Its fine weight.
        fine: FineMass = 12,
        /// At what cost it went back to the stock.
        cost: Money = 13,
        /// Value of the metal.
        metal_value: Money = 14,
        /// Value of wastage on value.
        wastage_value: Money = 15,
        /// Making charge.
        making_value: Money = 16,
        /// Stones.
        stones_value: Money = 17,
        /// Other charges.
        other_value: Money = 18,
        /// Of the line's discount.
        discount: Money = 19,
        /// Of the line's share of the bill's discount.
        bill_discount: Money = 20,
        /// Taxable value.
        taxable: Money = 21,
        /// The tax class.
        tax_rate: Ratio = 22,
        /// Central tax.
        cgst: Money = 23,
        /// State tax.
        sgst: Money = 24,
        /// Integrated tax.
        igst: Money = 25,
    }
}

/// A note with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteWithLines {
    /// The head.
    pub note: BillNote,
    /// The lines in order.
    pub lines: Vec<BillNoteLine>,
}

impl NoteWithLines {
    /// Whether it is a credit note that stands.
    pub fn credits(&self) -> bool {
        self.note.kind == NoteKind::CreditNote && self.note.state == NoteState::Issued
    }
}
