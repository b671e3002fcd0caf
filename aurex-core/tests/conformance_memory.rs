//! The reference store keeps everything that it asks of others.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::conformance::Fixture;
use aurex_core::store::{MemoryStore, Turns};

async fn fresh() -> Fixture {
    let patience = Duration::from_secs(1);
    let (store, authority) = MemoryStore::with_turns(Turns::new(64, patience));
    Fixture { store: Arc::new(store), authority, keep: Box::new(()), patience }
}

aurex_core::conformance!(fresh);
