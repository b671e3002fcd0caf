//! What a backend hands to the kit, and the world that a case plays in.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{ScriptedClock, ScriptedEntropy, Shop};
use crate::identity::keys::KeyRing;
use crate::service::{Road, Secrets};
use crate::store::{MemoryStore, Store, StoreError, Turns};
use crate::tenancy::{Authority, Entrances, Job, Purpose};

/// A fresh, empty store. A backend's factory makes one for each case.
pub struct Fixture {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The authority that opening it returned.
    pub authority: Authority,
    /// What must live as long as the store: a temporary folder, a scratch database.
    pub keep: Box<dyn Any + Send>,
    /// How long the store's writers wait for their turn. One case waits as long; a factory that configures less than
    /// the standard three seconds says so here. Below half a second the contended cases may fail on a slow machine.
    pub patience: Duration,
    /// How many writers of one tenant are let in at once, the one whose turn it is among them. One case fills the
    /// queue and sees the next one refused. At least 20, for cases send 16 writers at once; not many more, for all who
    /// stand in it must get their turn within the store's patience.
    pub places: usize,
    /// How the store is opened again after it was closed, for `conformance_durable!`. `None` for a store that forgets.
    pub reopen: Option<Reopen>,
}

impl Fixture {
    /// The reference store.
    pub fn in_memory() -> Self {
        let (places, patience) = (24, Duration::from_secs(1));
        let (store, authority) = MemoryStore::with_turns(Turns::new(places, patience));
        Self { store: Arc::new(store), authority, keep: Box::new(()), patience, places, reopen: None }
    }
}

type Reopened = Pin<Box<dyn Future<Output = (Arc<dyn Store>, Authority)> + Send>>;

/// How a fixture's store is opened again: on the same folder, file or database as before.
///
/// It is called when the store was closed in order and nothing of the kit holds it any more.
pub struct Reopen(Box<dyn Fn() -> Reopened + Send + Sync>);

impl Reopen {
    /// Opens it again by `open`.
    pub fn by<F>(open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = (Arc<dyn Store>, Authority)> + Send + 'static,
    {
        Self(Box::new(move || Box::pin(open())))
    }
}

/// A store and everything needed to enter it.
pub struct World {
    /// The store under test.
    pub store: Arc<dyn Store>,
    /// How long its writers wait for their turn.
    pub patience: Duration,
    /// How many of one tenant's writers are let in at once.
    pub places: usize,
    pub(super) entrances: Arc<Entrances>,
    pub(super) secrets: Arc<Secrets>,
    keep: Box<dyn Any + Send>,
    reopen: Option<Reopen>,
}

impl World {
    /// A job of this store's house: what runs in the background is played by whoever drives the world.
    pub fn job<P: Purpose>(&self) -> Job<P> {
        self.entrances.jobs.job()
    }

    /// The world of one fixture.
    pub fn of(fixture: Fixture) -> Self {
        let Fixture { store, authority, keep, patience, places, reopen } = fixture;
        let mut next = 0_u8;
        let ring = KeyRing::generate(0, &mut |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        });
        let (entrances, secrets) = (Arc::new(authority.split()), Arc::new(Secrets::from_ring(&ring)));
        Self { store, patience, places, entrances, secrets, keep, reopen }
    }

    /// Closes the store in order, opens it again, and moves the shops over: a restart of the machine's program.
    pub(super) async fn reopened(self, shops: Vec<Shop>) -> (Self, Vec<Shop>) {
        let Self { store, patience, places, secrets, keep, reopen, .. } = self;
        let Some(reopen) = reopen else {
            unreachable!("the fixture does not say how its store is opened again: `Fixture::reopen`")
        };
        let kept: Vec<_> = shops.into_iter().map(Shop::leave).collect();
        store.close().await;
        assert_eq!(Arc::strong_count(&store), 1, "somebody still holds the store");
        drop(store);
        let (store, authority) = reopen.0().await;
        let entrances = Arc::new(authority.split());
        let world = Self { store, patience, places, entrances, secrets, keep, reopen: Some(reopen) };
        let shops = kept.into_iter().map(|left| left.enter(&world)).collect();
        (world, shops)
    }

    /// Opens a workspace with a member of each role, each signed in. Time and chance follow from `slug` alone.
    pub async fn shop(&self, slug: &str) -> Shop {
        Shop::open(self, slug).await
    }

    /// The road of one shop.
    pub(super) fn road(&self, clock: &Arc<ScriptedClock>, entropy: &Arc<ScriptedEntropy>) -> Road {
        Road {
            store: Arc::clone(&self.store),
            clock: clock.clone(),
            entropy: entropy.clone(),
            secrets: Arc::clone(&self.secrets),
        }
    }

    /// Closes the store in order and gives back what kept it alive.
    pub async fn end(self) -> Box<dyn Any + Send> {
        self.store.close().await;
        self.keep
    }
}

/// The error of an answer that must be one.
pub(super) fn refusal<T>(answer: Result<T, StoreError>) -> StoreError {
    answer.err().unwrap()
}
