//! What goes over the wire, counted.

use std::sync::Arc;

use aurex_core::service::shop::issue_invoice;
use aurex_core::store::conformance::{Fixture, World, bill_of, key};
use aurex_store_postgres::{Policy, PostgresOptions, PostgresStore};

use crate::relay::Relay;
use crate::world::{Database, options};

#[tokio::test]
async fn a_bill_costs_four_round_trips() {
    let database = Database::migrated(Policy::Filters).await;
    let relay = Relay::before(&database.url()).await;
    let options = PostgresOptions { writers: 1, readers: 1, ..options(Policy::Filters) };
    let (patience, places) = (options.patience, options.places);
    let (store, authority) = PostgresStore::open(&relay.url, options).await.unwrap();
    let keep = Box::new(database);
    let world =
        World::of(Fixture { store: Arc::new(store), authority, keep, patience, places, reopen: None });
    let shop = world.shop("meena").await;
    shop.rate(1_270_000).await;
    let asha = shop.customer("Asha Devi").await;
    for (n, pieces) in [("first", 1), ("one", 1), ("three", 3), ("twenty", 20)] {
        let mut items = Vec::new();
        for piece in 0..pieces {
            items.push(shop.item(&format!("{n}-{piece}")).await.id);
        }
        shop.tick();
        let owner = shop.owner().await;
        let presented = key(n, &[("/party", "asha")]);
        let bill = bill_of(asha.id, &items);
        let done = issue_invoice(&shop.road, &owner, Some(&presented), &bill).await.unwrap();
        assert_eq!(done.value.lines.len(), pieces);
        if n == "first" {
            // It makes the customer's account and prepares the statements.
            continue;
        }
        let turn = relay.last_turn();
        let (opening, rest) = turn.split_first().unwrap();
        assert!(opening.starts_with("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"), "{opening}");
        // What is known for the bill and under its key, the change.
        assert_eq!(rest, ["Sync", "Sync", "COMMIT"], "{pieces} pieces");
    }
}
