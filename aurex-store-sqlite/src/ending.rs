//! A workspace ends: first its row in the directory says so, and from there on it is behind no door; then its files go. What is
//! cut short in between is finished when the store is opened the next time.

use aurex_core::store::{Store as _, StoreError, Transparency as _};
use aurex_core::tenancy::{Scope, TenantId};
use aurex_core::time::Timestamp;

use crate::folder::{Folder, remove_database, sync_folder};
use crate::house::DirectoryHouse;
use crate::store::SqliteStore;

/// Ends a workspace whose row says that it ends by `at`.
pub(crate) async fn end(store: &SqliteStore, scope: &Scope, at: Timestamp) -> Result<(), StoreError> {
    let (shared, tenant) = (&store.shared, scope.tenant());
    let _turn = shared.turns.take(tenant).await?;
    if !shared.directory.is_ended(tenant).await? {
        let mut reader = store.reader(scope).await?;
        if reader.workspace().await?.ends_at.is_none_or(|end| end > at) {
            return Err(StoreError::failed("the workspace does not end by then"));
        }
        drop(reader);
        let last = store.last_checkpoint(tenant).await?;
        shared.directory.end(tenant, at, last.as_ref()).await?;
    }
    shared.tenants.forget(tenant).await;
    remove(&shared.folder, &shared.house, tenant).await
}

/// Removes whatever is left of a workspace that has ended.
pub(crate) async fn remove(
    folder: &Folder,
    house: &DirectoryHouse,
    tenant: TenantId,
) -> Result<(), StoreError> {
    remove_database(&folder.tenant(tenant))?;
    remove_database(&folder.tenant_house(tenant))?;
    remove_database(&folder.founding(tenant))?;
    sync_folder(&folder.tenants())?;
    house.forget(tenant).await
}
