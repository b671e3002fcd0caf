//! The store, asked to write what nobody sealed.

use aurex_core::store::Store as _;
use aurex_core::tenancy::Slug;
use aurex_core::time::Clock;
use aurex_pharmacy::dispense::Dispensed;
use aurex_store_postgres::PostgresStore;

async fn write(store: &PostgresStore, slug: &Slug, change: Dispensed, clock: &dyn Clock) {
    let _ = store.found(slug, change, clock).await;
}

fn main() {}
