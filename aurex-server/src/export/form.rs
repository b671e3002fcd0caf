//! The forms of an export, and one entry after the other in each of them.

use aurex_core::service::AuditEntryView;
use aurex_core::time::Zone;

use super::{entries, fiscal_year, ocsf};
use crate::choice;

choice! {
    /// The form of an export of the audit log.
    pub enum ExportForm {
        /// One JSON object a line, as `listAuditEntries` answers them.
        Jsonl = "jsonl",
        /// One row an entry, for spreadsheets.
        Csv = "csv",
        /// One event of OCSF 1.3, class API Activity, a line.
        Ocsf = "ocsf",
        /// One row a changed field of the books, for the auditors of an Indian company.
        FiscalYear = "fiscal-year",
        /// An archive (tar) of files that prove the whole log up to its newest checkpoint: anybody can verify it without a
        /// server. It takes no time and no year.
        Bundle = "bundle",
    }
}

impl std::str::FromStr for ExportForm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = Self::ALL.iter().find(|form| form.as_str() == text).copied();
        form.ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|form| form.as_str()).collect();
            format!("one of {}", words.join(", "))
        })
    }
}

impl ExportForm {
    /// What the file is.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jsonl | Self::Ocsf => "application/x-ndjson",
            Self::Csv | Self::FiscalYear => "text/csv; charset=utf-8; header=present",
            Self::Bundle => "application/x-tar",
        }
    }

    /// How its name ends.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jsonl | Self::Ocsf => "jsonl",
            Self::Csv | Self::FiscalYear => "csv",
            Self::Bundle => "tar",
        }
    }
}

/// Prints entries in one form. It knows nothing of the entries before, so that a file can be gone on with at any entry.
#[derive(Debug, Clone)]
pub struct Printer {
    /// The form.
    pub form: ExportForm,
    /// The workspace's name in paths, for events that are gathered from many.
    pub workspace: String,
    /// The workspace's time zone, for dates that people read.
    pub zone: Zone,
}

impl Printer {
    /// What stands in front of the first entry.
    pub fn head(&self, out: &mut Vec<u8>) {
        match self.form {
            // A bundle is no row of entries: its files are made elsewhere.
            ExportForm::Jsonl | ExportForm::Ocsf | ExportForm::Bundle => {}
            ExportForm::Csv => entries::csv_head(out),
            ExportForm::FiscalYear => fiscal_year::head(out),
        }
    }

    /// One entry: a line, a row, or as many rows as it changed fields of the books.
    pub fn entry(&self, view: AuditEntryView, out: &mut Vec<u8>) {
        match self.form {
            ExportForm::Jsonl => entries::json_line(view, out),
            ExportForm::Csv => entries::csv_row(view, out),
            ExportForm::Ocsf => ocsf::event_line(view, &self.workspace, out),
            ExportForm::FiscalYear => fiscal_year::rows(&view, self.zone, out),
            ExportForm::Bundle => {}
        }
    }
}
