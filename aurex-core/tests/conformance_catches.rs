//! The kit on stores that are wrong in one way each: a case that no wrong store fails proves nothing.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aurex_core::audit::{Observation, Sealed};
use aurex_core::identity::tills::Till;
use aurex_core::store::conformance::*;
use aurex_core::store::*;
use aurex_core::tenancy::{ApiTokenId, Authority, House, MailId, Scope, SessionId, Slug, TenantId};
use aurex_core::text::Email;
use aurex_core::time::{Clock, Timestamp};

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wrong {
    /// What is rolled back is kept.
    KeepsRollbacks,
    /// Idempotency keys are not kept with their change.
    DropsKeys,
    /// Only every other change's key is lost.
    DropsKeysOfBills,
    /// A turn's time is the clock's, whatever the log says.
    TrustsTheClock,
    /// A session opens any workspace.
    SessionsOfAnyTenant,
    /// One tenant's collector takes what was seen of all.
    ForgetsForAll,
    /// Nothing is ever swept.
    SweepsNothing,
    /// A bucket's new state is kept whatever became of the old one.
    SwapsBlindly,
    /// A commit that failed is reported as done.
    HidesFailures,
}

#[derive(Clone)]
struct WrongStore {
    inner: MemoryStore,
    wrong: Wrong,
}

struct WrongWriter {
    inner: Box<dyn Writer>,
    wrong: Wrong,
    raw: Timestamp,
}
aurex_core::reads_through!(WrongWriter, inner);

#[async_trait]
impl Writer for WrongWriter {
    fn now(&self) -> Timestamp {
        if self.wrong == Wrong::TrustsTheClock { self.raw } else { self.inner.now() }
    }

    async fn apply(&mut self, sealed: Sealed) -> Result<Receipt, StoreError> {
        let lost = match self.wrong {
            Wrong::DropsKeys => true,
            Wrong::DropsKeysOfBills => sealed.action() == "invoice.issue",
            _ => false,
        };
        self.inner.apply(if lost { sealed.with_key(None) } else { sealed }).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let answer = self.inner.commit().await;
        if self.wrong == Wrong::HidesFailures { Ok(()) } else { answer }
    }

    async fn rollback(self: Box<Self>) {
        match self.wrong {
            Wrong::KeepsRollbacks => drop(self.inner.commit().await),
            _ => self.inner.rollback().await,
        }
    }
}

#[async_trait]
impl Store for WrongStore {
    fn house(&self) -> House {
        self.inner.house()
    }
    async fn reader(&self, scope: &Scope) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.reader(scope).await
    }
    async fn writer(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn Writer>, StoreError> {
        let (inner, wrong) = (self.inner.writer(scope, clock).await?, self.wrong);
        Ok(Box::new(WrongWriter { inner, wrong, raw: clock.now() }))
    }
    async fn found(&self, slug: &Slug, founding: Sealed, clock: &dyn Clock) -> Result<Receipt, StoreError> {
        self.inner.found(slug, founding, clock).await
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

#[async_trait]
impl Doorkeeper for WrongStore {
    async fn door(&self, slug: &Slug) -> Read<Option<Door>> {
        self.inner.door(slug).await
    }
    async fn known_member(&self, tenant: TenantId, email: &Email) -> Read<Option<KnownMember>> {
        self.inner.known_member(tenant, email).await
    }
    async fn known_session(&self, tenant: TenantId, hash: &[u8; 32]) -> Read<Option<KnownSession>> {
        let mut known = self.inner.known_session(tenant, hash).await?;
        if self.wrong == Wrong::SessionsOfAnyTenant {
            for (_, other) in self.inner.tenants().await? {
                known = known.or(self.inner.known_session(other, hash).await?);
            }
        }
        Ok(known)
    }
    async fn known_token(&self, tenant: TenantId, hash: &[u8; 32]) -> Read<Option<KnownToken>> {
        self.inner.known_token(tenant, hash).await
    }
    async fn known_link(&self, tenant: TenantId, hash: &[u8; 32]) -> Read<Option<KnownLink>> {
        self.inner.known_link(tenant, hash).await
    }
    async fn known_till(&self, tenant: TenantId, hash: &[u8; 32]) -> Read<Option<(Till, Vec<KnownPin>)>> {
        self.inner.known_till(tenant, hash).await
    }
}

#[async_trait]
impl Housekeeping for WrongStore {
    async fn touch_session(&self, tenant: TenantId, session: SessionId, at: Timestamp) -> Read<()> {
        self.inner.touch_session(tenant, session, at).await
    }
    async fn session_uses(&self, tenant: TenantId, of: &[SessionId]) -> Read<Vec<Option<Timestamp>>> {
        self.inner.session_uses(tenant, of).await
    }
    async fn touch_token(&self, tenant: TenantId, token: ApiTokenId, at: Timestamp) -> Read<()> {
        self.inner.touch_token(tenant, token, at).await
    }
    async fn token_uses(&self, tenant: TenantId, of: &[ApiTokenId]) -> Read<Vec<Option<Timestamp>>> {
        self.inner.token_uses(tenant, of).await
    }
    async fn buckets(&self, keys: &[BucketKey]) -> Read<Vec<Option<Vec<u8>>>> {
        self.inner.buckets(keys).await
    }
    async fn swap_buckets(&self, swaps: &[BucketSwap], until: Timestamp) -> Read<bool> {
        let mut swaps = swaps.to_vec();
        for swap in swaps.iter_mut().filter(|_| self.wrong == Wrong::SwapsBlindly) {
            swap.expected = self.inner.buckets(&[swap.key]).await?.pop().flatten();
        }
        self.inner.swap_buckets(&swaps, until).await
    }
    async fn observe(&self, tenant: TenantId, seen: &Observation) -> Read<()> {
        self.inner.observe(tenant, seen).await
    }
    async fn observed_tenants(&self) -> Read<Vec<TenantId>> {
        self.inner.observed_tenants().await
    }
    async fn observations(&self, tenant: TenantId, limit: u16) -> Read<Vec<(u64, Observation)>> {
        self.inner.observations(tenant, limit).await
    }
    async fn forget_observations(&self, tenant: TenantId, through: u64) -> Read<()> {
        if self.wrong == Wrong::ForgetsForAll {
            for (_, other) in self.inner.tenants().await? {
                self.inner.forget_observations(other, through).await?;
            }
        }
        self.inner.forget_observations(tenant, through).await
    }
    async fn note_mails(&self, tenant: TenantId, mails: &[MailId], due: Timestamp) -> Read<()> {
        self.inner.note_mails(tenant, mails, due).await
    }
    async fn claim_mails(&self, now: Timestamp, until: Timestamp, limit: u16) -> Read<Vec<ClaimedMail>> {
        self.inner.claim_mails(now, until, limit).await
    }
    async fn settle_mail(&self, tenant: TenantId, mail: MailId, outcome: MailOutcome) -> Read<()> {
        self.inner.settle_mail(tenant, mail, outcome).await
    }
    async fn sweep(&self, now: Timestamp) -> Read<()> {
        if self.wrong == Wrong::SweepsNothing { Ok(()) } else { self.inner.sweep(now).await }
    }
    async fn check_values(&self) -> Read<Vec<(String, Vec<u8>)>> {
        self.inner.check_values().await
    }
    async fn keep_check_values(&self, values: &[(String, Vec<u8>)]) -> Read<bool> {
        self.inner.keep_check_values(values).await
    }
    async fn add_check_values(&self, values: &[(String, Vec<u8>)]) -> Read<()> {
        self.inner.add_check_values(values).await
    }
}

aurex_core::transparency_through!(WrongStore, inner);

const PLACES: usize = 24;
const PATIENCE: Duration = Duration::from_secs(1);

fn fixture(store: impl Store + 'static, authority: Authority) -> Fixture {
    let (places, patience) = (PLACES, PATIENCE);
    Fixture { store: Arc::new(store), authority, keep: Box::new(()), patience, places, reopen: None }
}

fn wrong(wrong: Wrong) -> Fixture {
    let (inner, authority) = MemoryStore::with_turns(Turns::new(PLACES, PATIENCE));
    fixture(WrongStore { inner, wrong }, authority)
}

/// Whether a case fails, on a thread and a runtime of its own.
#[expect(clippy::unwrap_used, reason = "without a runtime there is no test")]
fn fails<F: Future>(case: impl FnOnce() -> F + Send + 'static) -> bool {
    let played = std::thread::spawn(|| {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async { drop(case().await) });
    });
    played.join().is_err()
}

/// Each line: what is wrong, and the cases that must see it. The reference store passes them all.
macro_rules! caught {
    ($($name:ident: $wrong:expr => $($group:ident::$case:ident),+;)*) => { $(
        #[test]
        fn $name() {
            $(
                let caught = fails(|| async { $group::$case(&World::of(wrong($wrong))).await });
                assert!(caught, "{} lets {:?} pass", stringify!($case), $wrong);
            )+
        }
    )* };
}

caught! {
    what_is_rolled_back_and_kept: Wrong::KeepsRollbacks =>
        writers::a_dropped_writer_rolls_back,
        machine::every_answer_is_the_reference_stores_and_the_books_are_sound_after_each_step,
        differential::a_shop_is_answered_as_if_it_were_alone_in_the_reference_store;
    lost_keys: Wrong::DropsKeys =>
        idempotency::the_same_command_is_answered_with_the_same_resource,
        idempotency::one_command_sent_many_times_at_once_is_done_once,
        machine::every_answer_is_the_reference_stores_and_the_books_are_sound_after_each_step;
    lost_keys_of_bills: Wrong::DropsKeysOfBills =>
        faults::a_bill_that_fails_at_any_call_is_issued_once_when_it_is_sent_again;
    a_clock_that_is_trusted: Wrong::TrustsTheClock =>
        moments::time_never_goes_back_even_when_the_clock_does,
        machine::every_answer_is_the_reference_stores_and_the_books_are_sound_after_each_step;
    sessions_of_any_tenant: Wrong::SessionsOfAnyTenant =>
        directory::a_session_or_token_is_found_in_its_own_workspace_only;
    a_collector_that_takes_all: Wrong::ForgetsForAll =>
        housekeeping::observations_wait_numbered_until_they_are_forgotten;
    a_sweep_of_nothing: Wrong::SweepsNothing =>
        housekeeping::buckets_are_swept_when_they_have_run_dry,
        idempotency::dead_keys_are_swept_and_live_ones_stay;
    a_swap_that_does_not_look: Wrong::SwapsBlindly =>
        housekeeping::buckets_are_swapped_all_or_none,
        housekeeping::of_sixty_four_tries_at_once_exactly_the_limit_is_admitted;
    a_failure_that_is_hidden: Wrong::HidesFailures =>
        writers::a_writer_after_a_failed_apply_stores_nothing,
        admission::a_change_sealed_for_another_tenant_is_refused,
        machine::every_answer_is_the_reference_stores_and_the_books_are_sound_after_each_step;
}

#[test]
fn a_queue_longer_than_the_fixture_says() {
    let longer = || {
        let (store, authority) = MemoryStore::with_turns(Turns::new(PLACES + 1, PATIENCE));
        fixture(store, authority)
    };
    assert!(fails(move || async move { turns::a_full_queue_refuses_at_once(&World::of(longer())).await }));
}

#[test]
fn patience_shorter_than_the_fixture_says() {
    let hasty = || {
        let (store, authority) = MemoryStore::with_turns(Turns::new(PLACES, PATIENCE / 2));
        fixture(store, authority)
    };
    let case = move || async move {
        turns::a_waiter_is_sent_away_when_patience_runs_out(&World::of(hasty())).await;
    };
    assert!(fails(case));
}

/// A store that is another after reopening, and a fixture that does not say how its store is reopened.
#[test]
fn a_store_that_forgets_is_not_durable() {
    let forgetful = || {
        let reopen = Reopen::by(|| async {
            let (store, authority) = MemoryStore::open();
            (Arc::new(store) as Arc<dyn Store>, authority)
        });
        Fixture { reopen: Some(reopen), ..Fixture::in_memory() }
    };
    for fixture in [forgetful, Fixture::in_memory] {
        let case =
            move || reopened::what_was_committed_is_there_and_what_was_not_is_gone(World::of(fixture()));
        assert!(fails(case));
    }
}

#[test]
fn the_reference_store_fails_none_of_them() {
    assert!(!fails(|| async {
        writers::a_dropped_writer_rolls_back(&World::of(Fixture::in_memory())).await
    }));
    assert!(!fails(|| async {
        turns::a_full_queue_refuses_at_once(&World::of(Fixture::in_memory())).await;
    }));
}
