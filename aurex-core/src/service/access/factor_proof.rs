//! A second factor against its row: the seed out of the vault, the code against it, under the turn.

use crate::identity::factor::Seed;
use crate::identity::member::SecondFactor;
use crate::identity::second_factors::{FactorUsed, Proving, decide_use};
use crate::identity::vault::{Cell, Ciphertext};
use crate::service::{Road, ServiceError};
use crate::store::{StoreError, Writer};
use crate::tenancy::{MemberId, TenantId};

fn seal_of<T>(tenant: TenantId, member: MemberId, then: impl FnOnce(Cell<'_>) -> T) -> T {
    then(Cell { tenant, table: "second_factor", column: "seed", row: &member.to_string() })
}

/// The seed, sealed for its member's row.
pub(super) fn sealed(
    road: &Road,
    tenant: TenantId,
    member: MemberId,
    seed: &Seed,
) -> Result<Ciphertext, StoreError> {
    let text = seed.to_base32();
    let sealed = seal_of(tenant, member, |cell| road.secrets.vault.seal(cell, &text, &*road.entropy));
    sealed.map(Ciphertext::new).map_err(StoreError::failed)
}

/// The seed of a row; none where it was removed.
pub(super) fn seed_of(
    road: &Road,
    tenant: TenantId,
    factor: &SecondFactor,
) -> Result<Option<Seed>, StoreError> {
    let Some(sealed) = &factor.seed else { return Ok(None) };
    let text = seal_of(tenant, factor.member, |cell| road.secrets.vault.open(cell, sealed.as_bytes()));
    Seed::from_base32(&text.map_err(StoreError::failed)?).map(Some).map_err(StoreError::failed)
}

/// Whether `proving` is good for the member's second factor, as it is under this turn and at its time. What it spends
/// goes into the change that the turn applies.
pub(super) async fn prove(
    road: &Road,
    turn: &mut dyn Writer,
    tenant: TenantId,
    member: MemberId,
    proving: Proving<'_>,
) -> Result<Option<FactorUsed>, ServiceError> {
    let now = turn.now();
    let Some(factor) = turn.second_factor(member).await?.filter(SecondFactor::counts) else {
        return Ok(None);
    };
    let Some(seed) = seed_of(road, tenant, &factor)? else { return Ok(None) };
    Ok(decide_use(factor, &seed, proving, tenant, now))
}
