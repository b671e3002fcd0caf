//! A log as a bundle: written from the store, and verified without one. `docs/audit-format.md` says what is in it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use aurex_core::audit::bundle::{BundleFile, BundleWriter};
use aurex_core::audit::policy::Policy;
use aurex_core::audit::verifier::{BundleFiles, Standing, verify_bundle};
use aurex_core::service::{LogEvidence, Road, export_entries};
use aurex_core::tenancy::Scope;
use sha2::{Digest as _, Sha256};

use super::Failure;
use crate::api::hex;
use crate::export::private;

/// How many entries are read at once: as many as a file of a bundle has.
const AT_ONCE: u16 = 256;

/// The files of a bundle in a folder.
struct Folder(PathBuf);

impl BundleFiles for Folder {
    type Error = io::Error;

    /// The paths are the verifier's own and never a bundle's.
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, io::Error> {
        match fs::read(self.0.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }
}

/// What was written.
pub struct Written {
    /// How long the files are together.
    pub bytes: u64,
    /// The SHA-256 of the list of them: a line `<sha256>  <path>` a file, in the order of their paths.
    pub sha256: [u8; 32],
}

/// Files being written into a new folder.
struct Filling<'p> {
    folder: &'p Path,
    listed: Vec<(String, String)>,
    bytes: u64,
}

impl Filling<'_> {
    fn put(&mut self, files: Vec<BundleFile>) -> Result<(), Failure> {
        for BundleFile { path, bytes } in files {
            let at = self.folder.join(&path);
            if let Some(parent) = at.parent() {
                DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
            }
            private(OpenOptions::new().write(true).create_new(true), &at)?.write_all(&bytes)?;
            self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len())?);
            self.listed.push((path, hex(&Sha256::digest(&bytes))));
        }
        Ok(())
    }

    fn written(mut self) -> Written {
        self.listed.sort();
        let mut hash = Sha256::new();
        for (path, digest) in &self.listed {
            hash.update(format!("{digest}  {path}\n"));
        }
        Written { bytes: self.bytes, sha256: hash.finalize().into() }
    }
}

/// Writes what `evidence` covers into a new folder; `done` is told how many entries were written.
pub async fn write(
    road: &Road,
    scope: &Scope,
    evidence: &LogEvidence,
    policy: &str,
    folder: &Path,
    done: impl Fn(u64),
) -> Result<Written, Failure> {
    DirBuilder::new().mode(0o700).create(folder)?;
    let mut filling = Filling { folder, listed: Vec::new(), bytes: 0 };
    let mut writer = BundleWriter::default();
    let mut next = 0;
    while next < evidence.size {
        for view in export_entries(road, scope, next, evidence.size, AT_ONCE).await? {
            filling.put(writer.entry(&view.stored.bytes, &view.fields())?)?;
            next = next.saturating_add(1);
        }
        done(next);
    }
    filling.put(writer.finish(&evidence.checkpoints, &evidence.keys, policy)?)?;
    Ok(filling.written())
}

/// A policy that somebody wrote, as text that is one.
pub fn policy(file: Option<&Path>) -> Result<Option<(String, Policy)>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let text = fs::read_to_string(file)?;
    let policy = text.parse::<Policy>()?;
    Ok(Some((text, policy)))
}

/// Verifies the bundle in a folder, prints what came of it, and fails when it is not what was signed, or when the
/// owner's own policy is not met.
pub fn verify(folder: &Path, own: Option<&Path>) -> Result<(), Failure> {
    if !folder.is_dir() {
        return Err(format!("{} is no folder", folder.display()).into());
    }
    let own = policy(own)?.map(|(_, policy)| policy);
    let verdict = verify_bundle(&Folder(folder.to_owned()), own.as_ref())?;
    print!("{verdict}");
    match verdict.standing() {
        Standing::Broken => Err("the log is not what was signed".into()),
        Standing::OperatorsWord if own.is_some_and(|own| own.asks_for_witnesses()) => {
            Err("the witnesses that the policy asks for have not signed".into())
        }
        Standing::Proven | Standing::OperatorsWord => Ok(()),
    }
}
