//! Who may rotate a deployment's keys, where it takes two: the file `operators` in the keys folder, and a rotation that waits
//! there for the second of them.
//!
//! Each operator is known by an age identity, which only they hold. Whoever asks leaves a code sealed to all others, so that
//! a request opens for somebody else alone. It keeps an operator from rotating alone by the command; whoever may write into
//! the folder has the keys, and is kept from nothing by a program.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aurex_core::chance::{Entropy, draw};
use aurex_core::identity::keys::Purpose;
use aurex_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::age::{self, AgeError, Identity, Recipient};
use crate::api::hex;

/// How long a rotation waits for the second operator.
const WAITS_SECONDS: i64 = 24 * 3600;

/// Why a rotation is not asked for or not confirmed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OperatorsError {
    /// A file in the keys folder.
    #[error("{path} cannot be used")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The list of operators.
    #[error("{path} names no operators: one age recipient a line, two at least, no one twice")]
    List {
        /// Which.
        path: PathBuf,
    },
    /// Somebody who is none.
    #[error("the identity is none of the operators'")]
    Stranger,
    /// Nothing waits.
    #[error("no rotation waits to be confirmed, or it waited for more than a day")]
    Nothing,
    /// The same person twice.
    #[error("who asked for a rotation does not confirm it: another operator does")]
    OwnRequest,
    /// What waits is not what was asked for.
    #[error("the rotation that waits is not what was asked for: ask for it anew")]
    Altered,
    /// It cannot be sealed.
    #[error(transparent)]
    Age(#[from] AgeError),
}

/// The operators of a house in which it takes two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operators {
    folder: PathBuf,
    list: Vec<Recipient>,
}

#[derive(Serialize, Deserialize)]
struct Request {
    purpose: String,
    asked_by: String,
    asked_at: i64,
    code_sha256: String,
    sealed: String,
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> OperatorsError + '_ {
    |source| OperatorsError::Io { path: path.to_owned(), source }
}

impl Operators {
    /// The operators that a keys folder names; `None` in a house where one is enough.
    ///
    /// # Errors
    /// [`OperatorsError::List`], [`OperatorsError::Io`].
    pub fn of(folder: &Path) -> Result<Option<Self>, OperatorsError> {
        let path = folder.join("operators");
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.map_err(failed(&path))?,
        };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let list = lines.map(str::parse).collect::<Result<Vec<Recipient>, _>>();
        let mut different = list.unwrap_or_default();
        let named = different.len();
        different.sort();
        different.dedup();
        if named < 2 || different.len() != named {
            return Err(OperatorsError::List { path });
        }
        Ok(Some(Self { folder: folder.to_owned(), list: different }))
    }

    fn request(&self) -> PathBuf {
        self.folder.join("rotation")
    }

    fn known(&self, identities: &[Identity]) -> Result<Recipient, OperatorsError> {
        let recipients = identities.iter().map(Identity::recipient);
        recipients.into_iter().find(|of| self.list.contains(of)).ok_or(OperatorsError::Stranger)
    }

    /// Leaves the wish for a rotation; it takes the place of one that waits.
    ///
    /// # Errors
    /// [`OperatorsError`].
    pub fn ask(
        &self,
        purpose: Purpose,
        by: &[Identity],
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Recipient, OperatorsError> {
        let asker = self.known(by)?;
        let others: Vec<Recipient> = self.list.iter().copied().filter(|of| *of != asker).collect();
        let code: [u8; 32] = draw(entropy);
        let request = Request {
            purpose: purpose.to_string(),
            asked_by: asker.to_string(),
            asked_at: now.micros(),
            code_sha256: hex(&Sha256::digest(code)),
            sealed: age::seal(&code, &others, entropy)?,
        };
        let path = self.request();
        let beside = self.folder.join(".rotation.new");
        let text = serde_json::to_vec(&request).map_err(|error| failed(&path)(error.into()))?;
        let _ = fs::remove_file(&beside);
        let mut new = fs::OpenOptions::new();
        let file = new.write(true).create_new(true).mode(0o600).open(&beside).map_err(failed(&beside))?;
        std::io::Write::write_all(&mut &file, &text).map_err(failed(&beside))?;
        file.sync_all().map_err(failed(&beside))?;
        fs::rename(&beside, &path).map_err(failed(&path))?;
        Ok(asker)
    }

    /// Takes the wish that waits, by another operator than who left it; answers for which purpose, and who asked.
    ///
    /// # Errors
    /// [`OperatorsError`]; it waits on then.
    pub fn confirm(&self, by: &[Identity], now: Timestamp) -> Result<(Purpose, String), OperatorsError> {
        let path = self.request();
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(OperatorsError::Nothing),
            text => text.map_err(failed(&path))?,
        };
        let request: Request = serde_json::from_slice(&text).map_err(|_| OperatorsError::Altered)?;
        let waited = now.seconds_since(Timestamp::from_micros(request.asked_at));
        if !(0..=WAITS_SECONDS).contains(&waited) {
            return Err(OperatorsError::Nothing);
        }
        let confirmer = self.known(by)?;
        if confirmer.to_string() == request.asked_by {
            return Err(OperatorsError::OwnRequest);
        }
        let code = age::open(request.sealed.as_bytes(), by).map_err(|_| OperatorsError::Altered)?;
        let is_known = self.list.iter().any(|of| of.to_string() == request.asked_by);
        if !is_known || hex(&Sha256::digest(&*code)) != request.code_sha256 {
            return Err(OperatorsError::Altered);
        }
        let purpose = request.purpose.parse().map_err(|_| OperatorsError::Altered)?;
        fs::remove_file(&path).map_err(failed(&path))?;
        Ok((purpose, request.asked_by))
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::ops::machine::OsEntropy;

    fn identity() -> Identity {
        Identity::new(Zeroizing::new(draw(&OsEntropy)))
    }

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn house(of: &[&Identity]) -> (tempfile::TempDir, Operators) {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Operators::of(folder.path()).unwrap(), None);
        let list: String = of.iter().map(|one| format!("# an operator\n{}\n", one.recipient())).collect();
        fs::write(folder.path().join("operators"), list).unwrap();
        let operators = Operators::of(folder.path()).unwrap().unwrap();
        (folder, operators)
    }

    #[test]
    fn asvs_v2_3_5_a_rotation_takes_two_different_operators() {
        let (anne, bina, stranger) = (identity(), identity(), identity());
        let (_folder, operators) = house(&[&anne, &bina]);
        let (anne, bina, stranger) = ([anne], [bina], [stranger]);
        assert!(matches!(operators.confirm(&bina, NOW), Err(OperatorsError::Nothing)));
        let asked = operators.ask(Purpose::Pepper, &stranger, NOW, &OsEntropy);
        assert!(matches!(asked, Err(OperatorsError::Stranger)));
        operators.ask(Purpose::Pepper, &anne, NOW, &OsEntropy).unwrap();
        assert!(matches!(operators.confirm(&anne, NOW), Err(OperatorsError::OwnRequest)));
        assert!(matches!(operators.confirm(&stranger, NOW), Err(OperatorsError::Stranger)));
        let late = NOW.plus_seconds(WAITS_SECONDS + 1);
        assert!(matches!(operators.confirm(&bina, late), Err(OperatorsError::Nothing)));
        let (purpose, by) = operators.confirm(&bina, NOW).unwrap();
        assert_eq!((purpose, by), (Purpose::Pepper, anne[0].recipient().to_string()));
        assert!(matches!(operators.confirm(&bina, NOW), Err(OperatorsError::Nothing)), "once");
    }

    #[test]
    fn a_request_that_was_altered_is_not_confirmed() {
        let (anne, bina) = (identity(), identity());
        let (folder, operators) = house(&[&anne, &bina]);
        let (anne, bina) = ([anne], [bina]);
        operators.ask(Purpose::Pepper, &anne, NOW, &OsEntropy).unwrap();
        let path = folder.path().join("rotation");
        let asked = fs::read_to_string(&path).unwrap();
        let (whom, other) = (anne[0].recipient().to_string(), identity().recipient().to_string());
        fs::write(&path, asked.replace(&whom, &other)).unwrap();
        assert!(matches!(operators.confirm(&bina, NOW), Err(OperatorsError::Altered)));
        fs::write(&path, "{}").unwrap();
        assert!(matches!(operators.confirm(&bina, NOW), Err(OperatorsError::Altered)));
    }

    #[test]
    fn a_list_of_one_or_of_one_twice_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let anne = identity().recipient();
        for list in
            [String::new(), format!("{anne}\n"), format!("{anne}\n{anne}\n"), "anne\nbina\n".to_owned()]
        {
            fs::write(folder.path().join("operators"), &list).unwrap();
            assert!(matches!(Operators::of(folder.path()), Err(OperatorsError::List { .. })), "{list}");
        }
    }
}
