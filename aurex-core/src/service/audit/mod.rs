//! The log as a use case: sealing observations into it, reading and searching it, exporting it.

mod collecting;
mod evidence;
mod exporting;
mod reading;
mod view;

pub use collecting::{Collecting, collect_observations};
pub use evidence::{LogEvidence, log_evidence};
pub use exporting::{
    During, ExportReady, ExportSpan, ExportWish, Exporting, ask_export, export_entries, finish_export,
    note_download,
};
pub use reading::{WORDS_WITHIN, read_audit, search_audit};
pub use view::AuditEntryView;
pub(super) use view::Names;
