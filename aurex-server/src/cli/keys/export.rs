//! `keys export` and `keys import`: a sealed copy of all keys, and back.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::super::Failure;
use super::present;
use crate::config::Config;
use crate::ops::age::{self, Identity, Recipient};
use crate::ops::keys_bundle;
use crate::ops::keys_folder::{KeysFolder, StoreIs};
use crate::ops::machine::OsEntropy;

/// A copy that one person can open alone is lost with that person.
const LEAST_RECIPIENTS: usize = 2;
const LONGEST_FILE: u64 = 256 * 1024;

pub(super) fn export(config: &Config, mut to: Vec<Recipient>, out: Option<&Path>) -> Result<(), Failure> {
    to.sort();
    to.dedup();
    if to.len() < LEAST_RECIPIENTS {
        return Err(
            "name at least two different recipients: a copy that one person alone can open is lost with them"
                .into(),
        );
    }
    let (_, ring) = present(config)?;
    let sealed = age::seal(keys_bundle::write(&ring).as_bytes(), &to, &OsEntropy)?;
    match out {
        None => std::io::stdout().write_all(sealed.as_bytes())?,
        Some(path) => {
            let mut new = std::fs::OpenOptions::new();
            let mut file = new.write(true).create_new(true).mode(0o600).open(path).map_err(|error| {
                format!("{} cannot be made, and nothing is written over: {error}", path.display())
            })?;
            file.write_all(sealed.as_bytes())?;
            file.sync_all()?;
        }
    }
    let recipients: Vec<String> = to.iter().map(ToString::to_string).collect();
    let (keys, recipients) = (ring.keys().count(), recipients.join(" "));
    tracing::info!(target: "aurex", keys, recipients, "the keys were exported");
    Ok(())
}

pub(super) fn import(config: &Config, file: &Path, identity: &Path) -> Result<(), Failure> {
    let identities = Identity::all_in(std::str::from_utf8(&read(identity)?)?)
        .map_err(|error| format!("{}: {error}", identity.display()))?;
    let content =
        age::open(&read(file)?, &identities).map_err(|error| format!("{}: {error}", file.display()))?;
    let ring = keys_bundle::read(std::str::from_utf8(&content)?)?;
    if let Some(parent) = config.keys.parent() {
        std::fs::create_dir_all(parent)?;
    }
    // A folder that is not there may be made here: it is filled with keys that exist.
    KeysFolder::open(&config.keys, StoreIs::Empty)?.restore(&ring)?;
    tracing::info!(target: "aurex", keys = ring.keys().count(), "exported keys were restored");
    println!(
        "{} keys are in {}. Run aurex-server keys check before serving.",
        ring.keys().count(),
        config.keys.display()
    );
    Ok(())
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let unreadable = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
    let mut bytes = Zeroizing::new(Vec::new());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let length = file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(length).is_ok_and(|length| length <= LONGEST_FILE) {
        Ok(bytes)
    } else {
        Err(format!("{} is too long to be what it should be", path.display()).into())
    }
}
