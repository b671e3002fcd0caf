//! Housekeeping: writes that state no fact of the business. They never take a tenant's turn and are rare.

use async_trait::async_trait;

use super::StoreError;
use crate::audit::Observation;
use crate::tenancy::{ApiTokenId, SessionId, TenantId};
use crate::time::Timestamp;

/// The name of a throttle's bucket: a keyed hash, so that no address or account stands in it.
pub type BucketKey = [u8; 32];

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

    /// Keeps the state of buckets; each may be forgotten after `until`.
    async fn keep_buckets(
        &self,
        buckets: &[(BucketKey, Vec<u8>)],
        until: Timestamp,
    ) -> Result<(), StoreError>;

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

    /// Forgets what has outlived its use: buckets, and idempotency keys older than 72 hours.
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError>;

    /// A value that shows whether a key of the deployment is the one this store was made with.
    async fn check_values(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError>;

    /// Keeps these check values, all of them, where there are none yet; else none of them. Answers whether they are kept:
    /// of two servers that start on one empty store, one has made its keys for nothing and must not serve.
    async fn keep_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<bool, StoreError>;
}
