//! A query without a tenant: every read opens with a scope, which is of one tenant.

use aurex_core::store::Store;

async fn read(store: &dyn Store) {
    let _ = store.reader().await;
}

fn main() {}
