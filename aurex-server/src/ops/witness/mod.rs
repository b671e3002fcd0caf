//! A witness: it cosigns the checkpoints of the logs that it was told of, as long as each only grew (C2SP tlog-witness).
//!
//! It is of use on a machine that whoever runs the shops' server cannot reach: an auditor's, or the owner's laptop. It
//! needs no store and no configuration, one folder and an address. What it has cosigned is on disk before it says so:
//! a witness that forgets can be shown another history.
//!
//! | file | idea |
//! |---|---|
//! | `folder` | its key, and a file a log |
//! | `server` | the one thing that it can be asked |

mod folder;
mod server;

use std::collections::BTreeMap;
use std::path::Path;

use aurex_core::audit::checkpoint::Origin;
use aurex_core::audit::note::{NoteSigner, Signature, SignatureKind, VerifierKey};
use aurex_core::audit::witness::{AddCheckpoint, Refusal, WitnessedLog, add_checkpoint};

pub use self::folder::WitnessError;
use self::folder::WitnessFolder;
pub use self::server::{serve, serve_on};

/// A witness.
pub struct Witness {
    folder: WitnessFolder,
    signer: NoteSigner,
    logs: BTreeMap<Origin, WitnessedLog>,
}

/// Why a request is not answered with a cosignature.
#[derive(Debug, thiserror::Error)]
pub enum NotCosigned {
    /// The protocol's own refusals.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What would be said could not be kept.
    #[error("what was cosigned could not be kept")]
    NotKept(#[from] WitnessError),
}

impl Witness {
    /// Opens the folder; makes it, with a new key under `name`, where there is none. `entropy` fills a buffer with random
    /// bytes.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn open(path: &Path, name: Option<&str>, entropy: impl Fn(&mut [u8])) -> Result<Self, WitnessError> {
        let folder = WitnessFolder::open(path)?;
        let signer = folder.signer(name, entropy)?;
        let logs = folder.logs()?;
        Ok(Self { folder, signer, logs })
    }

    /// What its cosignatures are checked with.
    #[must_use]
    pub const fn key(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// The logs that it knows, and how far it has cosigned each.
    pub fn logs(&self) -> impl Iterator<Item = (&Origin, u64)> {
        self.logs.iter().map(|(origin, log)| (origin, log.newest.0))
    }

    /// Lets it know a log by a key of the log's. A further key of a log that it knows joins the others, after a rotation.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn add_log(&mut self, key: VerifierKey) -> Result<(), WitnessError> {
        if key.kind() != SignatureKind::Log {
            return Err(WitnessError::NotALog);
        }
        let origin: Origin = key.name().parse().map_err(|_| WitnessError::NotALog)?;
        let mut log = self.logs.get(&origin).cloned().unwrap_or_else(|| WitnessedLog::new(Vec::new()));
        if !log.keys.contains(&key) {
            log.keys.push(key);
        }
        self.folder.keep(&origin, &log)?;
        self.logs.insert(origin, log);
        Ok(())
    }

    /// Answers one request: nothing is said that is not on disk. One at a time, as `&mut` says.
    ///
    /// # Errors
    /// [`NotCosigned`].
    pub fn cosign(&mut self, request: &str, at: u64) -> Result<Signature, NotCosigned> {
        let request: AddCheckpoint = request.parse()?;
        let origin = request.origin()?;
        let (next, cosignature) = add_checkpoint(self.logs.get(&origin), &request, &self.signer, at)?;
        self.folder.keep(&origin, &next)?;
        self.logs.insert(origin, next);
        Ok(cosignature)
    }
}
