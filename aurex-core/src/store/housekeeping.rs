//! Housekeeping: writes that state no fact of the business. They never take a tenant's turn and are rare.

use async_trait::async_trait;

use super::StoreError;
use crate::audit::Observation;
use crate::tenancy::{ApiTokenId, MailId, SessionId, TenantId};
use crate::time::Timestamp;

/// The name of a throttle's bucket: a keyed hash, so that no address or account stands in it.
pub type BucketKey = [u8; 32];

/// A mail that a sender has taken, for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedMail {
    /// Whose workspace's.
    pub tenant: TenantId,
    /// Which.
    pub mail: MailId,
    /// How often it was taken, this time included.
    pub tries: u32,
}

/// What came of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// It needs no more tries: it was handed over, or given up. That is remembered until then, so that nobody who
    /// looks for mails that were never noted takes it for one.
    Settled(Timestamp),
    /// It is tried again, from then on.
    Again(Timestamp),
}

/// A bucket's new state, and the one that it was worked out from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketSwap {
    /// Which bucket.
    pub key: BucketKey,
    /// Its state as it was read; none where it had none.
    pub expected: Option<Vec<u8>>,
    /// What to keep instead.
    pub new: Vec<u8>,
}

/// How much trouble is taken over what an erasure left in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scrub {
    /// What can be done while the shop is open, within a second or so.
    AtOnce,
    /// Whatever it takes.
    Whole,
}

/// The small writes beside the business.
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Notes that a session was used. Callers do this at most once a minute a session.
    async fn touch_session(
        &self,
        tenant: TenantId,
        session: SessionId,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// When each session was last used, in the order asked for.
    async fn session_uses(
        &self,
        tenant: TenantId,
        sessions: &[SessionId],
    ) -> Result<Vec<Option<Timestamp>>, StoreError>;

    /// Notes that a token was used. Callers do this at most once a minute a token.
    async fn touch_token(&self, tenant: TenantId, token: ApiTokenId, at: Timestamp)
    -> Result<(), StoreError>;

    /// When each token was last used, in the order asked for.
    async fn token_uses(
        &self,
        tenant: TenantId,
        tokens: &[ApiTokenId],
    ) -> Result<Vec<Option<Timestamp>>, StoreError>;

    /// The stored state of each bucket, in the order asked for.
    async fn buckets(&self, keys: &[BucketKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Keeps the new state of all these buckets if each still is as it was expected to be; else of none. Answers
    /// whether they are kept. No key comes twice, and each may be forgotten after `until`.
    ///
    /// However many servers share the store, a try that was decided on what somebody else has changed meanwhile is not
    /// kept, and is decided again. An implementation never lets two calls wait for each other, in whatever order their
    /// keys come.
    async fn swap_buckets(&self, swaps: &[BucketSwap], until: Timestamp) -> Result<bool, StoreError>;

    /// Sets down an observation for the collector.
    async fn observe(&self, tenant: TenantId, seen: &Observation) -> Result<(), StoreError>;

    /// The tenants that have observations waiting.
    async fn observed_tenants(&self) -> Result<Vec<TenantId>, StoreError>;

    /// The oldest waiting observations of a tenant, each with its number. Numbers rise, with gaps where one
    /// row of numbers serves all tenants: they are the collector's, and no answer or entry of the log shows them.
    async fn observations(&self, tenant: TenantId, limit: u16)
    -> Result<Vec<(u64, Observation)>, StoreError>;

    /// Forgets the observations up to number `through`: the log has them now.
    async fn forget_observations(&self, tenant: TenantId, through: u64) -> Result<(), StoreError>;

    /// Notes mails of a tenant that wait to be sent from `due` on. One that was noted before stays as it is.
    async fn note_mails(&self, tenant: TenantId, mails: &[MailId], due: Timestamp) -> Result<(), StoreError>;

    /// Takes at most `limit` mails that are due at `now`, of whatever tenant, the longest waiting first. Nobody else is
    /// given one of them before `until`; whoever dies with one loses it then.
    async fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<ClaimedMail>, StoreError>;

    /// Keeps what came of a mail that was taken. What is settled stays so.
    async fn settle_mail(
        &self,
        tenant: TenantId,
        mail: MailId,
        outcome: MailOutcome,
    ) -> Result<(), StoreError>;

    /// Overwrites what the tenant's files still hold of rows that were erased. Answers whether nothing is left of them in
    /// the files that are the store's own; backups, replicas and a database server's own journal are not.
    async fn scrub(&self, _tenant: TenantId, _how: Scrub) -> Result<bool, StoreError> {
        Ok(false)
    }

    /// Forgets what has outlived its use: buckets, settled mails, and idempotency keys older than 72 hours.
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError>;

    /// A value that shows whether a key of the deployment is the one this store was made with.
    async fn check_values(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError>;

    /// Keeps these check values, all of them, where there are none yet; else none of them. Answers whether they are kept:
    /// of two servers that start on one empty store, one has made its keys for nothing and must not serve.
    async fn keep_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<bool, StoreError>;

    /// Keeps further check values beside those that are kept: of keys made since. A name that is kept already keeps its
    /// value.
    async fn add_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<(), StoreError>;
}
