//! What can go wrong in a store, in terms of what the caller should do.

/// A failure of a store. The message is for the log; a client is told the kind only.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Too many writers wait for this tenant's turn, or the store cannot be reached. Try again later.
    #[error("the store is busy or out of reach")]
    Unavailable(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The scope was not made for this store.
    #[error("the scope belongs to another store")]
    ForeignScope,
    /// The change was sealed in another scope, or the tenant does not match.
    #[error("the change was sealed in another scope")]
    ForeignSeal,
    /// Member, role, session or token has changed since the scope was made.
    #[error("access was withdrawn since the request began")]
    Withdrawn,
    /// There is no such tenant any more.
    #[error("no such workspace")]
    NoSuchTenant,
    /// The slug is taken, or was once.
    #[error("the name of the workspace is taken")]
    SlugTaken,
    /// A change collides with a row that is already there. Decisions read under the turn, so this is a defect of the
    /// decision, not a race.
    #[error("a row of {table} is already there")]
    Duplicate {
        /// The table.
        table: &'static str,
    },
    /// What was read is not what was written: a row of another tenant, a broken entry, a value out of range.
    #[error("stored data is not as it was written: {0}")]
    Corrupt(String),
    /// A statement failed before; the writer accepts nothing but to be dropped.
    #[error("the writer failed earlier and can only be rolled back")]
    Spoiled,
    /// Anything else.
    #[error("the store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether the same call may succeed later, unchanged.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Wraps a backend's own error.
    pub fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(source.into())
    }

    /// Stored data that does not decode.
    pub fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt(what.into())
    }
}

impl From<crate::audit::EntryTooLong> for StoreError {
    /// A defect of the decision: it has to seal several changes.
    fn from(defect: crate::audit::EntryTooLong) -> Self {
        Self::failed(defect)
    }
}

impl From<crate::audit::Malformed> for StoreError {
    fn from(_: crate::audit::Malformed) -> Self {
        Self::corrupt("a value does not decode")
    }
}
