//! Files for other programs: exports of the audit log, spooled before anybody fetches them, and reports of the books.
//!
//! | file | idea |
//! |---|---|
//! | `form` | the forms there are, and one entry after the other in each of them |
//! | `csv` | RFC 4180, and cells that no spreadsheet takes for a formula |
//! | `entries` | the log itself as JSON Lines and as CSV |
//! | `ocsf` | the log as events of the Open Cybersecurity Schema Framework |
//! | `fiscal_year` | the edit log of the books for one Indian financial year |
//! | `bundle`, `tar` | the log with its proof: its files, as one archive |
//! | `spool` | the folder of exported files: progress, resuming, sweeping |
//! | `desk` | who may have one now, and the work itself |
//! | `workbook`, `zip` | a report of the books as a spreadsheet or as CSV |

mod bundle;
mod csv;
mod desk;
mod entries;
mod fiscal_year;
mod form;
mod ocsf;
mod spool;
mod tar;
pub mod workbook;
mod zip;

pub use desk::{ArchiveOrder, Desk, NoRoom};
pub use form::{ExportForm, Printer};
pub(crate) use spool::private;
pub use spool::{Order, Progress, Spool, SpoolError, Spooled};
