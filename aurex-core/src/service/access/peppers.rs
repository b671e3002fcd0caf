//! Which peppers a workspace still needs.

use std::collections::BTreeMap;

use crate::identity::actions::ReadMembers;
use crate::identity::keys::KeyId;
use crate::identity::password::PasswordHash;
use crate::service::{Road, ServiceError};
use crate::store::{PageRequest, StoreError};
use crate::tenancy::Scope;

const PAGE: u16 = 200;

/// How many passwords and PINs of members were hashed with each pepper, those of disabled members too. A pepper that
/// no workspace names is needed no more. Whatever else comes to be hashed with a pepper is to be counted here.
///
/// # Errors
/// What every read can answer.
pub async fn peppers_in_use(road: &Road, scope: &Scope) -> Result<BTreeMap<KeyId, u32>, ServiceError> {
    let _permit = scope.permit::<ReadMembers>()?;
    let mut reader = road.store.reader(scope).await?;
    let mut counts = BTreeMap::new();
    let mut page = PageRequest::first(PAGE);
    loop {
        let members = reader.members(page).await?;
        for member in &members.items {
            let password = reader.credential(member.id).await?.map(|credential| credential.hash);
            let pin = reader.pin(member.id).await?;
            let pin = pin.filter(|pin| pin.removed_at.is_none()).map(|pin| pin.hash);
            for stored in [password, pin].into_iter().flatten() {
                let hash: PasswordHash = stored.parse().map_err(StoreError::failed)?;
                let count: &mut u32 = counts.entry(hash.pepper().clone()).or_default();
                *count = count.saturating_add(1);
            }
        }
        match members.next {
            Some(after) => page = PageRequest { after: Some(after), limit: PAGE },
            None => return Ok(counts),
        }
    }
}
