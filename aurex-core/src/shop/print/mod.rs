//! A bill as it is printed: what stands on the paper, in words and figures, in the order in which it stands there.
//!
//! A page and a PDF show the same [`PrintedBill`], so that neither forgets what the law wants on a bill; [`CONTENTS`] is
//! the list of that. Nothing here is looked up: it is all in the rows that the bill was issued with, and a bill prints the
//! same in ten years.
//!
//! | file | idea |
//! |---|---|
//! | `bill` | the whole of it |
//! | `line` | one line: weights, purity, rate, what the price is made of |
//! | `pay` | where what is open is paid, and the link for it |
//! | `tax` | tax by rate and by HSN |
//! | `contents` | what the law wants on it, with the sources |
//! | `figures` | amounts, weights and dates as text |

mod bill;
mod contents;
mod figures;
mod line;
mod pay;
mod tax;

pub use bill::{BillCopy, PrintedBill, PrintedCancellation, PrintedParty, print};
pub use contents::{CONTENTS, Content};
pub use line::{PrintedCharge, PrintedLine, PrintedStone};
pub use pay::PrintedPay;
pub use tax::PrintedTax;

#[cfg(test)]
#[cfg(feature = "conformance")]
mod tests;
