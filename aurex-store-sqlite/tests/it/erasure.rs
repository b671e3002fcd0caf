//! Nothing left in the files: what was erased is searched for byte by byte.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::conformance::{Fixture, World};
use aurex_core::store::{Housekeeping as _, Scrub, Store as _};
use aurex_store_sqlite::{SqliteOptions, SqliteStore};

/// What was planted, in the forms in which it is written: as text, and as an address in lower case.
const PLANTED: &[&str] = &["Quetzal", "quetzal@", "981234567", "AAGCQ4821K"];

/// The files under a folder that hold any of these words, each with the word.
fn holding(folder: &Path, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, words));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let has = |word: &&&str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
        found.extend(words.iter().filter(has).map(|word| format!("{word} in {}", path.display())));
    }
    found
}

async fn kit(folder: &Path) -> (World, SqliteStore) {
    let (store, authority) = SqliteStore::open(folder, SqliteOptions::default()).await.unwrap();
    let fixture = Fixture {
        store: Arc::new(store.clone()),
        authority,
        keep: Box::new(()),
        patience: Duration::from_secs(3),
        places: 24,
        reopen: None,
    };
    (World::of(fixture), store)
}

#[tokio::test]
async fn an_erased_value_is_in_no_byte_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let (world, store) = kit(folder.path()).await;
    let shop = world.shop("meena").await;
    // Neighbours before and after, so that rows are moved from page to page meanwhile.
    let mut planted = Vec::new();
    for n in 0..40 {
        shop.customer(&format!("Neighbour {n} of a street with a rather long name in Bengaluru")).await;
        if n % 10 == 5 {
            planted.push(shop.plant("Quetzal").await.id);
        }
    }
    let before = holding(folder.path(), PLANTED);
    assert!(PLANTED.iter().all(|word| before.iter().any(|found| found.starts_with(word))), "{before:?}");
    for id in planted {
        shop.erase(id, &[]).await.unwrap();
    }
    assert_eq!(holding(folder.path(), PLANTED), Vec::<String>::new());
    // A bill says who bought; when its years are over, that goes too.
    let buyer = shop.plant("Quetzal").await.id;
    shop.buys(buyer).await;
    assert!(!holding(folder.path(), PLANTED).is_empty());
    shop.is_let_go(buyer).await;
    assert_eq!(holding(folder.path(), PLANTED), Vec::<String>::new());
    assert!(!holding(folder.path(), &["Neighbour 7"]).is_empty(), "the search finds what is there");
    store.close().await;
    assert_eq!(holding(folder.path(), PLANTED), Vec::<String>::new());
}

/// What a former member leaves: their name, address and agent, the shop's mails to them, from where they worked.
const PLANTED_MEMBER: &[&str] = &["Quetzal", "quetzal@", "198.51.100.77"];

#[tokio::test]
async fn a_former_member_is_in_no_byte_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let (world, store) = kit(folder.path()).await;
    let shop = world.shop("meena").await;
    let member = shop.plant_member("Quetzal").await;
    shop.let_go(&member).await;
    let before = holding(folder.path(), PLANTED_MEMBER);
    assert!(
        PLANTED_MEMBER.iter().all(|word| before.iter().any(|found| found.starts_with(word))),
        "{before:?}"
    );
    shop.clock.advance(10 * 366 * 86_400);
    shop.erase_member(member.id, &[]).await.unwrap();
    assert_eq!(holding(folder.path(), PLANTED_MEMBER), Vec::<String>::new());
    assert!(!holding(folder.path(), &["The cashier"]).is_empty(), "the search finds what is there");
    store.close().await;
    assert_eq!(holding(folder.path(), PLANTED_MEMBER), Vec::<String>::new());
}

#[tokio::test]
async fn asvs_v14_2_7_what_has_passed_its_class_is_in_no_byte_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let (world, store) = kit(folder.path()).await;
    let shop = world.shop("meena").await;
    shop.plant_member("Quetzal").await;
    let gone = ["198.51.100.77", "Quetzal/1.0", "sealed for Quetzal"];
    assert_eq!(shop.expire().await, 0);
    assert!(gone.iter().all(|word| !holding(folder.path(), &[word]).is_empty()));
    shop.clock.advance(400 * 86_400);
    assert!(shop.expire().await > 5);
    assert_eq!(holding(folder.path(), &gone), Vec::<String>::new());
    assert!(
        !holding(folder.path(), &["Quetzal Zaveri"]).is_empty(),
        "nobody is erased by the time that passes"
    );
    store.close().await;
    assert_eq!(holding(folder.path(), &gone), Vec::<String>::new());
}

#[tokio::test]
async fn a_reader_in_the_middle_of_something_is_said_to_keep_traces() {
    let folder = tempfile::tempdir().unwrap();
    let (world, store) = kit(folder.path()).await;
    let shop = world.shop("meena").await;
    let id = shop.plant("Quetzal").await.id;
    let mut reader = shop.reader().await;
    assert!(reader.party(id).await.unwrap().is_some());
    shop.erase(id, &[]).await.unwrap();
    assert!(!holding(folder.path(), PLANTED).is_empty(), "the snapshot still needs it");
    drop(reader);
    assert!(store.scrub(shop.tenant, Scrub::Whole).await.unwrap());
    assert_eq!(holding(folder.path(), PLANTED), Vec::<String>::new());
}
