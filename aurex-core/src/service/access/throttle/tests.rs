use std::sync::Arc;

use async_trait::async_trait;

use super::*;
use crate::audit::Observation;
use crate::identity::keys::KeyRing;
use crate::store::{self, ClaimedMail, MailOutcome, MemoryStore};
use crate::tenancy::{ApiTokenId, MailId, SessionId, TenantId};

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
    async fn swap_buckets(&self, swaps: &[BucketSwap], until: Timestamp) -> Answer<bool> {
        self.0.swap_buckets(swaps, until).await
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
    async fn note_mails(&self, _: TenantId, _: &[MailId], _: Timestamp) -> Answer<()> {
        Ok(())
    }
    async fn claim_mails(&self, _: Timestamp, _: Timestamp, _: u16) -> Answer<Vec<ClaimedMail>> {
        Ok(Vec::new())
    }
    async fn settle_mail(&self, _: TenantId, _: MailId, _: MailOutcome) -> Answer<()> {
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
    async fn add_check_values(&self, _: &[(String, Vec<u8>)]) -> Answer<()> {
        Ok(())
    }
}

const NOW: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);

fn throttle() -> Throttle {
    let ring = KeyRing::generate(0, &mut |bytes: &mut [u8]| bytes.fill(7));
    Throttle::new(ThrottleKeys::from_ring(&ring), SignInPolicies::STANDARD)
}

/// How many of a hundred tries at once, spread over so many servers on one store, are allowed.
async fn allowed(servers: usize, who: impl Fn(u8) -> (String, [u8; 4])) -> usize {
    let store = Arc::new(Distant(MemoryStore::open().0));
    let throttles: Vec<_> = (0..servers).map(|_| Arc::new(throttle())).collect();
    let tries: Vec<_> = (0..100)
        .zip(throttles.iter().cycle())
        .map(|(n, throttle)| {
            let (store, throttle) = (Arc::clone(&store), Arc::clone(throttle));
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
async fn asvs_v6_3_1_a_hundred_guesses_at_once_are_counted_one_by_one_by_one_server_and_by_four() {
    for servers in [1, 4] {
        assert_eq!(allowed(servers, |n| ("a@zaveri.example".to_owned(), [198, 51, 100, n])).await, 8);
        assert_eq!(allowed(servers, |n| (format!("{n}@zaveri.example"), [198, 51, 100, 1])).await, 30);
    }
}

#[tokio::test]
async fn asvs_v6_3_1_a_known_device_is_let_in_whatever_strangers_do_and_has_its_own_limit() {
    let (store, throttle, email) = (MemoryStore::open().0, throttle(), "a@zaveri.example");
    let tenant = TenantId::from_directory_row(uuid::Uuid::from_u128(1));
    let cookie = throttle.device_cookie(None, tenant, email, [9; 16]);
    let stranger = throttle.stranger("zaveri", email, None);
    while throttle.charge(&store, &stranger, NOW).await.unwrap() == Decision::Allow {}

    let known = throttle.known_device(tenant, "zaveri", email, cookie.expose()).unwrap();
    let mut allowed = 0;
    while throttle.charge(&store, &known, NOW).await.unwrap() == Decision::Allow {
        allowed += 1;
    }
    assert_eq!(allowed, 10);
    for (other, email) in [(2, email), (1, "b@zaveri.example")] {
        let other = TenantId::from_directory_row(uuid::Uuid::from_u128(other));
        assert!(throttle.known_device(other, "zaveri", email, cookie.expose()).is_none());
    }
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
