//! A folder of breached passwords: the range files that are published for downloading, one for each of the 16⁵ beginnings
//! of a SHA-1 digest, named by it (`00000.txt` to `FFFFF.txt`, or without `.txt`).
//!
//! A beginning without a file counts as one without a breach, so that a part of the list can be used. Nothing leaves
//! the machine.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use aurex_core::identity::password::{BreachedError, BreachedPasswords, RangePrefix};

/// A range has about a thousand lines of forty bytes; nothing longer is read.
const LONGEST_FILE: u64 = 1024 * 1024;
/// How many names are looked at to see whether this is such a folder.
const LOOKED_AT: usize = 1000;

/// The folder, found to be one of range files.
#[derive(Debug)]
pub struct BreachedFolder(PathBuf);

/// Why the folder cannot be used. Each message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BreachedFolderError {
    /// It cannot be read.
    #[error(
        "the folder of breached passwords {path} cannot be read: put it there, or leave breached_passwords out"
    )]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There are no range files in it.
    #[error(
        "{path} has no range files of breached passwords (00000.txt to FFFFF.txt): name the folder that they were \
         downloaded to, one file a range"
    )]
    NoRanges {
        /// The folder.
        path: PathBuf,
    },
}

impl BreachedFolder {
    /// Takes a folder that has range files in it.
    ///
    /// # Errors
    /// [`BreachedFolderError`].
    pub fn open(path: &Path) -> Result<Self, BreachedFolderError> {
        let unreadable = |source| BreachedFolderError::Unreadable { path: path.to_owned(), source };
        for entry in std::fs::read_dir(path).map_err(unreadable)?.take(LOOKED_AT) {
            let name = entry.map_err(unreadable)?.file_name();
            if name.to_str().is_some_and(is_range) {
                return Ok(Self(path.to_owned()));
            }
        }
        Err(BreachedFolderError::NoRanges { path: path.to_owned() })
    }
}

fn is_range(name: &str) -> bool {
    let digits = name.strip_suffix(".txt").unwrap_or(name);
    digits.len() == 5 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'))
}

/// The file's text, `None` where there is no such file.
fn read(path: &Path) -> io::Result<Option<String>> {
    match std::fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(file) => {
            let mut text = String::new();
            let length = file.take(LONGEST_FILE + 1).read_to_string(&mut text)?;
            if u64::try_from(length).is_ok_and(|length| length <= LONGEST_FILE) {
                Ok(Some(text))
            } else {
                Err(io::Error::new(io::ErrorKind::FileTooLarge, "a range is shorter than 1 MiB"))
            }
        }
    }
}

#[async_trait]
impl BreachedPasswords for BreachedFolder {
    async fn range(&self, prefix: RangePrefix) -> Result<String, BreachedError> {
        let names = [self.0.join(format!("{}.txt", prefix.as_str())), self.0.join(prefix.as_str())];
        let looked = tokio::task::spawn_blocking(move || {
            let mut found = names.iter().filter_map(|name| read(name).transpose());
            found.next().transpose()
        });
        match looked.await {
            Ok(Ok(range)) => Ok(range.unwrap_or_default()),
            Ok(Err(error)) => Err(BreachedError(error.into())),
            Err(stopped) => Err(BreachedError(stopped.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use aurex_core::identity::password::Password;

    use super::*;

    /// SHA-1 of "abc" (FIPS 180-2, appendix A.1) begins with A9993.
    const ABC: &str = "E364706816ABA3E25717850C26C9CD0D89D:3";

    #[tokio::test]
    async fn asvs_v6_2_12_a_password_in_the_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let refused = BreachedFolder::open(folder.path()).unwrap_err();
        assert!(refused.to_string().contains("has no range files"));
        for (name, found) in [("A9993.txt", true), ("A9993", true), ("A9994.txt", false)] {
            std::fs::write(folder.path().join(name), format!("0{}\r\n{ABC}\r\n", ABC.split_at(1).1)).unwrap();
            let list = BreachedFolder::open(folder.path()).unwrap();
            assert_eq!(Password::new("abc").is_breached(&list).await.unwrap(), found, "{name}");
            std::fs::remove_file(folder.path().join(name)).unwrap();
        }
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_is_an_error_and_not_a_yes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("A9993.txt");
        std::fs::write(&file, vec![b'\n'; usize::try_from(LONGEST_FILE).unwrap() + 1]).unwrap();
        let list = BreachedFolder::open(folder.path()).unwrap();
        assert!(Password::new("abc").is_breached(&list).await.is_err());
        let missing = BreachedFolder::open(&folder.path().join("nowhere")).unwrap_err();
        assert!(missing.to_string().contains("or leave breached_passwords out"));
    }
}
