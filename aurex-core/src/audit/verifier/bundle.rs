//! The verifier over the files of a bundle, 256 entries at a time.

use std::collections::BTreeMap;

use super::finding::{Finding, Findings};
use super::log::LogVerifier;
use super::verdict::Verdict;
use crate::audit::bundle::{CHECKPOINTS, Field, KEYS, LOG, Line, NEWEST, OPENINGS, POLICY, lines_in};
use crate::audit::note::{SignedNote, VerifierKey};
use crate::audit::policy::Policy;
use crate::audit::tile::{EntriesId, Tile, Tiler, bundles_of, entries_in};

/// Where a bundle's files come from: a folder, a tar, a server.
pub trait BundleFiles {
    /// Why a file could not be read.
    type Error;

    /// The file at this path, with `/` between folders; `None` when there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Self::Error>;
}

impl BundleFiles for BTreeMap<String, Vec<u8>> {
    type Error = std::convert::Infallible;

    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Self::Error> {
        Ok(self.get(path).cloned())
    }
}

/// Verifies a bundle. `own` is the owner's policy; without it the bundle's own counts, which its sender wrote.
///
/// # Errors
/// The files' own: what cannot be read is no finding about the log.
pub fn verify_bundle<F: BundleFiles>(files: &F, own: Option<&Policy>) -> Result<Verdict, F::Error> {
    let mut findings = Findings::default();
    let keys = read(files, KEYS, &mut findings, |bytes| {
        let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
        text.split('\n').map(|line| line.parse().ok()).collect::<Option<Vec<VerifierKey>>>()
    })?;
    let policy = match own {
        Some(own) => Some(own.clone()),
        None => read(files, POLICY, &mut findings, |bytes| std::str::from_utf8(bytes).ok()?.parse().ok())?,
    };
    let mut notes = read(files, CHECKPOINTS, &mut findings, notes_in)?.unwrap_or_default();
    let newest =
        read(files, NEWEST, &mut findings, |bytes| Some(vec![note(std::str::from_utf8(bytes).ok()?)]))?;
    // It is the last of them, so it adds nothing; another one would.
    notes.extend(
        newest.into_iter().flatten().filter(|newest| notes.last() != Some(newest)).collect::<Vec<_>>(),
    );

    let policy = policy.unwrap_or_else(Policy::none);
    let mut verifier = LogVerifier::opening(&notes, &keys.unwrap_or_default(), &policy, findings);
    let mut tiler = Tiler::default();
    for id in bundles_of(verifier.signed_size()) {
        let Some(made) = part(files, &mut verifier, &mut tiler, id)? else { break };
        for tile in made.into_iter().filter(|tile| tile.level() > 0) {
            compare(files, &tile, &mut verifier.findings)?;
        }
    }
    for tile in tiler.edge().filter(|tile| tile.level() > 0) {
        compare(files, &tile, &mut verifier.findings)?;
    }
    Ok(verifier.finish())
}

/// Up to 256 entries. `None` when they cannot be read, so that what follows has no place.
fn part<F: BundleFiles>(
    files: &F,
    verifier: &mut LogVerifier,
    tiler: &mut Tiler,
    id: EntriesId,
) -> Result<Option<Vec<Tile>>, F::Error> {
    let width = usize::from(id.width());
    let entries = read(files, &format!("{LOG}{id}"), &mut verifier.findings, |bytes| {
        let entries = entries_in(bytes).ok().filter(|entries| entries.len() == width)?;
        Some(entries.into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>())
    })?;
    let Some(entries) = entries else { return Ok(None) };
    let leaves = read(files, &format!("{LOG}{}", id.leaves()), &mut verifier.findings, |bytes| {
        Tile::from_bytes(id.leaves(), bytes).ok()
    })?;
    let within = id.first()..id.first() + u64::from(id.width());
    let lines = read(files, &format!("{OPENINGS}{}", id.place()), &mut verifier.findings, |bytes| {
        lines_in(bytes).filter(|lines| lines.iter().all(|line| within.contains(&line.seq)))
    })?;

    let mut made = Vec::new();
    let mut rest = lines.as_deref();
    for ((entry, seq), nth) in entries.iter().zip(id.first()..).zip(0_usize..) {
        let recorded = leaves.as_ref().and_then(|tile| tile.hashes().get(nth)).copied();
        let fields: Option<Vec<Field<'_>>> = rest.map(|lines| {
            let (own, others) = lines.split_at(lines.partition_point(|line| line.seq <= seq));
            rest = Some(others);
            own.iter().map(Line::field).collect()
        });
        let leaf = verifier.entry(entry, recorded, fields.as_deref());
        made.extend(tiler.push(leaf));
    }
    Ok(Some(made))
}

fn compare<F: BundleFiles>(files: &F, tile: &Tile, findings: &mut Findings) -> Result<(), F::Error> {
    let path = format!("{LOG}{}", tile.id());
    match files.file(&path)? {
        None => findings.add(Finding::FileMissing { path }),
        Some(bytes) if bytes != tile.to_bytes() => findings.add(Finding::TileWrong { path }),
        Some(_) => {}
    }
    Ok(())
}

/// A file as what it should hold; what is wrong with it is a finding.
fn read<F: BundleFiles, T>(
    files: &F,
    path: &str,
    findings: &mut Findings,
    as_what: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<Option<T>, F::Error> {
    let path = path.to_owned();
    let Some(bytes) = files.file(&path)? else {
        findings.add(Finding::FileMissing { path });
        return Ok(None);
    };
    let read = as_what(&bytes);
    if read.is_none() {
        findings.add(Finding::FileMalformed { path });
    }
    Ok(read)
}

fn note(text: &str) -> Option<SignedNote> {
    text.parse().ok()
}

/// The notes of a file: texts and signatures in turn, an empty line between each two.
fn notes_in(bytes: &[u8]) -> Option<Vec<Option<SignedNote>>> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let parts: Vec<&str> = text.split("\n\n").collect();
    let (pairs, spare) = parts.as_chunks::<2>();
    let notes =
        || pairs.iter().map(|[text, signatures]| note(&format!("{text}\n\n{signatures}\n"))).collect();
    spare.is_empty().then(notes)
}
