//! The log with its proof, as one archive: the files of a bundle in a folder of the workspace's name.

use aurex_core::audit::bundle::{BundleFile, BundleWriter};
use aurex_core::audit::tile::EntriesError;
use aurex_core::service::{AuditEntryView, LogEvidence};
use aurex_core::time::Timestamp;

use super::spool::Order;
use super::tar::{self, NoRoomInHeader};

/// Which witnesses count is the reader's to say: what the server writes here would be its own word about itself.
const POLICY: &str = "quorum none\n";

/// Why a bundle cannot be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum BundleError {
    #[error(transparent)]
    Entries(#[from] EntriesError),
    #[error(transparent)]
    Archive(#[from] NoRoomInHeader),
}

/// A bundle being written.
pub(super) struct Bundle {
    folder: String,
    mtime: u64,
    writer: BundleWriter,
}

impl Bundle {
    pub(super) fn of(order: &Order) -> Self {
        let seconds = Timestamp::from_micros(order.asked_at).seconds_since(Timestamp::from_micros(0));
        Self {
            folder: format!("{}-audit", order.workspace),
            mtime: u64::try_from(seconds).unwrap_or(0),
            writer: BundleWriter::default(),
        }
    }

    /// Takes the next entry, and appends the files that it completes.
    pub(super) fn entry(&mut self, view: &AuditEntryView, out: &mut Vec<u8>) -> Result<(), BundleError> {
        let files = self.writer.entry(&view.stored.bytes, &view.fields())?;
        self.append(files, out)
    }

    /// Appends the rest.
    pub(super) fn finish(mut self, evidence: &LogEvidence, out: &mut Vec<u8>) -> Result<(), BundleError> {
        let writer = std::mem::take(&mut self.writer);
        let files = writer.finish(&evidence.checkpoints, &evidence.keys, POLICY)?;
        self.append(files, out)?;
        out.extend(tar::END);
        Ok(())
    }

    fn append(&self, files: Vec<BundleFile>, out: &mut Vec<u8>) -> Result<(), BundleError> {
        for BundleFile { path, bytes } in files {
            tar::file(&format!("{}/{path}", self.folder), &bytes, self.mtime, out)?;
        }
        Ok(())
    }
}
