//! A store that fails on purpose, at the call it is told to.
//!
//! It stands around any store and counts the calls that go through. At the chosen one it answers with an error before
//! or after the inner call, or never answers at all, as for a client that hung up. What the inner store then holds is
//! what this is about: an error after the call is a lost answer, so a failed commit may well have happened.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use async_trait::async_trait;

use crate::audit::{Observation, Sealed};
use crate::identity::tills::Till;
use crate::store::{
    Arrival, BucketKey, BucketSwap, ClaimedMail, Door, Doorkeeper, Housekeeping, KnownLink, KnownMember,
    KnownPin, KnownSession, KnownToken, MailOutcome, Read, Reader, Receipt, Scratch, Scrub, Store,
    StoreError, StoreFigures, Writer,
};
use crate::tenancy::{ApiTokenId, House, MailId, Scope, SessionId, Slug, TenantId};
use crate::text::Email;
use crate::time::{Clock, Timestamp};

/// What happens at the chosen call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An error; the inner store was not asked.
    Before,
    /// The inner store has answered; the answer is lost and an error comes in its place.
    After,
    /// No answer ever; the inner store was not asked.
    HangBefore,
    /// The inner store has answered; nobody is told.
    HangAfter,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Before, Self::After, Self::HangBefore, Self::HangAfter];

    /// Whether the inner store is asked.
    pub const fn is_after(self) -> bool {
        matches!(self, Self::After | Self::HangAfter)
    }
}

#[derive(Debug, Default)]
struct Plan {
    /// The fault to come, and how many calls go through before.
    armed: Option<(usize, Fault)>,
    struck: Option<&'static str>,
    hangs: bool,
    /// The calls so far, by name.
    heard: Vec<&'static str>,
}

#[derive(Debug, Default)]
struct Faults(Mutex<Plan>);

impl Faults {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault of this call, if it is the chosen one.
    fn due(&self, name: &'static str) -> Option<Fault> {
        let mut plan = self.plan();
        let (left, fault) = plan.armed?;
        plan.heard.push(name);
        if left > 0 {
            plan.armed = Some((left - 1, fault));
            return None;
        }
        (plan.armed, plan.struck) = (None, Some(name));
        Some(fault)
    }

    async fn hang<T>(&self) -> T {
        self.plan().hangs = true;
        pending().await
    }

    async fn call<T>(
        &self,
        name: &'static str,
        inner: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let lost = || StoreError::failed("a fault that was asked for");
        match self.due(name) {
            None => inner.await,
            Some(Fault::Before) => Err(lost()),
            Some(Fault::HangBefore) => self.hang().await,
            Some(Fault::After) => inner.await.and_then(|_| Err(lost())),
            Some(Fault::HangAfter) => {
                drop(inner.await);
                self.hang().await
            }
        }
    }
}

/// A store around another that fails at the call it is told to.
#[derive(Clone)]
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    faults: Arc<Faults>,
}

impl FaultyStore {
    /// Around `inner`; until it is armed it fails at nothing.
    pub fn around(inner: Arc<dyn Store>) -> Self {
        Self { inner, faults: Arc::default() }
    }

    /// Lets `calls` calls through, and fails at the next one. Every call of every port counts, readers' and writers' too.
    pub fn arm(&self, calls: usize, fault: Fault) {
        *self.faults.plan() = Plan { armed: Some((calls, fault)), ..Plan::default() };
    }

    /// Lets everything through, and says from now on what was called.
    pub fn listen(&self) {
        self.arm(usize::MAX, Fault::Before);
    }

    /// The calls since it was armed, by name and in their order.
    pub fn heard(&self) -> Vec<&'static str> {
        self.faults.plan().heard.clone()
    }

    /// Lets everything through again, and says at which call it failed.
    pub fn disarm(&self) -> Option<&'static str> {
        std::mem::take(&mut *self.faults.plan()).struck
    }

    /// Drives `future` to its end, or until a call hangs; then it is dropped, as by a client that hung up.
    pub async fn until_it_hangs<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending if self.faults.plan().hangs => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }
}

/// A reader whose calls are counted.
struct FaultyReader {
    inner: Box<dyn Reader>,
    faults: Arc<Faults>,
}
crate::reads_through!(FaultyReader, inner, faults);

/// A writer whose calls are counted.
struct FaultyWriter {
    inner: Box<dyn Writer>,
    faults: Arc<Faults>,
    /// As the port has it: after any error of `apply` nothing can be committed.
    spoiled: bool,
}
crate::reads_through!(FaultyWriter, inner, faults);

#[async_trait]
impl Writer for FaultyWriter {
    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    async fn apply(&mut self, sealed: Sealed) -> Result<Receipt, StoreError> {
        if std::mem::replace(&mut self.spoiled, true) {
            return Err(StoreError::Spoiled);
        }
        let receipt = self.faults.call("apply", self.inner.apply(sealed)).await?;
        self.spoiled = false;
        Ok(receipt)
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if self.spoiled {
            return Err(StoreError::Spoiled);
        }
        self.faults.call("commit", self.inner.commit()).await
    }

    async fn rollback(self: Box<Self>) {
        self.inner.rollback().await;
    }
}

#[async_trait]
impl Store for FaultyStore {
    fn house(&self) -> House {
        self.inner.house()
    }

    async fn reader(&self, scope: &Scope) -> Result<Box<dyn Reader>, StoreError> {
        let inner = self.faults.call("reader", self.inner.reader(scope)).await?;
        Ok(Box::new(FaultyReader { inner, faults: Arc::clone(&self.faults) }))
    }

    async fn writer(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn Writer>, StoreError> {
        let inner = self.faults.call("writer", self.inner.writer(scope, clock)).await?;
        Ok(Box::new(FaultyWriter { inner, faults: Arc::clone(&self.faults), spoiled: false }))
    }

    async fn found(&self, slug: &Slug, founding: Sealed, clock: &dyn Clock) -> Result<Receipt, StoreError> {
        self.faults.call("found", self.inner.found(slug, founding, clock)).await
    }

    async fn scratch(&self, scope: &Scope) -> Result<Box<dyn Scratch>, StoreError> {
        self.faults.call("scratch", self.inner.scratch(scope)).await
    }

    async fn arrival(&self, scope: &Scope, slug: &Slug) -> Result<Box<dyn Arrival>, StoreError> {
        self.faults.call("arrival", self.inner.arrival(scope, slug)).await
    }

    async fn close_workspace(&self, scope: &Scope) -> Result<(), StoreError> {
        self.faults.call("close_workspace", self.inner.close_workspace(scope)).await
    }

    async fn end_workspace(&self, scope: &Scope, at: Timestamp) -> Result<(), StoreError> {
        self.faults.call("end_workspace", self.inner.end_workspace(scope, at)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.faults.call("ready", self.inner.ready()).await
    }

    async fn tenants(&self) -> Result<Vec<(Slug, TenantId)>, StoreError> {
        self.faults.call("tenants", self.inner.tenants()).await
    }

    fn figures(&self) -> StoreFigures {
        self.inner.figures()
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

/// Hands the named calls of a port on.
macro_rules! handed_on {
    ($Port:ident { $($call:ident ($($arg:ident: $Arg:ty),*) -> $Answer:ty;)* }) => {
        #[async_trait]
        impl $Port for FaultyStore {
            $(async fn $call(&self, $($arg: $Arg),*) -> Read<$Answer> {
                self.faults.call(stringify!($call), self.inner.$call($($arg),*)).await
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
    scrub(tenant: TenantId, how: Scrub) -> bool;
    sweep(now: Timestamp) -> ();
    check_values() -> Vec<(String, Vec<u8>)>;
    keep_check_values(values: &[(String, Vec<u8>)]) -> bool;
    add_check_values(values: &[(String, Vec<u8>)]) -> ();
});

crate::transparency_through!(FaultyStore, inner, faults);
