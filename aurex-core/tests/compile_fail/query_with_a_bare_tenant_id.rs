//! A query in a tenant that somebody merely names.

use aurex_core::{store::Store, tenancy::TenantId};

async fn read(store: &dyn Store, tenant: TenantId) {
    let _ = store.reader(&tenant).await;
}

fn main() {}
