//! The witness's folder: its key, and a file a log.
//!
//! ```text
//! <folder>/key          its name and secret, for its account alone
//! <folder>/logs/<hash>  a log's name, size and root, and its keys, a line each
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use aurex_core::audit::checkpoint::Origin;
use aurex_core::audit::note::{NoteSigner, SignatureKind};
use aurex_core::audit::tree::{Hash, leaf_hash};
use aurex_core::audit::witness::WitnessedLog;
use zeroize::Zeroizing;

/// Why the witness's folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// It cannot be read or written.
    #[error("{path} cannot be used")]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file in it is none of a witness's.
    #[error("{path} is not what a witness wrote")]
    Form {
        /// Which file.
        path: PathBuf,
    },
    /// Others can read the key.
    #[error(
        "{path} is open to other accounts: run chmod 600 on it, and make a new witness if anybody may have read it"
    )]
    Open {
        /// Which file.
        path: PathBuf,
    },
    /// There is no key yet, and no name for one.
    #[error("the witness has no key yet: give it a name, `--name witness.example`")]
    NoName,
    /// The name cannot be a key's.
    #[error("a witness is named without a space, plus or control character")]
    Name,
    /// The key is of something else.
    #[error("the key does not name a log")]
    NotALog,
}

/// The folder.
pub(super) struct WitnessFolder {
    path: PathBuf,
}

fn at(path: &Path) -> impl Fn(io::Error) -> WitnessError + '_ {
    |source| WitnessError::File { path: path.to_owned(), source }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file whole or not at all, and durably.
fn write_durably(path: &Path, text: &str) -> Result<(), WitnessError> {
    let new = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)
        .map_err(at(&new))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(at(&new))?;
    fs::rename(&new, path).map_err(at(path))?;
    let folder = path.parent().unwrap_or(path);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

impl WitnessFolder {
    pub(super) fn open(path: &Path) -> Result<Self, WitnessError> {
        let logs = path.join("logs");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&logs).map_err(at(&logs))?;
        Ok(Self { path: path.to_owned() })
    }

    pub(super) fn signer(
        &self,
        name: Option<&str>,
        entropy: impl Fn(&mut [u8]),
    ) -> Result<NoteSigner, WitnessError> {
        let path = self.path.join("key");
        let form = || WitnessError::Form { path: path.clone() };
        let signer = |name: &str, seed: &[u8; 32]| {
            NoteSigner::new(name, SignatureKind::Cosignature, seed).map_err(|_| WitnessError::Name)
        };
        match fs::metadata(&path) {
            Ok(found) if found.mode() & 0o077 != 0 => Err(WitnessError::Open { path }),
            Ok(_) => {
                let text = Zeroizing::new(fs::read_to_string(&path).map_err(at(&path))?);
                let (kept, secret) = text.trim_end().split_once(' ').ok_or_else(form)?;
                if name.is_some_and(|name| name != kept) {
                    return Err(form());
                }
                let secret: Hash = secret.parse().map_err(|_| form())?;
                signer(kept, secret.as_bytes())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let name = name.ok_or(WitnessError::NoName)?;
                let mut seed = Zeroizing::new([0; 32]);
                entropy(&mut *seed);
                let made = signer(name, &seed)?;
                write_durably(&path, &Zeroizing::new(format!("{name} {}\n", hex(&*seed))))?;
                Ok(made)
            }
            Err(error) => Err(at(&path)(error)),
        }
    }

    fn log_file(&self, origin: &Origin) -> PathBuf {
        self.path.join("logs").join(leaf_hash(origin.as_str().as_bytes()).to_string())
    }

    pub(super) fn keep(&self, origin: &Origin, log: &WitnessedLog) -> Result<(), WitnessError> {
        let (size, root) = log.newest;
        let keys: String = log.keys.iter().map(|key| format!("{key}\n")).collect();
        write_durably(&self.log_file(origin), &format!("{origin}\n{size}\n{root}\n{keys}"))
    }

    pub(super) fn logs(&self) -> Result<BTreeMap<Origin, WitnessedLog>, WitnessError> {
        let folder = self.path.join("logs");
        let mut logs = BTreeMap::new();
        for found in fs::read_dir(&folder).map_err(at(&folder))? {
            let path = found.map_err(at(&folder))?.path();
            // What was being written when the process was killed: the file before it counts.
            if path.extension().is_some_and(|extension| extension == "new") {
                continue;
            }
            let text = fs::read_to_string(&path).map_err(at(&path))?;
            let (origin, log) = read(&text).ok_or_else(|| WitnessError::Form { path: path.clone() })?;
            if self.log_file(&origin) != path {
                return Err(WitnessError::Form { path });
            }
            logs.insert(origin, log);
        }
        Ok(logs)
    }
}

fn read(text: &str) -> Option<(Origin, WitnessedLog)> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let origin = lines.next()?.parse().ok()?;
    let newest = (lines.next()?.parse().ok()?, lines.next()?.parse().ok()?);
    let keys = lines.map(|line| line.parse().ok()).collect::<Option<Vec<_>>>()?;
    Some((origin, WitnessedLog { keys, newest }))
}
