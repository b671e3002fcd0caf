//! Counting tries: the buckets of the throttle, read, decided and kept in one step.

use std::net::IpAddr;

use tokio::sync::{Mutex, MutexGuard};

use crate::identity::throttle::{
    Bucket, BucketKey, Buckets, Decision, SignInPolicies, StrangerBuckets, ThrottleKeys, decide_sign_in,
};
use crate::store::{Housekeeping, StoreError};
use crate::time::Timestamp;

/// Enough that two tries rarely meet by accident.
const SHARDS: usize = 64;

/// The throttle of one process.
///
/// INVARIANT: two tries that share a bucket never read it before either has stored it. The locks do that, for one
/// process; where several share a store, an attacker gains at most as many tries at once as there are processes.
#[derive(Debug)]
pub(super) struct Throttle {
    keys: ThrottleKeys,
    policies: SignInPolicies,
    shards: Vec<Mutex<()>>,
}

/// The buckets that one try answers to, by name.
#[derive(Debug, Clone)]
pub(super) enum Tried {
    /// Somebody not signed in. The address is last, and missing where the connection has none.
    Stranger(Vec<BucketKey>),
    /// Somebody who proves something that no stranger has.
    Known(BucketKey),
}

impl Tried {
    fn keys(&self) -> &[BucketKey] {
        match self {
            Self::Stranger(keys) => keys,
            Self::Known(key) => std::slice::from_ref(key),
        }
    }

    fn buckets(&self, stored: &[Bucket]) -> Buckets {
        let at = |place: usize| stored.get(place).copied().unwrap_or_default();
        match self {
            Self::Known(_) => Buckets::KnownDevice(at(0)),
            Self::Stranger(_) => Buckets::Stranger(StrangerBuckets {
                account: at(0),
                workspace: at(1),
                person: at(2),
                address: at(3),
            }),
        }
    }
}

/// In the order of [`Tried::keys`]; a missing address is cut off when the two are zipped.
fn listed(buckets: Buckets) -> Vec<Bucket> {
    match buckets {
        Buckets::KnownDevice(bucket) => vec![bucket],
        Buckets::Stranger(StrangerBuckets { account, address, workspace, person }) => {
            vec![account, workspace, person, address]
        }
    }
}

impl Throttle {
    pub(super) fn new(keys: ThrottleKeys, policies: SignInPolicies) -> Self {
        Self { keys, policies, shards: (0..SHARDS).map(|_| Mutex::new(())).collect() }
    }

    /// What a sign-in by a stranger answers to. Slug and address as they were typed: a workspace or an account that
    /// does not exist is throttled like one that does.
    pub(super) fn stranger(&self, slug: &str, email: &str, ip: Option<IpAddr>) -> Tried {
        let mut keys =
            vec![self.keys.account(slug, email), self.keys.workspace(slug), self.keys.person(email)];
        keys.extend(ip.map(|ip| self.keys.address(ip)));
        Tried::Stranger(keys)
    }

    /// What a try by somebody already signed in answers to: nobody else can spend it.
    pub(super) fn signed_in(&self, slug: &str, email: &str, session: &[u8]) -> Tried {
        Tried::Known(self.keys.device(slug, email, session))
    }

    /// Decides about one try, and charges it.
    pub(super) async fn charge(
        &self,
        store: &dyn Housekeeping,
        tried: &Tried,
        now: Timestamp,
    ) -> Result<Decision, StoreError> {
        let _held = self.hold(tried.keys()).await;
        let before = read(store, tried).await?;
        let (decision, after) = decide_sign_in(before, now.micros(), &self.policies);
        if decision == Decision::Allow {
            keep(store, tried, after).await?;
        }
        Ok(decision)
    }

    /// The try was right.
    pub(super) async fn settle(
        &self,
        store: &dyn Housekeeping,
        tried: &Tried,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let _held = self.hold(tried.keys()).await;
        let after = read(store, tried).await?.after_success(now.micros(), &self.policies);
        keep(store, tried, after).await
    }

    /// Locks the shards of all buckets, in one order for everybody: no two tries wait for each other.
    async fn hold(&self, keys: &[BucketKey]) -> Vec<MutexGuard<'_, ()>> {
        let shard = |key: &BucketKey| {
            let [first, ..] = *key.as_bytes();
            usize::from(first) % SHARDS
        };
        let mut shards: Vec<usize> = keys.iter().map(shard).collect();
        shards.sort_unstable();
        shards.dedup();
        let mut held = Vec::with_capacity(shards.len());
        for mutex in shards.into_iter().filter_map(|shard| self.shards.get(shard)) {
            held.push(mutex.lock().await);
        }
        held
    }
}

async fn read(store: &dyn Housekeeping, tried: &Tried) -> Result<Buckets, StoreError> {
    let keys: Vec<[u8; 32]> = tried.keys().iter().map(|key| *key.as_bytes()).collect();
    let stored = store.buckets(&keys).await?;
    let stored: Vec<Bucket> =
        stored.iter().map(|bytes| bytes.as_deref().and_then(decode).unwrap_or_default()).collect();
    Ok(tried.buckets(&stored))
}

async fn keep(store: &dyn Housekeeping, tried: &Tried, buckets: Buckets) -> Result<(), StoreError> {
    let kept: Vec<(&BucketKey, Bucket)> = tried.keys().iter().zip(listed(buckets)).collect();
    let drained =
        kept.iter().map(|(_, bucket)| bucket.updated_at_micros.saturating_add(bucket.drains_in_micros)).max();
    let rows: Vec<_> = kept.into_iter().map(|(key, bucket)| (*key.as_bytes(), encode(bucket))).collect();
    store.keep_buckets(&rows, Timestamp::from_micros(drained.unwrap_or_default())).await
}

fn encode(bucket: Bucket) -> Vec<u8> {
    [bucket.drains_in_micros.to_be_bytes(), bucket.updated_at_micros.to_be_bytes()].concat()
}

/// Bytes that are no bucket count as none: housekeeping that was damaged locks nobody out.
fn decode(bytes: &[u8]) -> Option<Bucket> {
    let (drains, updated) = bytes.split_first_chunk::<8>()?;
    Some(Bucket {
        drains_in_micros: i64::from_be_bytes(*drains),
        updated_at_micros: i64::from_be_bytes(updated.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;

    use super::*;
    use crate::audit::Observation;
    use crate::identity::keys::KeyRing;
    use crate::store::{self, MemoryStore};
    use crate::tenancy::{ApiTokenId, SessionId, TenantId};

    /// A store as far away as a real one: between a read and the write after it, everybody else has their say.
    struct Distant(MemoryStore);

    type Answer<T> = Result<T, StoreError>;

    #[async_trait]
    impl Housekeeping for Distant {
        async fn buckets(&self, keys: &[store::BucketKey]) -> Answer<Vec<Option<Vec<u8>>>> {
            let read = self.0.buckets(keys).await;
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
            read
        }
        async fn keep_buckets(
            &self,
            buckets: &[(store::BucketKey, Vec<u8>)],
            until: Timestamp,
        ) -> Answer<()> {
            self.0.keep_buckets(buckets, until).await
        }
        async fn touch_session(&self, _: TenantId, _: SessionId, _: Timestamp) -> Answer<()> {
            Ok(())
        }
        async fn session_uses(&self, _: TenantId, _: &[SessionId]) -> Answer<Vec<Option<Timestamp>>> {
            Ok(Vec::new())
        }
        async fn touch_token(&self, _: TenantId, _: ApiTokenId, _: Timestamp) -> Answer<()> {
            Ok(())
        }
        async fn token_uses(&self, _: TenantId, _: &[ApiTokenId]) -> Answer<Vec<Option<Timestamp>>> {
            Ok(Vec::new())
        }
        async fn observe(&self, _: TenantId, _: &Observation) -> Answer<()> {
            Ok(())
        }
        async fn observed_tenants(&self) -> Answer<Vec<TenantId>> {
            Ok(Vec::new())
        }
        async fn observations(&self, _: TenantId, _: u16) -> Answer<Vec<(u64, Observation)>> {
            Ok(Vec::new())
        }
        async fn forget_observations(&self, _: TenantId, _: u64) -> Answer<()> {
            Ok(())
        }
        async fn sweep(&self, now: Timestamp) -> Answer<()> {
            self.0.sweep(now).await
        }
        async fn check_values(&self) -> Answer<Vec<(String, Vec<u8>)>> {
            Ok(Vec::new())
        }
        async fn keep_check_values(&self, _: &[(String, Vec<u8>)]) -> Answer<bool> {
            Ok(false)
        }
    }

    const NOW: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);

    fn throttle() -> Throttle {
        let ring = KeyRing::generate(0, &mut |bytes: &mut [u8]| bytes.fill(7));
        Throttle::new(ThrottleKeys::from_ring(&ring), SignInPolicies::STANDARD)
    }

    /// How many of a hundred tries at once are allowed.
    async fn allowed(who: impl Fn(u8) -> (String, [u8; 4])) -> usize {
        let (store, throttle) = (Arc::new(Distant(MemoryStore::open().0)), Arc::new(throttle()));
        let tries: Vec<_> = (0..100)
            .map(|n| {
                let (store, throttle) = (Arc::clone(&store), Arc::clone(&throttle));
                let (email, ip) = who(n);
                tokio::spawn(async move {
                    let tried = throttle.stranger("zaveri", &email, Some(ip.into()));
                    throttle.charge(&*store, &tried, NOW).await.unwrap()
                })
            })
            .collect();
        let mut allowed = 0;
        for answer in tries {
            allowed += usize::from(answer.await.unwrap() == Decision::Allow);
        }
        allowed
    }

    #[tokio::test]
    async fn asvs_v6_3_1_a_hundred_guesses_at_once_are_counted_one_by_one() {
        assert_eq!(allowed(|n| ("a@zaveri.example".to_owned(), [198, 51, 100, n])).await, 8);
        assert_eq!(allowed(|n| (format!("{n}@zaveri.example"), [198, 51, 100, 1])).await, 30);
    }

    #[tokio::test]
    async fn what_has_drained_is_swept_and_what_has_not_is_kept() {
        let (store, throttle) = (MemoryStore::open().0, throttle());
        let tried = throttle.stranger("zaveri", "a@zaveri.example", None);
        while throttle.charge(&store, &tried, NOW).await.unwrap() == Decision::Allow {}
        store.sweep(NOW.plus_seconds(60)).await.unwrap();
        assert_ne!(throttle.charge(&store, &tried, NOW.plus_seconds(60)).await.unwrap(), Decision::Allow);
        store.sweep(NOW.plus_seconds(8 * 300)).await.unwrap();
        let keys: Vec<_> = tried.keys().iter().map(|key| *key.as_bytes()).collect();
        assert_eq!(store.buckets(&keys).await.unwrap(), [None, None, None]);
    }

    #[test]
    fn a_damaged_bucket_locks_nobody_out() {
        let bucket = Bucket { drains_in_micros: 5, updated_at_micros: -7 };
        assert_eq!(decode(&encode(bucket)), Some(bucket));
        for bytes in [&[][..], &[1; 8], &[1; 15], &[1; 17]] {
            assert_eq!(decode(bytes), None);
        }
    }
}
