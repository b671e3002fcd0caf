//! Bills: issued whole or not at all, never edited, cancelled with both sides visible.
//!
//! | file | idea |
//! |---|---|
//! | `rows` | the head, the lines |
//! | `parties` | who sold and who bought, as the bill says it |
//! | `bill` | what is asked for, and why it is refused |
//! | `resolve` | a bill with everything filled in: from the piece, the board, the law |
//! | `rates` | the day's rate, an agreed one, a booking's |
//! | `issue` | number, journal, stock: all in one change |
//! | `cancel` | the mirror of it |

mod bill;
mod cancel;
mod issue;
mod parties;
mod rates;
mod resolve;
mod rows;

pub use bill::{BillRefused, InvoiceRefusal, NewBill, NewLine, OverriddenRate};
pub use cancel::{CancelIds, CancelKnown, InvoiceCancelled, decide_cancel};
pub use issue::{InvoiceIssued, IssueIds, PREFIX, PREFIX_BACK_DATED, decide_issue};
pub use parties::InvoiceParties;
pub use resolve::{BillContext, ResolvedBill, ResolvedLine, decide_preview};
pub use rows::*;
