//! Credit and debit notes as they are asked for.

use aurex_core::measure::Mass;
use aurex_core::money::Money as CoreMoney;
use aurex_core::shop::invoices::InvoiceId;
use aurex_core::shop::notes::{
    Goods, NewCreditLine, NewCreditNote, NewDebitLine, NewDebitNote, NoteCharge, NoteReason,
};
use aurex_core::text::Note;

use crate::http::body::{Int, List, Replace, request};

request! {
    /// What of a line of the bill is credited.
    pub struct CreditLineBody {
        /// The line of the bill, from 1.
        line: Int<1, 500>,
        /// `returned`: its goods come back to the stock. `kept`: the customer keeps them, and it is an allowance.
        goods: Goods,
        /// Of loose metal, how much comes back, in milligrams; all that is left when left out.
        returned_mg: Option<Mass>,
        /// The value credited, before tax; when left out, what the returned weight was charged, or all that is left.
        taxable: Option<CoreMoney>,
    }
}

request! {
    /// A credit note against an issued bill.
    pub struct CreditNoteBody {
        /// The bill.
        invoice_id: InvoiceId,
        /// Why, as the tax office counts it.
        reason_code: NoteReason,
        /// Why, in words.
        reason: Option<Note>,
        /// `true` to leave the tax alone; after the statutory date it has to be.
        without_tax: Replace<bool>,
        /// The lines; left out, it is the whole bill: all goods come back, for all that is left.
        lines: Option<List<CreditLineBody, 1, 500>>,
    }
}

request! {
    /// What more is due on a line of the bill.
    pub struct DebitLineBody {
        /// The line of the bill, from 1.
        line: Int<1, 500>,
        /// What was charged too little.
        charge: NoteCharge,
        /// The value that is added, before tax.
        taxable: CoreMoney,
    }
}

request! {
    /// A debit note against an issued bill.
    pub struct DebitNoteBody {
        /// The bill.
        invoice_id: InvoiceId,
        /// Why, as the tax office counts it.
        reason_code: NoteReason,
        /// Why, in words.
        reason: Option<Note>,
        /// The lines.
        lines: List<DebitLineBody, 1, 500>,
    }
}

/// The number of a line fits, because its bounds do.
fn line(of: Int<1, 500>) -> u16 {
    u16::try_from(of.get()).unwrap_or(u16::MAX)
}

impl From<CreditNoteBody> for NewCreditNote {
    fn from(body: CreditNoteBody) -> Self {
        let lines = body.lines.map(List::into_vec).unwrap_or_default();
        Self {
            invoice: body.invoice_id,
            reason_code: body.reason_code,
            reason: body.reason,
            without_tax: body.without_tax.0.unwrap_or(false),
            lines: lines
                .into_iter()
                .map(|of| NewCreditLine {
                    line: line(of.line),
                    goods: of.goods,
                    returned: of.returned_mg,
                    taxable: of.taxable,
                })
                .collect(),
        }
    }
}

impl From<DebitNoteBody> for NewDebitNote {
    fn from(body: DebitNoteBody) -> Self {
        let lines = body.lines.into_vec().into_iter();
        Self {
            invoice: body.invoice_id,
            reason_code: body.reason_code,
            reason: body.reason,
            lines: lines
                .map(|of| NewDebitLine { line: line(of.line), charge: of.charge, taxable: of.taxable })
                .collect(),
        }
    }
}
