//! Writing a bundle while the entries go by.

use super::field::{Field, Line};
use super::{CHECKPOINTS, KEYS, LOG, NEWEST, OPENINGS, POLICY};
use crate::audit::note::{SignedNote, VerifierKey};
use crate::audit::tile::{EntriesError, EntriesId, Tile, Tiler, bundle_of};
use crate::audit::tree::leaf_hash;

const README: &str = "\
This is the audit log of one shop, as files.

log/          the log in the format of https://c2sp.org/tlog-tiles: its newest checkpoint, its tree, its entries
checkpoints.txt   what the log was at earlier times, each signed
keys.txt      the keys that sign it
policy.txt    the witnesses that its owner trusts (https://c2sp.org/tlog-policy)
openings/     what the entries commit to: the changes in full and personal values, except those that were erased

Nobody has to be believed to check it. Keys and policy in here are the sender's: compare them with your own, or give
your own policy to the program that checks.
";

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFile {
    /// Where it lies, with `/` between folders.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Makes the files of a bundle. Each entry gives the files that it completes, so nothing grows but the folder.
#[derive(Debug, Default)]
pub struct BundleWriter {
    tiler: Tiler,
    entries: Vec<Vec<u8>>,
    openings: String,
}

impl BundleWriter {
    /// Takes the next entry, from the first one on: its bytes as they were hashed, and every field of it.
    ///
    /// # Errors
    /// [`EntriesError::TooLong`].
    pub fn entry(&mut self, bytes: &[u8], fields: &[Field<'_>]) -> Result<Vec<BundleFile>, EntriesError> {
        let seq = self.tiler.size();
        for field in fields {
            self.openings += &format!("{}\n", Line::of(seq, field));
        }
        self.entries.push(bytes.to_vec());
        let tiles = self.tiler.push(leaf_hash(bytes));
        let mut files = if tiles.is_empty() { Vec::new() } else { self.part()? };
        files.extend(tiles.iter().map(of_tile));
        Ok(files)
    }

    /// The entries that wait, and what opens them.
    fn part(&mut self) -> Result<Vec<BundleFile>, EntriesError> {
        let (size, width) = (self.tiler.size(), self.entries.len());
        let width = u16::try_from(width).map_err(|_| EntriesError::TooMany)?;
        let index = size.saturating_sub(u64::from(width)) >> 8;
        let Some(id) = EntriesId::new(index, width) else { return Ok(Vec::new()) };
        let bytes = bundle_of(self.entries.iter().map(Vec::as_slice))?;
        self.entries.clear();
        let openings = std::mem::take(&mut self.openings).into_bytes();
        Ok(vec![
            BundleFile { path: format!("{LOG}{id}"), bytes },
            BundleFile { path: format!("{OPENINGS}{}", id.place()), bytes: openings },
        ])
    }

    /// The rest. `checkpoints` in the order in which they were published, the newest of exactly as many entries as were
    /// taken; `policy` as a C2SP `tlog-policy`, `quorum none` where the owner has none.
    ///
    /// # Errors
    /// [`EntriesError`] never occurs here in truth: what waits was taken.
    pub fn finish(
        mut self,
        checkpoints: &[SignedNote],
        keys: &[VerifierKey],
        policy: &str,
    ) -> Result<Vec<BundleFile>, EntriesError> {
        let mut files = self.part()?;
        files.extend(self.tiler.edge().map(|tile| of_tile(&tile)));
        let text = |path: &str, text: String| BundleFile { path: path.to_owned(), bytes: text.into_bytes() };
        let notes: Vec<String> = checkpoints.iter().map(ToString::to_string).collect();
        files.push(text("README", README.to_owned()));
        files.push(text(KEYS, keys.iter().map(|key| format!("{key}\n")).collect()));
        files.push(text(POLICY, policy.to_owned()));
        files.push(text(CHECKPOINTS, notes.join("\n")));
        files.push(text(NEWEST, notes.last().cloned().unwrap_or_default()));
        Ok(files)
    }
}

fn of_tile(tile: &Tile) -> BundleFile {
    BundleFile { path: format!("{LOG}{}", tile.id()), bytes: tile.to_bytes() }
}
