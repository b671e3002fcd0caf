//! A workspace's own roles: list, get, make, change.

use crate::identity::actions::{ChangeCustomRoles, ReadCustomRoles};
use crate::identity::roles::{
    CustomRole, CustomRolePatch, NewCustomRole, RoleRules, decide_change, decide_make,
};
use crate::rbac::{Action as _, Catalogue};
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::tenancy::{CustomRoleId, Scope};

const NO_ROLE: ServiceError = ServiceError::NotFound("role");

/// The workspace's own roles, oldest first, the retired ones too.
///
/// # Errors
/// What every read can answer.
pub async fn list_custom_roles(road: &Road, scope: &Scope) -> Result<Vec<CustomRole>, ServiceError> {
    let _permit = scope.permit::<ReadCustomRoles>()?;
    Ok(road.store.reader(scope).await?.custom_roles().await?)
}

/// A role of the workspace's own.
///
/// # Errors
/// [`ServiceError::NotFound`] and what every read can answer.
pub async fn custom_role(road: &Road, scope: &Scope, id: CustomRoleId) -> Result<CustomRole, ServiceError> {
    let _permit = scope.permit::<ReadCustomRoles>()?;
    road.store.reader(scope).await?.custom_role(id).await?.ok_or(NO_ROLE)
}

/// Makes a role that takes away from a built-in one.
///
/// # Errors
/// [`CustomRoleRefusal`](crate::identity::roles::CustomRoleRefusal) and what every write can answer.
pub async fn make_custom_role(
    road: &Road,
    catalogue: &Catalogue,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewCustomRole,
) -> Result<Done<CustomRole>, ServiceError> {
    let permit = scope.permit::<ChangeCustomRoles>()?;
    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, ChangeCustomRoles::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse::<CustomRoleId>().map_err(|_| NO_ROLE)?;
        return Ok(Done::before(turn.custom_role(id).await?.ok_or(NO_ROLE)?));
    }
    let now = turn.now();
    let there = turn.custom_roles().await?;
    let rules = RoleRules { catalogue, reach: *permit.limits(), there: &there };
    let change = decide_make(new, rules, CustomRoleId::new(now, &*road.entropy), now)?;
    let role = change.role.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(role, receipt))
}

/// Changes a role that the caller has read in version `expected`. It holds from the next request of whoever has it, and
/// what they have queued is refused.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Stale`],
/// [`CustomRoleRefusal`](crate::identity::roles::CustomRoleRefusal) and what every write can answer.
pub async fn change_custom_role(
    road: &Road,
    catalogue: &Catalogue,
    scope: &Scope,
    id: CustomRoleId,
    expected: u32,
    patch: CustomRolePatch,
) -> Result<Done<CustomRole>, ServiceError> {
    let permit = scope.permit::<ChangeCustomRoles>()?;
    let mut turn = road.turn(scope).await?;
    let role = turn.custom_role(id).await?.ok_or(NO_ROLE)?;
    if role.version != expected {
        return Err(ServiceError::Stale);
    }
    let there = turn.custom_roles().await?;
    let rules = RoleRules { catalogue, reach: *permit.limits(), there: &there };
    let Some(change) = decide_change(patch, &role, rules)? else { return Ok(Done::nothing(role)) };
    let after = change.after.clone();
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now(after, receipt))
}
