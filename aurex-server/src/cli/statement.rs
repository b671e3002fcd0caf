//! An exported file and the note beside it, verified without a server.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use aurex_core::audit::note::{SignedNote, VerifierKey};
use aurex_core::audit::statement::ExportStatement;
use sha2::{Digest as _, Sha256};

use super::Failure;

/// Where the note of a file is.
pub fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".note");
    name.into()
}

/// Verifies a file by its note and the log's keys, prints what the note says, and fails when it is not the file that was
/// signed. What the file is called by now does not matter.
pub fn verify(file: &Path, note: Option<&Path>, keys: &Path) -> Result<(), Failure> {
    let note =
        fs::read_to_string(note.map_or_else(|| beside(file), Path::to_owned))?.parse::<SignedNote>()?;
    let keys = fs::read_to_string(keys)?;
    let keys = keys.lines().filter(|line| !line.trim().is_empty());
    let keys = keys.map(|line| line.trim().parse()).collect::<Result<Vec<VerifierKey>, _>>()?;
    let said = ExportStatement::open(&note, &keys)?;
    let (bytes, sha256) = digest(file)?;
    said.is_about(bytes, &sha256)?;
    println!(
        "log: {}\nfile: {}\nformat: {}\nentries: {} to {}\nbytes: {bytes}\nmade: {}\nverdict: as signed",
        said.origin, said.file, said.format, said.entries.start, said.entries.end, said.at
    );
    Ok(())
}

fn digest(file: &Path) -> Result<(u64, [u8; 32]), Failure> {
    let (mut file, mut hash, mut bytes) = (File::open(file)?, Sha256::new(), 0_u64);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        match buffer.get(..read) {
            Some(part) if !part.is_empty() => {
                hash.update(part);
                bytes = bytes.saturating_add(u64::try_from(read)?);
            }
            _ => return Ok((bytes, hash.finalize().into())),
        }
    }
}
