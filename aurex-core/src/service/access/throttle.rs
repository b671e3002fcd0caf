//! Counting tries: the buckets of the throttle, read, decided and swapped for what was read.

use std::net::IpAddr;

use tokio::sync::{Mutex, MutexGuard};

use crate::identity::throttle::{
    Bucket, BucketKey, Buckets, Decision, DeviceCookie, DeviceNonce, SignInPolicies, StrangerBuckets,
    ThrottleKeys, decide_sign_in,
};
use crate::store::{BucketSwap, Housekeeping, StoreError};
use crate::tenancy::{MemberId, TenantId};
use crate::time::Timestamp;

/// Enough that two tries rarely meet by accident.
const SHARDS: usize = 64;

/// How often a try is decided anew because another server was quicker. Whoever loses that often is in the midst of a
/// flood, and is asked to come again.
const SWAPS: usize = 16;

/// The throttle.
///
/// INVARIANT: what is kept was decided on what is stored, whichever server shares the store: a bucket that somebody
/// else changed meanwhile is not swapped, and the try is decided anew. The locks only spare the tries of one process
/// that work; a hundred guesses at once would otherwise be a hundred losers at each round.
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
    /// Somebody at a shared till, by the member whom they say they are.
    Pin(BucketKey),
}

impl Tried {
    fn keys(&self) -> &[BucketKey] {
        match self {
            Self::Stranger(keys) => keys,
            Self::Known(key) | Self::Pin(key) => std::slice::from_ref(key),
        }
    }

    fn buckets(&self, stored: &[Bucket]) -> Buckets {
        let at = |place: usize| stored.get(place).copied().unwrap_or_default();
        match self {
            Self::Known(_) => Buckets::KnownDevice(at(0)),
            Self::Pin(_) => Buckets::Pin(at(0)),
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
        Buckets::KnownDevice(bucket) | Buckets::Pin(bucket) => vec![bucket],
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

    /// What every try at a member's second factor answers to, in whichever session: whoever has the password could open
    /// as many of those as they like.
    pub(super) fn factor(&self, slug: &str, email: &str) -> Tried {
        self.signed_in(slug, email, b"second factor")
    }

    /// What a try at a member's number answers to, at all shared tills together.
    pub(super) fn pin(&self, tenant: TenantId, member: MemberId) -> Tried {
        Tried::Pin(self.keys.pin(tenant, member))
    }

    /// Forgives the tries at a member's number: they have proved by more than it who they are. Whoever has none pays one
    /// read for it.
    pub(super) async fn forgive_pin(
        &self,
        store: &dyn Housekeeping,
        tenant: TenantId,
        member: MemberId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tried = self.pin(tenant, member);
        match Stored::read(store, &tried).await?.buckets(&tried) {
            Buckets::Pin(bucket) if bucket == Bucket::default() => Ok(()),
            _ => self.settle(store, &tried, now).await,
        }
    }

    /// What a sign-in answers to that comes with the cookie of a known device; nothing where it proves none.
    pub(super) fn known_device(
        &self,
        tenant: TenantId,
        slug: &str,
        email: &str,
        cookie: &str,
    ) -> Option<Tried> {
        let nonce = self.keys.devices().proves(cookie, tenant, email)?;
        Some(Tried::Known(self.keys.device(slug, email, &nonce)))
    }

    /// The cookie by which this device is known from now on. `presented` is the one that it came with.
    pub(super) fn device_cookie(
        &self,
        presented: Option<&str>,
        tenant: TenantId,
        email: &str,
        nonce: DeviceNonce,
    ) -> DeviceCookie {
        self.keys.devices().issue(presented, tenant, email, nonce)
    }

    /// Decides about one try, and charges it.
    pub(super) async fn charge(
        &self,
        store: &dyn Housekeeping,
        tried: &Tried,
        now: Timestamp,
    ) -> Result<Decision, StoreError> {
        let _held = self.hold(tried.keys()).await;
        for _ in 0..SWAPS {
            let stored = Stored::read(store, tried).await?;
            let (decision, after) = decide_sign_in(stored.buckets(tried), now.micros(), &self.policies);
            if decision != Decision::Allow || stored.swap(store, tried, after).await? {
                return Ok(decision);
            }
        }
        Ok(Decision::RetryAfter(1))
    }

    /// How many tries of strangers at an account have not drained yet, and how long ago the first was at most, in seconds.
    pub(super) async fn recent(
        &self,
        store: &dyn Housekeeping,
        (slug, email): (&str, &str),
        now: Timestamp,
    ) -> Result<(u32, i64), StoreError> {
        let tried = self.stranger(slug, email, None);
        let Buckets::Stranger(buckets) = Stored::read(store, &tried).await?.buckets(&tried) else {
            return Ok((0, 0));
        };
        let tries = buckets.account.tries(now.micros(), &self.policies.account);
        Ok((tries, i64::from(tries) * i64::from(self.policies.account.longest_wait_seconds())))
    }

    /// The try was right. Where other servers are quicker all the time, the charge stays: it drains by itself.
    pub(super) async fn settle(
        &self,
        store: &dyn Housekeeping,
        tried: &Tried,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let _held = self.hold(tried.keys()).await;
        for _ in 0..SWAPS {
            let stored = Stored::read(store, tried).await?;
            let after = stored.buckets(tried).after_success(now.micros(), &self.policies);
            if stored.swap(store, tried, after).await? {
                break;
            }
        }
        Ok(())
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

/// The bytes of each bucket as they were read, in the order of [`Tried::keys`].
struct Stored(Vec<Option<Vec<u8>>>);

impl Stored {
    async fn read(store: &dyn Housekeeping, tried: &Tried) -> Result<Self, StoreError> {
        let keys: Vec<[u8; 32]> = tried.keys().iter().map(|key| *key.as_bytes()).collect();
        Ok(Self(store.buckets(&keys).await?))
    }

    fn buckets(&self, tried: &Tried) -> Buckets {
        let decoded = self.0.iter().map(|bytes| bytes.as_deref().and_then(decode).unwrap_or_default());
        tried.buckets(&decoded.collect::<Vec<_>>())
    }

    /// Keeps `after` where nothing has changed since this was read.
    async fn swap(self, store: &dyn Housekeeping, tried: &Tried, after: Buckets) -> Result<bool, StoreError> {
        let after = listed(after);
        let drains = |bucket: &Bucket| bucket.updated_at_micros.saturating_add(bucket.drains_in_micros);
        let until = after.iter().map(drains).max().unwrap_or_default();
        let swaps: Vec<_> = tried
            .keys()
            .iter()
            .zip(self.0)
            .zip(after)
            .map(|((key, expected), bucket)| BucketSwap {
                key: *key.as_bytes(),
                expected,
                new: encode(bucket),
            })
            .collect();
        store.swap_buckets(&swaps, Timestamp::from_micros(until)).await
    }
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
mod tests;
