//! What a use case answers when it does not do what was asked.

use crate::rbac::Denied;
use crate::refusal::Refusal;
use crate::store::StoreError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// The policy refused.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A rule of the business refused.
    #[error("{0}")]
    Refused(Box<dyn Refusal>),
    /// There is no such thing in this workspace: an id that never existed, or another workspace's.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The resource has changed since the version that the command was made for.
    #[error("the resource has changed since it was read")]
    Stale,
    /// The idempotency key was used before, with other content.
    #[error("the idempotency key was used before with other content")]
    KeyReused {
        /// The first field that differs, as a JSON pointer.
        pointer: String,
    },
    /// Somebody is trying too often.
    #[error("too many tries")]
    TooMany {
        /// When to try again.
        retry_after_seconds: u32,
    },
    /// Not signed in, or not any more.
    #[error("not signed in")]
    NotSignedIn,
    /// The hashing pool is busy or broken.
    #[error("passwords cannot be checked at the moment")]
    Hashing(#[from] crate::identity::password::HashPoolError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] StoreError),
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Withdrawn => Self::NotSignedIn,
            error => Self::Store(error),
        }
    }
}

impl<R: Refusal> From<R> for ServiceError {
    fn from(refusal: R) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl ServiceError {
    /// The stable code for clients, where the error itself has one.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Denied(denied) => Some(denied.code()),
            Self::Refused(refusal) => Some(refusal.code()),
            Self::NotFound(_) => Some("resource.not_found"),
            Self::Stale => Some("resource.stale"),
            Self::KeyReused { .. } => Some("idempotency.key_reused"),
            Self::TooMany { .. } => Some("auth.too_many_tries"),
            Self::NotSignedIn => Some("auth.required"),
            Self::Hashing(_) | Self::Store(_) => None,
        }
    }
}
