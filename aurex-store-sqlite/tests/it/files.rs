//! The folder: whose it is, what is left in it, how many files are open.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use aurex_core::audit::{Observation, Observed, Outcome};
use aurex_core::store::{Doorkeeper as _, Housekeeping as _, PageRequest, Store as _, StoreError};
use aurex_core::tenancy::RequestFacts;
use aurex_core::time::Clock as _;
use aurex_store_sqlite::{SqliteOptions, SqliteStore};

use crate::world::{World, run};

async fn reopen(world: &World) -> Result<SqliteStore, StoreError> {
    let beside = SqliteOptions { beside_a_server: true, ..SqliteOptions::default() };
    SqliteStore::open(world.path(), beside).await.map(|(store, _)| store)
}

#[tokio::test]
async fn what_was_founded_is_there_after_a_restart() {
    let world = World::new().await;
    let (tenant, receipt) = world.try_found("meena-jewels").await.unwrap();
    assert_eq!(receipt.seq, 0);
    world.store.close().await;

    let again = reopen(&world).await.unwrap();
    assert_eq!(again.tenants().await.unwrap(), [("meena-jewels".parse().unwrap(), tenant)]);
    assert_eq!(again.door(&"meena-jewels".parse().unwrap()).await.unwrap().unwrap().tenant, tenant);
    assert!(again.door(&"other-jewels".parse().unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_slug_is_taken_for_ever_and_leaves_no_file() {
    let world = World::new().await;
    world.found("meena-jewels").await;
    let refused = world.try_found("meena-jewels").await;
    assert!(matches!(refused, Err(StoreError::SlugTaken)), "{refused:?}");
    let databases = fs::read_dir(world.path().join("tenants")).unwrap();
    let databases = databases.filter(|entry| entry.as_ref().unwrap().path().extension().unwrap() == "db");
    assert_eq!(databases.count(), 1);
}

#[tokio::test]
async fn two_foundings_of_one_slug_leave_one_workspace() {
    let world = World::new().await;
    let (a, b) = tokio::join!(world.try_found("meena-jewels"), world.try_found("meena-jewels"));
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
    assert!(matches!(a.and(b), Err(StoreError::SlugTaken)));
    assert_eq!(world.store.tenants().await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_server_holds_the_folder_and_commands_run_beside_it() {
    let world = World::new().await;
    let second = SqliteStore::open(world.path(), SqliteOptions::default()).await;
    assert!(matches!(second, Err(StoreError::Unavailable(_))));
    assert!(reopen(&world).await.is_ok());
}

#[tokio::test]
async fn the_lock_ends_with_the_store() {
    let World { folder, store, .. } = World::new().await;
    // Dropped connections end on threads of their own; closing waits for them.
    store.close().await;
    drop(store);
    let (store, _authority) = SqliteStore::open(folder.path(), SqliteOptions::default()).await.unwrap();
    store.ready().await.unwrap();
}

#[tokio::test]
async fn nobody_else_reads_the_folder() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let _reader = world.store.reader(&world.scope(tenant)).await.unwrap();
    let mut seen = 0;
    for folder in [world.path().to_owned(), world.path().join("tenants")] {
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        for entry in fs::read_dir(folder).unwrap() {
            let found = entry.unwrap().metadata().unwrap();
            if found.is_file() {
                assert_eq!(found.permissions().mode() & 0o777, 0o600);
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "lock, directory, house, tenant");
}

#[tokio::test]
async fn a_folder_that_was_left_open_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let _store = SqliteStore::open(folder.path(), SqliteOptions::default()).await.unwrap();
    assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn links_are_refused() {
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link");
    let target = tempfile::tempdir().unwrap();
    symlink(target.path(), &link).unwrap();
    assert!(matches!(SqliteStore::open(&link, SqliteOptions::default()).await, Err(StoreError::Failed(_))));

    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    world.store.close().await;
    let file = world.file(tenant);
    fs::hard_link(&file, elsewhere.path().join("second-name.db")).unwrap();
    let hard = reopen(&world).await.unwrap().known_token(tenant, &[0; 32]).await;
    assert!(matches!(hard, Err(StoreError::Failed(_))));

    fs::remove_file(&file).unwrap();
    symlink(elsewhere.path().join("second-name.db"), &file).unwrap();
    let soft = reopen(&world).await.unwrap().known_token(tenant, &[0; 32]).await;
    assert!(matches!(soft, Err(StoreError::Failed(_))));
}

#[tokio::test]
async fn a_start_removes_what_was_never_complete_and_sets_aside_what_nobody_knows() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let tenants = world.path().join("tenants");
    let never = world.new_tenant().uuid();
    let orphans = [format!("{never}.db"), format!("{never}.db-wal"), format!("{never}.db.new")];
    for orphan in &orphans {
        fs::write(tenants.join(orphan), b"half").unwrap();
    }
    fs::write(tenants.join("notes.txt"), b"somebody's").unwrap();

    // Beside a server they may be a workspace in the making.
    drop(reopen(&world).await.unwrap());
    assert!(orphans.iter().all(|orphan| tenants.join(orphan).exists()));

    let World { folder, store, .. } = world;
    store.close().await;
    drop(store);
    let (store, _) = SqliteStore::open(folder.path(), SqliteOptions::default()).await.unwrap();
    assert!(!orphans.iter().any(|orphan| tenants.join(orphan).exists()));
    assert!(tenants.join(format!("{never}.db.orphan")).exists(), "it may be a shop, so it is kept");
    assert!(!tenants.join(format!("{never}.db.new.orphan")).exists());
    assert!(tenants.join("notes.txt").exists());
    assert!(store.known_token(tenant, &[0; 32]).await.unwrap().is_none(), "the workspace is still there");
}

#[tokio::test]
async fn a_changed_schema_is_refused_by_the_name_of_its_table() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    world.store.close().await;
    let mut conn = world.careless(tenant).await;
    run(&mut conn, "DROP TRIGGER posting_update").await.unwrap();
    let refused = reopen(&world).await.unwrap().known_token(tenant, &[0; 32]).await;
    assert!(matches!(&refused, Err(StoreError::Corrupt(what)) if what.contains("posting")), "{refused:?}");
}

#[tokio::test]
async fn nothing_may_be_added_to_a_table_of_ours() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    world.store.close().await;
    let mut conn = world.careless(tenant).await;
    run(&mut conn, "CREATE TABLE medicine (tenant_id BLOB NOT NULL, PRIMARY KEY (tenant_id)) STRICT")
        .await
        .unwrap();
    assert!(reopen(&world).await.unwrap().known_token(tenant, &[0; 32]).await.is_ok(), "an embedder's own");
    run(&mut conn, "CREATE TRIGGER quiet AFTER INSERT ON member BEGIN DELETE FROM medicine; END")
        .await
        .unwrap();
    let refused = reopen(&world).await.unwrap().known_token(tenant, &[0; 32]).await;
    assert!(matches!(&refused, Err(StoreError::Corrupt(what)) if what.contains("member")), "{refused:?}");
}

#[tokio::test]
async fn a_damaged_file_is_corrupt_and_harms_nobody_else() {
    let world = World::new().await;
    let (broken, sound) = (world.found("meena-jewels").await, world.found("other-jewels").await);
    world.store.close().await;
    fs::write(world.file(broken), b"this is no database, it is a text of some length").unwrap();
    let again = reopen(&world).await.unwrap();
    assert!(matches!(again.known_token(broken, &[0; 32]).await, Err(StoreError::Corrupt(_))));
    assert!(again.known_token(sound, &[0; 32]).await.is_ok());
}

#[tokio::test]
async fn files_of_idle_tenants_are_closed_and_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let patience = std::time::Duration::from_millis(50);
    let two = SqliteOptions { open_files: 2, patience, ..SqliteOptions::default() };
    let (store, authority) = SqliteStore::open(folder.path(), two).await.unwrap();
    let world = World { store, folder, entrances: authority.split(), ..World::new().await };
    let mut tenants = Vec::new();
    for slug in ["shop-one", "shop-two", "shop-three"] {
        tenants.push(world.found(slug).await);
    }
    let [one, two, three] = tenants.as_slice().try_into().map(|t: [_; 3]| t).unwrap();
    for _ in 0..3 {
        for tenant in [one, two, three] {
            let mut reader = world.store.reader(&world.scope(tenant)).await.unwrap();
            assert_eq!(reader.head().await.unwrap().frontier.size(), 1);
            drop(reader);
            // The rollback of a dropped reader is a task of its own.
            tokio::task::yield_now().await;
        }
    }
    let first = world.store.reader(&world.scope(one)).await.unwrap();
    let second = world.store.reader(&world.scope(two)).await.unwrap();
    let full = world.store.reader(&world.scope(three)).await;
    assert!(matches!(full, Err(StoreError::Unavailable(_))), "both files are in use");
    drop((first, second));
    assert!(world.store.reader(&world.scope(three)).await.is_ok());
}

#[tokio::test]
async fn observations_are_numbered_for_ever() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let seen = Observation::new(
        world.clock.now(),
        Observed::anonymous(),
        &RequestFacts::default(),
        "session.refused",
        ("member", "x".to_owned()),
        Outcome::Refused,
        "password",
    );
    for _ in 0..3 {
        world.store.observe(tenant, &seen).await.unwrap();
    }
    assert_eq!(world.store.observed_tenants().await.unwrap(), [tenant]);
    world.store.forget_observations(tenant, 2).await.unwrap();
    let waiting = world.store.observations(tenant, 10).await.unwrap();
    assert_eq!(waiting, [(3, seen.clone())]);
    world.store.forget_observations(tenant, 3).await.unwrap();
    assert!(world.store.observed_tenants().await.unwrap().is_empty());
    world.store.observe(tenant, &seen).await.unwrap();
    assert_eq!(world.store.observations(tenant, 10).await.unwrap(), [(4, seen)]);
}

#[tokio::test]
async fn the_log_is_read_back_newest_first() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    for n in 0..3 {
        let scope = world.scope(tenant);
        let mut writer = world.store.writer(&scope, &world.clock).await.unwrap();
        writer.apply(world.sealed(&scope, &format!("B{n}"), n)).await.unwrap();
        writer.commit().await.unwrap();
    }
    let mut reader = world.store.reader(&world.scope(tenant)).await.unwrap();
    let page = reader.entries(&Default::default(), PageRequest::first(2)).await.unwrap();
    assert_eq!(page.items.iter().map(|stored| stored.entry.seq).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(page.next, Some(2));
    let rest = PageRequest { after: page.next, limit: 9 };
    let page = reader.entries(&Default::default(), rest).await.unwrap();
    assert_eq!(page.items.iter().map(|stored| stored.entry.seq).collect::<Vec<_>>(), [1, 0]);
    for stored in page.items {
        assert!(!stored.openings.is_empty());
        assert!(stored.openings.iter().all(|opening| stored.entry.is_opened_by(opening)));
    }
}

#[tokio::test]
async fn shops_without_their_directory_are_not_opened_and_not_touched() {
    let world = World::new().await;
    world.found("meena-jewels").await;
    let World { folder, store, .. } = world;
    store.close().await;
    drop(store);
    let before = fs::read_dir(folder.path().join("tenants")).unwrap().count();
    for name in ["directory.db", "directory.db-wal", "directory.db-shm"] {
        let _ = fs::remove_file(folder.path().join(name));
    }
    let opened = SqliteStore::open(folder.path(), SqliteOptions::default()).await;
    assert!(matches!(opened, Err(StoreError::Corrupt(_))));
    assert_eq!(fs::read_dir(folder.path().join("tenants")).unwrap().count(), before);
    assert!(!folder.path().join("directory.db").exists(), "an empty one would hide the loss");
}
