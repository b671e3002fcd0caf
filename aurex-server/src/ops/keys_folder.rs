//! The folder in which the deployment's keys lie: mode 0700, one file of mode 0600 a key.
//!
//! It belongs to the account that runs the server and stays apart from the data and its backups: a thief who has
//! either has nothing. Everything is checked on the opened file itself (never on a name that could be swapped after
//! the check), links are not followed, and each refusal says what to do, because it will be read by somebody whose
//! shop does not open.
//!
//! Keys are *made* only for a store that is empty. A store with data that meets an empty folder means a lost or
//! unmounted folder; new keys would lock every member out and make every sealed column unreadable for good.

mod error;

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use aurex_core::identity::keys::{Key, KeyId, KeyRing};
use rustix::fs::{CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use zeroize::Zeroizing;

pub use error::KeysFolderError;

/// A key file has about 200 bytes; nothing longer is read.
const LONGEST_FILE: u64 = 4096;
const SUFFIX: &str = ".key";

/// What is known about the store that the keys are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreIs {
    /// It holds no data yet: keys may be made.
    Empty,
    /// It was made with keys, which must be there.
    InUse,
}

/// The keys folder, opened and found to be private.
#[derive(Debug)]
pub struct KeysFolder {
    path: PathBuf,
    folder: OwnedFd,
    owner: u32,
}

impl KeysFolder {
    /// Opens the folder; makes it, with mode 0700, if there is none and the store is empty.
    ///
    /// # Errors
    ///
    /// [`KeysFolderError`] says what is wrong and what to do.
    pub fn open(path: &Path, store: StoreIs) -> Result<Self, KeysFolderError> {
        Self::open_as(path, store, rustix::process::geteuid().as_raw())
    }

    fn open_as(path: &Path, store: StoreIs, owner: u32) -> Result<Self, KeysFolderError> {
        if store == StoreIs::Empty {
            match rustix::fs::mkdir(path, Mode::RWXU) {
                Ok(()) => flush_parent(path).map_err(|error| failed(path, error))?,
                Err(Errno::EXIST) => {}
                Err(error) => return Err(failed(path, error)),
            }
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(|error| match error {
            Errno::NOENT => KeysFolderError::NoFolder { path: path.to_owned() },
            Errno::LOOP | Errno::NOTDIR => KeysFolderError::NotAFolder { path: path.to_owned() },
            error => failed(path, error),
        })?;
        let stat = rustix::fs::fstat(&folder).map_err(|error| failed(path, error))?;
        private(path, &stat, owner, "700")?;
        Ok(Self { path: path.to_owned(), folder, owner })
    }

    /// Reads the keys. If there are none and the store is empty, makes them first.
    ///
    /// `now_micros` is the time in microseconds since 1970, UTC; `entropy` fills a buffer with random bytes.
    ///
    /// # Errors
    ///
    /// [`KeysFolderError`] says what is wrong and what to do. Compare the ring with the store's check values
    /// ([`KeyRing::verify`]) before serving.
    pub fn ring(
        &self,
        store: StoreIs,
        now_micros: i64,
        entropy: &mut dyn FnMut(&mut [u8]),
    ) -> Result<KeyRing, KeysFolderError> {
        let keys = self.names()?.iter().map(|name| self.read(name)).collect::<Result<Vec<_>, _>>()?;
        match store {
            StoreIs::Empty if keys.is_empty() => {
                let ring = KeyRing::generate(now_micros, entropy);
                self.save(&ring)?;
                Ok(ring)
            }
            StoreIs::Empty => {
                KeyRing::new(keys).map_err(|_| KeysFolderError::HalfMade { path: self.path.clone() })
            }
            StoreIs::InUse if keys.is_empty() => Err(KeysFolderError::NoKeys { path: self.path.clone() }),
            StoreIs::InUse => {
                KeyRing::new(keys).map_err(|source| KeysFolderError::Ring { path: self.path.clone(), source })
            }
        }
    }

    /// Writes every key of the ring whose file is missing or says something else, each atomically and flushed to the
    /// disk. The active keys come first, so that a power cut never leaves a purpose without its key.
    ///
    /// # Errors
    ///
    /// [`KeysFolderError`] when a file cannot be written.
    pub fn save(&self, ring: &KeyRing) -> Result<(), KeysFolderError> {
        let present = self.names()?;
        for key in ring.keys() {
            let name = format!("{}{SUFFIX}", key.id());
            let text = key.to_file_text();
            let unchanged = present.contains(&name) && *self.read(&name)?.to_file_text() == *text;
            if !unchanged {
                self.write(&name, &text).map_err(|error| failed(&self.path.join(&name), error))?;
            }
        }
        rustix::fs::fsync(&self.folder).map_err(|error| failed(&self.path, error))
    }

    /// Writes a ring into a folder that has no keys yet.
    ///
    /// # Errors
    ///
    /// [`KeysFolderError::HasKeys`], or what [`KeysFolder::save`] can answer.
    pub fn restore(&self, ring: &KeyRing) -> Result<(), KeysFolderError> {
        if !self.names()?.is_empty() {
            return Err(KeysFolderError::HasKeys { path: self.path.clone() });
        }
        self.save(ring)
    }

    /// Deletes a key's file, flushed to the disk. Its blocks may outlive it on the disk: what is to be unreadable for
    /// good belongs on an encrypted one.
    ///
    /// # Errors
    ///
    /// [`KeysFolderError`] when the file cannot be deleted.
    pub fn delete(&self, id: &KeyId) -> Result<(), KeysFolderError> {
        let name = format!("{id}{SUFFIX}");
        rustix::fs::unlinkat(&self.folder, &name, rustix::fs::AtFlags::empty())
            .map_err(|error| failed(&self.path.join(&name), error))?;
        rustix::fs::fsync(&self.folder).map_err(|error| failed(&self.path, error))
    }

    /// The key files, sorted. Other files (a note, a half-written file of an interrupted save) are not ours to judge.
    fn names(&self) -> Result<Vec<String>, KeysFolderError> {
        let entries = Dir::read_from(&self.folder).map_err(|error| failed(&self.path, error))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| failed(&self.path, error))?;
            match entry.file_name().to_str() {
                Ok(name) if name.ends_with(SUFFIX) && !name.starts_with('.') => names.push(name.to_owned()),
                _ => {}
            }
        }
        names.sort();
        Ok(names)
    }

    fn read(&self, name: &str) -> Result<Key, KeysFolderError> {
        let path = self.path.join(name);
        // Not blocking: a pipe under a key's name must be refused, not waited for.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file =
            rustix::fs::openat(&self.folder, name, flags, Mode::empty()).map_err(|error| match error {
                Errno::LOOP => KeysFolderError::NotAPlainFile { path: path.clone() },
                error => failed(&path, error),
            })?;
        let stat = rustix::fs::fstat(&file).map_err(|error| failed(&path, error))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile || stat.st_nlink > 1 {
            return Err(KeysFolderError::NotAPlainFile { path });
        }
        private(&path, &stat, self.owner, "600")?;

        // Room for all of it at once, so that growing leaves no unwiped copies behind.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE.try_into().unwrap_or_default()));
        let read = File::from(file).take(LONGEST_FILE).read_to_string(&mut text);
        read.map_err(|source| KeysFolderError::Io { path: path.clone(), source })?;
        let key = Key::from_file_text(&text)
            .map_err(|source| KeysFolderError::File { path: path.clone(), source })?;
        if name.strip_suffix(SUFFIX) != Some(key.id().as_str()) {
            return Err(KeysFolderError::Renamed { path, id: key.id().to_string() });
        }
        Ok(key)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Errno> {
        let beside = format!(".{name}.new");
        match rustix::fs::unlinkat(&self.folder, &beside, rustix::fs::AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(error),
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.folder, &beside, flags, Mode::RUSR | Mode::WUSR)?;
        let mut file = File::from(file);
        let as_errno = |error: io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
        file.write_all(text.as_bytes()).map_err(as_errno)?;
        file.sync_all().map_err(as_errno)?;
        rustix::fs::renameat(&self.folder, &beside, &self.folder, name)
    }
}

/// A power cut must not lose the folder after the store was made with its keys.
fn flush_parent(path: &Path) -> Result<(), Errno> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::fsync(rustix::fs::openat(CWD, parent, flags, Mode::empty())?)
}

fn private(path: &Path, stat: &Stat, owner: u32, mode: &'static str) -> Result<(), KeysFolderError> {
    if stat.st_uid != owner {
        return Err(KeysFolderError::ForeignOwner { path: path.to_owned(), found: stat.st_uid, owner });
    }
    if Mode::from_raw_mode(stat.st_mode).intersects(Mode::RWXG | Mode::RWXO) {
        return Err(KeysFolderError::OpenToOthers { path: path.to_owned(), mode });
    }
    Ok(())
}

fn failed(path: &Path, error: Errno) -> KeysFolderError {
    KeysFolderError::Io { path: path.to_owned(), source: error.into() }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::{error::Error, fs};

    use aurex_core::identity::keys::Purpose;
    use tempfile::TempDir;

    use super::*;

    fn entropy() -> impl FnMut(&mut [u8]) {
        let mut next = 0_u8;
        move |buffer| {
            buffer.fill_with(|| {
                next = next.wrapping_add(1);
                next
            })
        }
    }

    /// An outer folder with a keys folder made for an empty store.
    fn made() -> (TempDir, PathBuf, KeyRing) {
        let outer = TempDir::new().unwrap();
        let path = outer.path().join("keys");
        let folder = KeysFolder::open(&path, StoreIs::Empty).unwrap();
        let ring = folder.ring(StoreIs::Empty, 7, &mut entropy()).unwrap();
        (outer, path, ring)
    }

    fn read(path: &Path) -> Result<KeyRing, KeysFolderError> {
        KeysFolder::open(path, StoreIs::InUse)?.ring(StoreIs::InUse, 8, &mut |_| panic!("no key may be made"))
    }

    fn refusal(path: &Path) -> String {
        read(path).unwrap_err().to_string()
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn pepper_file(path: &Path, ring: &KeyRing) -> PathBuf {
        path.join(format!("{}.key", ring.active(Purpose::Pepper).id()))
    }

    #[test]
    fn keys_made_for_an_empty_store_are_private_and_read_back() {
        let (_outer, path, ring) = made();
        assert_eq!(mode(&path), 0o700);
        let files: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 4);
        assert!(files.iter().all(|file| mode(file) == 0o600));
        assert_eq!(read(&path).unwrap().check_values(), ring.check_values());
    }

    #[test]
    fn an_empty_store_that_meets_its_keys_again_uses_them() {
        let (_outer, path, ring) = made();
        let folder = KeysFolder::open(&path, StoreIs::Empty).unwrap();
        let again = folder.ring(StoreIs::Empty, 8, &mut |_| panic!("no key may be made")).unwrap();
        assert_eq!(again.check_values(), ring.check_values());
    }

    #[test]
    fn a_store_in_use_never_gets_new_keys() {
        let outer = TempDir::new().unwrap();
        let path = outer.path().join("keys");
        assert!(refusal(&path).contains("put back the folder the store was made with"));
        assert!(!path.exists());

        fs::create_dir(&path).unwrap();
        set_mode(&path, 0o700);
        assert!(refusal(&path).contains("has no keys"));
        assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_or_file_that_others_can_reach_is_refused_with_the_command_that_helps() {
        let (_outer, path, ring) = made();
        for open in [0o750, 0o705, 0o711] {
            set_mode(&path, open);
            assert!(refusal(&path).contains(&format!("run chmod 700 {}", path.display())));
        }
        set_mode(&path, 0o700);
        let file = pepper_file(&path, &ring);
        set_mode(&file, 0o640);
        assert!(refusal(&path).contains(&format!("run chmod 600 {}", file.display())));
        set_mode(&file, 0o400);
        assert!(read(&path).is_ok());
    }

    #[test]
    fn a_foreign_owner_is_refused() {
        let (_outer, path, _ring) = made();
        let somebody_else = rustix::process::geteuid().as_raw() + 1;
        let refused = KeysFolder::open_as(&path, StoreIs::InUse, somebody_else).unwrap_err();
        assert!(refused.to_string().contains(&format!("run chown {somebody_else} ")), "{refused}");

        let folder = KeysFolder { owner: somebody_else, ..KeysFolder::open(&path, StoreIs::InUse).unwrap() };
        let refused = folder.ring(StoreIs::InUse, 8, &mut entropy()).unwrap_err();
        assert!(matches!(refused, KeysFolderError::ForeignOwner { path: file, .. } if file != path));
    }

    #[test]
    fn links_are_not_followed() {
        let (outer, path, ring) = made();
        let link = outer.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(refusal(&link).contains("is a link or not a folder"));

        let file = pepper_file(&path, &ring);
        let elsewhere = outer.path().join("elsewhere");
        fs::rename(&file, &elsewhere).unwrap();
        symlink(&elsewhere, &file).unwrap();
        assert!(refusal(&path).contains("not a plain file of its own"));

        fs::remove_file(&file).unwrap();
        fs::hard_link(&elsewhere, &file).unwrap();
        assert!(refusal(&path).contains("not a plain file of its own"));
    }

    #[test]
    fn a_missing_damaged_or_swapped_key_is_named() {
        let (_outer, path, ring) = made();
        let file = pepper_file(&path, &ring);
        let good = fs::read_to_string(&file).unwrap();

        fs::write(&file, good.replace("state: active", "state: asleep")).unwrap();
        let refused = read(&path).unwrap_err();
        assert!(refused.to_string().contains(&file.display().to_string()));
        assert!(refused.source().unwrap().to_string().contains("\"state\""));

        let column = path.join(format!("{}.key", ring.active(Purpose::Column).id()));
        fs::copy(&column, &file).unwrap();
        assert!(refusal(&path).contains("holds the key column-"));

        fs::remove_file(&file).unwrap();
        let refused = read(&path).unwrap_err();
        assert_eq!(refused.source().unwrap().to_string(), "there is no active pepper key");

        let empty = KeysFolder::open(&path, StoreIs::Empty).unwrap();
        let refused = empty.ring(StoreIs::Empty, 8, &mut |_| panic!("no key may be made")).unwrap_err();
        assert!(refused.to_string().ends_with("delete them and start again"));
    }

    #[test]
    fn a_rotation_is_saved_and_what_an_interrupted_one_left_is_no_obstacle() {
        let (_outer, path, ring) = made();
        let mut entropy = entropy();
        entropy(&mut [0; 200]);
        let rotated = ring.rotated(Purpose::Pepper, 9, &mut entropy);
        let half_written = path.join(format!(".{}.key.new", rotated.active(Purpose::Pepper).id()));
        fs::write(&half_written, "aurex-key").unwrap();

        KeysFolder::open(&path, StoreIs::InUse).unwrap().save(&rotated).unwrap();
        assert!(!half_written.exists());
        let again = read(&path).unwrap();
        assert_eq!(again.check_values(), rotated.check_values());
        assert_eq!(again.verify(&ring.check_values()), Ok(()));
    }

    #[test]
    fn notes_beside_the_keys_are_left_alone() {
        let (_outer, path, _ring) = made();
        fs::write(path.join("README"), "locked in the safe as well").unwrap();
        assert!(read(&path).is_ok());
    }
}
