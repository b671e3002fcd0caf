//! The folder of exported files. A file is written here first and fetched afterwards, so that a slow client holds no
//! snapshot of the store, and an export that a restart interrupted goes on where it was.
//!
//! An export is two files under its id, for the server's account alone: `<id>.json`, how far it is, and `<id>.data`.
//! The first is replaced as a whole, by renaming. What the second holds beyond the length that the first knows is cut
//! off when the work goes on; a second that is shorter, after a power cut, is begun anew.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aurex_core::tenancy::{ExportId, TenantId};
use aurex_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::form::ExportForm;

/// Why a spooled file cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// The folder or a file in it.
    #[error("the folder of exports cannot be used")]
    Io(#[from] io::Error),
    /// A file that says how far an export is says nothing that can be read.
    #[error("an export's progress cannot be read")]
    Unreadable(#[from] serde_json::Error),
    /// Longer than any file may be.
    #[error("the export is larger than {} GiB", Spool::MOST_BYTES >> 30)]
    TooLarge,
}

/// What was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The export's id as text.
    pub id: String,
    /// The tenant, as text.
    pub tenant: String,
    /// The workspace's name in paths.
    pub workspace: String,
    /// The workspace's time zone.
    pub zone: String,
    /// The form's word.
    pub form: String,
    /// The entries, by their places.
    pub entries: Range<u64>,
    /// When it was ordered, in microseconds since 1970.
    pub asked_at: i64,
    /// Whom an archive is sealed to.
    #[serde(default)]
    pub recipients: Vec<String>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What was ordered.
    pub order: Order,
    /// The place of the entry that comes next.
    pub next: u64,
    /// How long the file is so far.
    pub bytes: u64,
    /// The whole file's SHA-256 in hexadecimal, once it is whole.
    pub sha256: Option<String>,
    /// The signed note beside the file, once it is whole.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether it can be fetched: it is whole, and the log says so.
    pub is_ready: bool,
    /// Why it never will be, in a sentence.
    pub failed: Option<String>,
}

/// A file to be fetched.
#[derive(Debug)]
pub struct Spooled {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub progress: Progress,
}

/// The folder.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
}

impl Progress {
    /// The form's word of an archive, which nobody orders as an export of the log.
    pub const ARCHIVE: &str = "archive";

    /// The beginning.
    #[must_use]
    pub fn of(order: Order) -> Self {
        let next = order.entries.start;
        Self { order, next, bytes: 0, sha256: None, note: None, is_ready: false, failed: None }
    }

    /// The form.
    #[must_use]
    pub fn form(&self) -> Option<ExportForm> {
        self.order.form.parse().ok()
    }

    /// Whether it is an archive of the whole workspace.
    #[must_use]
    pub fn is_archive(&self) -> bool {
        self.order.form == Self::ARCHIVE
    }

    /// What the file is.
    #[must_use]
    pub fn media_type(&self) -> Option<&'static str> {
        if self.is_archive() {
            Some("application/octet-stream")
        } else {
            self.form().map(ExportForm::media_type)
        }
    }

    /// The name that the file is saved under.
    #[must_use]
    pub fn file_name(&self) -> String {
        if self.is_archive() {
            return format!("{}-archive-{}.age", self.order.workspace, self.order.id);
        }
        let extension = self.form().map_or("data", ExportForm::extension);
        format!("{}-audit-{}.{extension}", self.order.workspace, self.order.id)
    }

    /// Whether there is work left.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.is_ready && self.failed.is_none()
    }
}

impl Spool {
    /// How long a file may be.
    pub const MOST_BYTES: u64 = 8 << 30;
    /// How long an export is kept.
    pub const KEPT_SECONDS: i64 = 24 * 60 * 60;

    /// The spool in a folder, which is made with the first export.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, id: &str, extension: &str) -> PathBuf {
        self.folder.join(format!("{id}.{extension}"))
    }

    /// Keeps how far an export is.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn keep(&self, progress: &Progress) -> Result<(), SpoolError> {
        if !self.folder.exists() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        }
        let (new, path) = (self.path(&progress.order.id, "new"), self.path(&progress.order.id, "json"));
        let mut file = private(OpenOptions::new().write(true).create(true).truncate(true), &new)?;
        file.write_all(&serde_json::to_vec(progress)?)?;
        file.sync_all()?;
        Ok(fs::rename(new, path)?)
    }

    /// Every export there is, oldest first. What cannot be read is left out, and swept in its time.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn all(&self) -> Result<Vec<Progress>, SpoolError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json")
                && let Some(progress) =
                    fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok())
            {
                all.push(progress);
            }
        }
        all.sort_by(|a: &Progress, b| a.order.id.cmp(&b.order.id));
        Ok(all)
    }

    /// One tenant's export.
    ///
    /// # Errors
    /// [`SpoolError::Io`], [`SpoolError::Unreadable`].
    pub fn find(&self, tenant: TenantId, id: ExportId) -> Result<Option<Spooled>, SpoolError> {
        let text = match fs::read(self.path(&id.to_string(), "json")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text?,
        };
        let progress: Progress = serde_json::from_slice(&text)?;
        let is_theirs = progress.order.tenant == tenant.to_string();
        Ok(is_theirs.then(|| Spooled { path: self.path(&progress.order.id, "data"), progress }))
    }

    /// Opens the data of an export to go on with it: cut to the length that its progress knows, or begun anew.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn resume(&self, progress: &mut Progress) -> Result<File, SpoolError> {
        let path = self.path(&progress.order.id, "data");
        let file = private(OpenOptions::new().append(true).create(true), &path)?;
        if file.metadata()?.len() < progress.bytes {
            *progress = Progress::of(progress.order.clone());
        }
        file.set_len(progress.bytes)?;
        Ok(file)
    }

    /// Opens the data of an export to write it from its beginning.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn anew(&self, progress: &mut Progress) -> Result<File, SpoolError> {
        *progress = Progress::of(progress.order.clone());
        self.resume(progress)
    }

    /// The SHA-256 of an export's data, in hexadecimal and as it is, once it is on the disk.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn digest(&self, progress: &Progress) -> Result<[u8; 32], SpoolError> {
        let mut file = File::open(self.path(&progress.order.id, "data"))?;
        file.sync_all()?;
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
        loop {
            let read = file.read(&mut buffer)?;
            match buffer.get(..read) {
                Some(part) if !part.is_empty() => hash.update(part),
                _ => return Ok(hash.finalize().into()),
            }
        }
    }

    /// Deletes what was ordered more than a day ago, whatever became of it, and files that belong to nothing.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn sweep(&self, now: Timestamp) -> Result<usize, SpoolError> {
        let all = self.all()?;
        let is_old = |of: &&Progress| {
            now.seconds_since(Timestamp::from_micros(of.order.asked_at)) > Self::KEPT_SECONDS
        };
        let mut swept = 0;
        for old in all.iter().filter(is_old) {
            self.delete(&old.order.id)?;
            swept += 1;
        }
        Ok(swept)
    }

    fn delete(&self, id: &str) -> Result<(), SpoolError> {
        // The data first: an export that is known has its file.
        for extension in ["data", "new", "json"] {
            match fs::remove_file(self.path(id, extension)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Opens a file that nobody but the server's account reads, whatever it was before.
pub(crate) fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(id: &str, asked_at: i64) -> Progress {
        Progress::of(Order {
            id: id.to_owned(),
            tenant: "wsp_1".to_owned(),
            workspace: "meena".to_owned(),
            zone: "Asia/Kolkata".to_owned(),
            form: "csv".to_owned(),
            entries: 3..9,
            asked_at,
            recipients: Vec::new(),
        })
    }

    fn length(spool: &Spool, id: &str) -> u64 {
        fs::metadata(spool.path(id, "data")).unwrap().len()
    }

    #[test]
    fn what_was_written_beyond_the_kept_progress_is_cut_off_and_a_lost_part_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().join("exports"));
        let mut progress = progress("exp_1", 0);
        spool.keep(&progress).unwrap();
        let mut file = spool.resume(&mut progress).unwrap();
        file.write_all(b"twelve bytes").unwrap();
        (progress.next, progress.bytes) = (5, 6);
        spool.keep(&progress).unwrap();
        let mut again = spool.all().unwrap().remove(0);
        assert_eq!(again, progress);
        spool.resume(&mut again).unwrap().write_all(b"!").unwrap();
        assert_eq!((again.next, length(&spool, "exp_1")), (5, 7));
        fs::write(spool.path("exp_1", "data"), b"less").unwrap();
        spool.resume(&mut again).unwrap();
        assert_eq!((again.next, again.bytes, length(&spool, "exp_1")), (3, 0, 0));
    }

    #[test]
    fn exported_files_are_for_the_servers_account_alone() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().join("exports"));
        let mut progress = progress("exp_1", 0);
        spool.keep(&progress).unwrap();
        // Whatever somebody left there.
        fs::write(spool.path("exp_1", "data"), b"").unwrap();
        fs::set_permissions(spool.path("exp_1", "data"), Permissions::from_mode(0o666)).unwrap();
        spool.resume(&mut progress).unwrap();
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(spool.folder.clone()), 0o700);
        for extension in ["json", "data"] {
            assert_eq!(mode(spool.path("exp_1", extension)), 0o600, "{extension}");
        }
    }

    #[test]
    fn what_is_a_day_old_is_swept_and_nothing_younger() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().to_owned());
        let day = Spool::KEPT_SECONDS;
        for (id, asked_at) in [("exp_1", 0), ("exp_2", 1)] {
            let mut progress = progress(id, asked_at * 1_000_000);
            spool.keep(&progress).unwrap();
            spool.resume(&mut progress).unwrap();
        }
        assert_eq!(spool.sweep(Timestamp::from_micros(0).plus_seconds(day)).unwrap(), 0);
        assert_eq!(spool.sweep(Timestamp::from_micros(0).plus_seconds(day + 1)).unwrap(), 1);
        let left: Vec<String> = spool.all().unwrap().into_iter().map(|progress| progress.order.id).collect();
        assert_eq!(left, ["exp_2"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
