//! A store of one's own: it keeps every tenant's audit log a second time, in a file that only grows.
//!
//! Whoever can write to the database can rewrite its log, tree and all. A [`JournalledStore`] stands around any store
//! and appends each entry to a journal beside it (another disk, another owner, a write-once share). Before a tenant's
//! turn begins it compares the two: where the log is not what the journal says, nobody writes any more.
//!
//! The journal is written after the commit, never before: it holds nothing that did not happen. What a crash cut off
//! between the two is read from the log when the tenant's next turn begins. The store around which it stands hands its
//! turn on with the commit, so this one has a queue of its own, whose turn ends when the journal is written. (Without
//! it two turns write one journal: `contended_documents_are_numbered_without_a_gap` found that.)
//!
//! `tests/conformance.rs` runs the kit on it, around the store in memory and around files. `docs/certify-a-store.md`
//! says what that shows.

mod journal;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use aurex_core::audit::{Observation, Sealed};
use aurex_core::identity::tills::Till;
use aurex_core::store::{
    Arrival, BucketKey, BucketSwap, ClaimedMail, Door, Doorkeeper, Housekeeping, KnownLink, KnownMember,
    KnownPin, KnownSession, KnownToken, MailOutcome, Read, Reader, Receipt, Scratch, Store, StoreError,
    StoreFigures, Turns, Writer, async_trait,
};
use aurex_core::tenancy::{ApiTokenId, House, MailId, Scope, SessionId, Slug, TenantId};
use aurex_core::text::Email;
use aurex_core::time::{Clock, Timestamp};

use journal::Journals;
use writer::JournalledWriter;

/// A store that journals every entry of its tenants' logs.
///
/// It has the house of the store it stands around: that store's authority is its authority.
#[derive(Clone)]
pub struct JournalledStore {
    inner: Arc<dyn Store>,
    journals: Arc<Journals>,
    turns: Arc<Turns>,
}

impl JournalledStore {
    /// Around `inner`, with one file a tenant in `folder`, which exists. Writers queue in `turns`, and then for nobody.
    pub fn around(inner: Arc<dyn Store>, folder: impl Into<PathBuf>, turns: Turns) -> Self {
        Self { inner, journals: Arc::new(Journals::in_folder(folder.into())), turns: Arc::new(turns) }
    }
}

#[async_trait]
impl Store for JournalledStore {
    fn house(&self) -> House {
        self.inner.house()
    }

    async fn reader(&self, scope: &Scope) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.reader(scope).await
    }

    async fn writer(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn Writer>, StoreError> {
        if !self.house().admits(scope) {
            return Err(StoreError::ForeignScope);
        }
        let turn = self.turns.take(scope.tenant()).await?;
        let inner = self.inner.writer(scope, clock).await?;
        Ok(Box::new(JournalledWriter::begin(inner, Arc::clone(&self.journals), turn).await?))
    }

    async fn found(&self, slug: &Slug, founding: Sealed, clock: &dyn Clock) -> Result<Receipt, StoreError> {
        // Its entry is journalled by the tenant's first turn.
        self.inner.found(slug, founding, clock).await
    }

    async fn scratch(&self, scope: &Scope) -> Result<Box<dyn Scratch>, StoreError> {
        self.inner.scratch(scope).await
    }

    async fn arrival(&self, scope: &Scope, slug: &Slug) -> Result<Box<dyn Arrival>, StoreError> {
        // What arrives is journalled by the tenant's first turn here.
        self.inner.arrival(scope, slug).await
    }

    async fn close_workspace(&self, scope: &Scope) -> Result<(), StoreError> {
        self.inner.close_workspace(scope).await
    }

    async fn end_workspace(&self, scope: &Scope, at: Timestamp) -> Result<(), StoreError> {
        self.inner.end_workspace(scope, at).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.inner.ready().await
    }

    async fn tenants(&self) -> Result<Vec<(Slug, TenantId)>, StoreError> {
        self.inner.tenants().await
    }

    fn figures(&self) -> StoreFigures {
        self.inner.figures()
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

/// Hands the calls of a port on as they are.
macro_rules! handed_on {
    ($Port:ident { $($call:ident ($($arg:ident: $Arg:ty),*) -> $Answer:ty;)* }) => {
        #[async_trait]
        impl $Port for JournalledStore {
            $(async fn $call(&self, $($arg: $Arg),*) -> Read<$Answer> {
                self.inner.$call($($arg),*).await
            })*
        }
    };
}

handed_on!(Doorkeeper {
    door(slug: &Slug) -> Option<Door>;
    known_member(tenant: TenantId, email: &Email) -> Option<KnownMember>;
    known_session(tenant: TenantId, token_hash: &[u8; 32]) -> Option<KnownSession>;
    known_token(tenant: TenantId, token_hash: &[u8; 32]) -> Option<KnownToken>;
    known_link(tenant: TenantId, token_hash: &[u8; 32]) -> Option<KnownLink>;
    known_till(tenant: TenantId, token_hash: &[u8; 32]) -> Option<(Till, Vec<KnownPin>)>;
});

handed_on!(Housekeeping {
    touch_session(tenant: TenantId, session: SessionId, at: Timestamp) -> ();
    session_uses(tenant: TenantId, sessions: &[SessionId]) -> Vec<Option<Timestamp>>;
    touch_token(tenant: TenantId, token: ApiTokenId, at: Timestamp) -> ();
    token_uses(tenant: TenantId, tokens: &[ApiTokenId]) -> Vec<Option<Timestamp>>;
    buckets(keys: &[BucketKey]) -> Vec<Option<Vec<u8>>>;
    swap_buckets(swaps: &[BucketSwap], until: Timestamp) -> bool;
    observe(tenant: TenantId, seen: &Observation) -> ();
    observed_tenants() -> Vec<TenantId>;
    observations(tenant: TenantId, limit: u16) -> Vec<(u64, Observation)>;
    forget_observations(tenant: TenantId, through: u64) -> ();
    note_mails(tenant: TenantId, mails: &[MailId], due: Timestamp) -> ();
    claim_mails(now: Timestamp, until: Timestamp, limit: u16) -> Vec<ClaimedMail>;
    settle_mail(tenant: TenantId, mail: MailId, outcome: MailOutcome) -> ();
    sweep(now: Timestamp) -> ();
    check_values() -> Vec<(String, Vec<u8>)>;
    keep_check_values(values: &[(String, Vec<u8>)]) -> bool;
    add_check_values(values: &[(String, Vec<u8>)]) -> ();
});

aurex_core::transparency_through!(JournalledStore, inner);
