//! What erasures leave in the tables' files, and that it can be scrubbed away.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::audit::Class;
use aurex_core::store::conformance::{Fixture, World};
use aurex_core::store::{Store as _, TABLES};
use aurex_store_postgres::{MigrateError, Policy, PostgresStore, scrub};

use crate::world::{Database, number, options, rows, run};

/// What was planted, in the forms in which it is written.
const PLANTED: &[&str] = &["Quetzal", "quetzal@", "981234567", "AAGCQ4821K"];

/// Which relations of the database have any of these words in the bytes of their files, catalogues and indexes included.
async fn holding(database: &Database, words: &[&str]) -> Vec<String> {
    let mut conn = database.superuser().await;
    run(&mut conn, "CHECKPOINT").await.unwrap();
    let mut found = Vec::new();
    for word in words {
        let sql = format!(
            "SELECT relname FROM pg_class, pg_read_binary_file(pg_relation_filepath(oid), 0, 1 << 28, true) AS file
             WHERE relkind IN ('r', 'i', 't', 'm') AND NOT relisshared AND position('{word}'::bytea IN file) > 0
                 AND relpersistence = 'p'"
        );
        found.extend(
            rows(&mut conn, &sql)
                .await
                .into_iter()
                .map(|row| format!("{word} in {}", row[0].as_ref().unwrap())),
        );
    }
    found
}

async fn kit(database: &Database) -> (World, PostgresStore) {
    let (store, authority) = PostgresStore::open(&database.url(), options(Policy::Filters)).await.unwrap();
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_value_is_in_no_byte_of_the_tables_files_after_scrubbing() {
    let database = Database::migrated(Policy::Filters).await;
    let (world, store) = kit(&database).await;
    let shop = world.shop("meena").await;
    let mut planted = Vec::new();
    for n in 0..40 {
        shop.customer(&format!("Neighbour {n} of a street with a rather long name in Bengaluru")).await;
        if n % 10 == 5 {
            planted.push(shop.plant("Quetzal").await.id);
        }
    }
    let buyer = shop.plant("Quetzal").await.id;
    shop.buys(buyer).await;
    // Whatever the planner would learn of them, it has learnt.
    run(&mut database.superuser().await, "ANALYZE").await.unwrap();
    let before = holding(&database, PLANTED).await;
    assert!(PLANTED.iter().all(|word| before.iter().any(|found| found.starts_with(word))), "{before:?}");
    let known = [
        " in party",
        " in party_word",
        " in party_word_pkey",
        " in party_word_of_party",
        " in audit_opening",
        " in invoice_parties",
    ];
    let only = |found: &String| known.iter().any(|place| found.ends_with(place));
    assert!(before.iter().all(only), "a place that nobody knows of: {before:?}");

    for id in planted {
        shop.erase(id, &[]).await.unwrap();
    }
    shop.is_let_go(buyer).await;
    assert!(!holding(&database, PLANTED).await.is_empty(), "an update leaves the row that it replaced");
    let tables = scrub(&database.url(), &options(Policy::Filters)).await.unwrap();
    assert!(tables.contains(&"party") && tables.contains(&"audit_opening"));
    assert!(tables.contains(&"invoice_parties") && tables.contains(&"party_word"));
    assert_eq!(holding(&database, PLANTED).await, Vec::<String>::new());
    assert!(!holding(&database, &["Neighbour 7"]).await.is_empty(), "the search finds what is there");
    store.close().await;
}

/// What a former member leaves: their name, address and agent, the shop's mails to them, from where they worked.
const PLANTED_MEMBER: &[&str] = &["Quetzal", "quetzal@", "198.51.100.77"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_former_member_is_in_no_byte_of_the_tables_files_after_scrubbing() {
    let database = Database::migrated(Policy::Filters).await;
    let (world, store) = kit(&database).await;
    let shop = world.shop("meena").await;
    let member = shop.plant_member("Quetzal").await;
    shop.let_go(&member).await;
    run(&mut database.superuser().await, "ANALYZE").await.unwrap();
    let before = holding(&database, PLANTED_MEMBER).await;
    assert!(
        PLANTED_MEMBER.iter().all(|word| before.iter().any(|found| found.starts_with(word))),
        "{before:?}"
    );
    let known = ["member", "member_email", "session", "mail", "audit_opening"];
    let only = |found: &String| known.iter().any(|of| found.ends_with(&format!(" in {of}")));
    assert!(before.iter().all(only), "a place that nobody knows of: {before:?}");

    shop.clock.advance(10 * 366 * 86_400);
    shop.erase_member(member.id, &[]).await.unwrap();
    let tables = scrub(&database.url(), &options(Policy::Filters)).await.unwrap();
    assert!(["member", "session", "mail"].iter().all(|table| tables.contains(table)));
    assert_eq!(holding(&database, PLANTED_MEMBER).await, Vec::<String>::new());
    assert!(!holding(&database, &["The cashier"]).await.is_empty(), "the search finds what is there");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asvs_v14_2_7_what_has_passed_its_class_is_in_no_byte_of_the_tables_files_after_scrubbing() {
    let database = Database::migrated(Policy::Filters).await;
    let (world, store) = kit(&database).await;
    let shop = world.shop("meena").await;
    shop.plant_member("Quetzal").await;
    let gone = ["198.51.100.77", "Quetzal/1.0", "sealed for Quetzal"];
    assert_eq!(shop.expire().await, 0);
    assert!(!holding(&database, &gone).await.is_empty());
    shop.clock.advance(400 * 86_400);
    assert!(shop.expire().await > 5);
    scrub(&database.url(), &options(Policy::Filters)).await.unwrap();
    assert_eq!(holding(&database, &gone).await, Vec::<String>::new());
    assert!(
        !holding(&database, &["Quetzal Zaveri"]).await.is_empty(),
        "nobody is erased by the time that passes"
    );
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_began_before_is_waited_for() {
    let database = Database::migrated(Policy::Filters).await;
    let (world, store) = kit(&database).await;
    let shop = world.shop("meena").await;
    let id = shop.plant("Quetzal").await.id;
    // Of another table altogether: it locks nothing that is written anew.
    let mut other = database.superuser().await;
    run(&mut other, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM aurex.lot").await.unwrap();
    shop.erase(id, &[]).await.unwrap();
    let url = database.url();
    let scrubbing = tokio::spawn(async move { scrub(&url, &options(Policy::Filters)).await });
    let looks = format!(
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = '{}' AND application_name = 'aurex migrate' AND query LIKE '%ANY($1)%'",
        database.name
    );
    let mut conn = database.superuser().await;
    while number(&mut conn, &looks).await == 0 {}
    assert!(!scrubbing.is_finished());
    run(&mut other, "COMMIT").await.unwrap();
    scrubbing.await.unwrap().unwrap();
    assert_eq!(holding(&database, PLANTED).await, Vec::<String>::new());
    store.close().await;
}

#[tokio::test]
async fn only_who_may_act_as_the_owner_scrubs() {
    let database = Database::migrated(Policy::Filters).await;
    let login = database.login("").await;
    let refused = scrub(&database.url_as(&login), &options(Policy::Filters)).await;
    assert!(matches!(&refused, Err(MigrateError::NotTheOwner { login: of }) if *of == login), "{refused:?}");
}

#[tokio::test]
async fn the_planner_samples_no_personal_value() {
    let database = Database::migrated(Policy::Filters).await;
    let mut conn = database.superuser().await;
    let mut seen = 0;
    for table in TABLES {
        for field in table.fields.iter().filter(|field| field.class == Class::Personal) {
            let sql = format!(
                "SELECT coalesce(attstattarget, -1) FROM pg_attribute
                 WHERE attrelid = 'aurex.{}'::regclass AND attname = '{}'",
                table.name, field.name
            );
            assert_eq!(number(&mut conn, &sql).await, 0, "{}.{}", table.name, field.name);
            seen += 1;
        }
    }
    assert!(seen > 5);
}
