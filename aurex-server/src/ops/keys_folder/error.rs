//! What may be wrong with the keys folder, and what to do about it.

use std::io;
use std::path::PathBuf;

use aurex_core::identity::keys::{KeyFileError, KeysError};

/// Why the keys cannot be used. Each message ends with what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysFolderError {
    /// There is no folder, and the store needs its keys.
    #[error(
        "there is no keys folder at {path}, and the store is not empty: put back the folder the store was made with \
         (new keys could not read it)"
    )]
    NoFolder {
        /// Where it should be.
        path: PathBuf,
    },
    /// The path leads to a link or a file.
    #[error("{path} is a link or not a folder: configure the path of the keys folder itself")]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// The folder is there and has no keys, and the store needs them.
    #[error(
        "the keys folder {path} has no keys, and the store is not empty: mount or put back the folder the store was \
         made with (new keys could not read it)"
    )]
    NoKeys {
        /// The folder.
        path: PathBuf,
    },
    /// The folder or a file belongs to another account.
    #[error("{path} belongs to user {found}, but the server runs as user {owner}: run chown {owner} {path}")]
    ForeignOwner {
        /// The folder or file.
        path: PathBuf,
        /// Whose it is.
        found: u32,
        /// Whose it should be.
        owner: u32,
    },
    /// Other accounts may read or change the folder or a file.
    #[error("other users can reach {path}: run chmod {mode} {path}, and renew the keys if anybody did")]
    OpenToOthers {
        /// The folder or file.
        path: PathBuf,
        /// The mode it should have.
        mode: &'static str,
    },
    /// A key file is a link (of either kind), a pipe or something else.
    #[error("{path} is not a plain file of its own: replace it with a copy of the key file")]
    NotAPlainFile {
        /// The file.
        path: PathBuf,
    },
    /// A key file holds another key than its name says.
    #[error("{path} holds the key {id}: rename it to {id}.key, or put the right file in its place")]
    Renamed {
        /// The file.
        path: PathBuf,
        /// The key in it.
        id: String,
    },
    /// A key file cannot be understood.
    #[error("{path} is not a readable key file: put it back from its backup")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyFileError,
    },
    /// The keys do not make a complete set.
    #[error(
        "the keys in {path} are not a complete set: put back what is missing, or set all but the newest active key \
         of a purpose to \"state: retired\""
    )]
    Ring {
        /// The folder.
        path: PathBuf,
        /// What is wrong with the set.
        source: KeysError,
    },
    /// The store is empty, and making its keys was interrupted.
    #[error(
        "the keys in {path} are not a complete set, and the store is still empty: delete them and start again"
    )]
    HalfMade {
        /// The folder.
        path: PathBuf,
    },
    /// Keys are to be restored where there are some.
    #[error(
        "the keys folder {path} has keys already: restore into an empty one, and exchange the two yourself"
    )]
    HasKeys {
        /// The folder.
        path: PathBuf,
    },
    /// The system refused something.
    #[error("the keys folder cannot be used at {path}: check that it can be read and written")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}
