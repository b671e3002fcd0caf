//! Credit and debit notes: what is put right about an issued bill, beside it. The bill itself is never edited.
//!
//! | file | idea |
//! |---|---|
//! | `rows` | the head, the lines |
//! | `ask` | what is asked for, and why it is refused |
//! | `left` | what is left of a bill that was not credited yet, and shares of it |
//! | `credit` | less is due: goods back, or an allowance |
//! | `debit` | more is due |
//! | `cancel` | the undo of both |

mod ask;
mod cancel;
mod credit;
mod debit;
#[cfg(test)]
mod laws;
mod left;
mod rows;

pub use ask::{Goods, NewCreditLine, NewCreditNote, NewDebitLine, NewDebitNote, NoteCharge, NoteRefusal};
pub use cancel::{
    CancelNoteKnown, CreditNoteCancelled, DebitNoteCancelled, NoteCancelled, decide_cancel_credit,
    decide_cancel_debit,
};
pub use credit::{CreditKnown, CreditNoteIssued, NoteIds, decide_credit};
pub use debit::{DebitKnown, DebitNoteIssued, decide_debit};
pub use rows::*;

/// The series of credit notes.
pub const CREDIT_PREFIX: &str = "CN";
/// The series of debit notes.
pub const DEBIT_PREFIX: &str = "DN";
