//! What a backend hands to the kit, and the world that a case plays in.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use super::Shop;
use crate::identity::keys::KeyRing;
use crate::service::Secrets;
use crate::store::{Store, StoreError};
use crate::tenancy::{Authority, Entrances};

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
}

/// A store and everything needed to enter it.
pub struct World {
    /// The store under test.
    pub store: Arc<dyn Store>,
    /// How long its writers wait for their turn.
    pub patience: Duration,
    pub(super) entrances: Arc<Entrances>,
    pub(super) secrets: Arc<Secrets>,
    keep: Box<dyn Any + Send>,
}

impl World {
    /// The world of one fixture.
    pub fn of(fixture: Fixture) -> Self {
        let Fixture { store, authority, keep, patience } = fixture;
        let mut next = 0_u8;
        let ring = KeyRing::generate(0, &mut |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        });
        let (entrances, secrets) = (Arc::new(authority.split()), Arc::new(Secrets::from_ring(&ring)));
        Self { store, patience, entrances, secrets, keep }
    }

    /// Opens a workspace with a member of each role, each signed in. Time and chance follow from `slug` alone.
    pub async fn shop(&self, slug: &str) -> Shop {
        Shop::open(self, slug).await
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
