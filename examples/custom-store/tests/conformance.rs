//! The kit on a store of one's own: around memory, which forgets, and around files, which do not.

#![expect(clippy::unwrap_used, reason = "fixtures are part of tests: they report by panicking")]

use std::sync::Arc;

use aurex_core::store::conformance::{Fixture, World};
use aurex_core::store::{Store, StoreError, Turns};
use aurex_example_custom_store::JournalledStore;

/// Around any fixture's store, with its journals in a folder of their own.
fn journalled(fixture: Fixture) -> (Fixture, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let turns = Turns::new(fixture.places, fixture.patience);
    let store = Arc::new(JournalledStore::around(fixture.store, &path, turns));
    (Fixture { store, keep: Box::new((folder, fixture.keep)), ..fixture }, path)
}

mod around_memory {
    use super::*;

    async fn fresh() -> Fixture {
        journalled(Fixture::in_memory()).0
    }

    aurex_core::conformance!(fresh);
}

mod around_files {
    use super::*;
    use aurex_core::store::conformance::Reopen;
    use aurex_core::tenancy::Authority;
    use aurex_store_sqlite::{SqliteOptions, SqliteStore};
    use std::path::{Path, PathBuf};

    async fn open(folder: &Path) -> (Arc<dyn Store>, Authority) {
        let (store, authority) = SqliteStore::open(folder, SqliteOptions::default()).await.unwrap();
        let journals: PathBuf = folder.with_extension("journals");
        std::fs::create_dir_all(&journals).unwrap();
        (Arc::new(JournalledStore::around(Arc::new(store), journals, Turns::default())), authority)
    }

    async fn fresh() -> Fixture {
        let keep = tempfile::tempdir().unwrap();
        let folder = keep.path().join("shops");
        std::fs::create_dir(&folder).unwrap();
        let (store, authority) = open(&folder).await;
        let SqliteOptions { patience, places, .. } = SqliteOptions::default();
        let reopen = Reopen::by(move || {
            let folder = folder.clone();
            async move { open(&folder).await }
        });
        Fixture { store, authority, keep: Box::new(keep), patience, places, reopen: Some(reopen) }
    }

    aurex_core::conformance_durable!(fresh);
}

/// What the kit cannot know: why this store is there.
#[tokio::test]
async fn a_log_that_is_not_what_its_journal_says_is_written_no_further() {
    let inner = Fixture::in_memory();
    let kept = Arc::clone(&inner.store);
    let (fixture, folder) = journalled(inner);
    let world = World::of(fixture);
    let mut shop = world.shop("meena").await;
    shop.rate(1_280_000).await;

    // Opened anew, the journal is read from its file, and agrees.
    shop.road.store = Arc::new(JournalledStore::around(Arc::clone(&kept), &folder, Turns::default()));
    shop.rate(1_281_000).await;

    let journal = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&journal).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    shop.road.store = Arc::new(JournalledStore::around(kept, &folder, Turns::default()));
    let scope = shop.owner().await;
    assert!(matches!(shop.writer(&scope).await.err(), Some(StoreError::Corrupt(_))));
}

/// A crash in the middle of a write leaves half an entry: it is cut off, and the log brings it back.
#[tokio::test]
async fn an_entry_cut_short_by_a_crash_is_journalled_by_the_next_turn() {
    let inner = Fixture::in_memory();
    let kept = Arc::clone(&inner.store);
    let (fixture, folder) = journalled(inner);
    let world = World::of(fixture);
    let mut shop = world.shop("meena").await;
    let journal = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let whole = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, &whole[..whole.len() - 7]).unwrap();
    shop.road.store = Arc::new(JournalledStore::around(kept, &folder, Turns::default()));
    let scope = shop.owner().await;
    shop.writer(&scope).await.unwrap().rollback().await;
    assert_eq!(std::fs::read(&journal).unwrap(), whole);
}
