//! Why a workspace does not leave, or does not arrive.

use crate::audit::Malformed;
use crate::audit::check::Findings;
use crate::service::ServiceError;
use crate::store::StoreError;

/// What goes wrong with an archive. Nothing of its content is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// It cannot be read or written.
    #[error("the archive cannot be read or written")]
    Io(#[from] std::io::Error),
    /// It is none, or of a version that is not known here.
    #[error("this is no archive of a workspace, or one of another version")]
    Unknown,
    /// It is not written as archives are.
    #[error("the archive is damaged: {0}")]
    Damaged(&'static str),
    /// It holds something else than its own digests say.
    #[error("the archive's {part} is not what its digest says")]
    Digest {
        /// The part.
        part: String,
    },
    /// What came out of the store is not what was put into it.
    #[error("{part} did not arrive as it was sent")]
    Changed {
        /// The part.
        part: String,
    },
    /// The log or a table is not what it should be.
    #[error("{count} findings, the first: {first}")]
    Unsound {
        /// How many.
        count: u64,
        /// What the first says.
        first: String,
    },
    /// The workspace goes on elsewhere.
    #[error(
        "the archive is of a workspace that did not leave its store: two stores that go on with one log are two histories \
         under one name"
    )]
    Stays,
    /// The store that it goes to lacks keys.
    #[error("the keys {0} of the store that it comes from are not here, or others are under their names")]
    Keys(String),
    /// It is another tenant's.
    #[error("the archive is another tenant's")]
    OtherTenant,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// What is written into the log about it failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<Malformed> for ArchiveError {
    fn from(_: Malformed) -> Self {
        Self::Damaged("a record that cannot be read")
    }
}

impl ArchiveError {
    /// Nothing where nothing was found.
    pub(super) fn none_of(findings: &Findings) -> Result<(), Self> {
        match findings.kept().first() {
            None => Ok(()),
            Some(first) => Err(Self::Unsound { count: findings.count(), first: first.to_string() }),
        }
    }
}
