//! Disabling members whose last day is over. The door has kept them out since; this makes it stand in the log.

use super::audience::everybody;
use crate::identity::actions::RetireMembers;
use crate::identity::members::decide_retire;
use crate::service::{Road, ServiceError};
use crate::tenancy::{Job, Purpose, RequestFacts, TenantId};

/// The purpose of the job.
#[derive(Debug)]
pub struct Retiring;

impl Purpose for Retiring {
    const NAME: &'static str = "retiring";
    const ACTIONS: &'static [&'static str] = &["member.retire"];
}

/// Disables the members of one workspace whose last day is over, each with an entry of their own. Returns how many.
///
/// # Errors
/// [`ServiceError::Store`]; nobody is disabled then.
pub async fn retire_members(
    road: &Road,
    job: &Job<Retiring>,
    tenant: TenantId,
) -> Result<usize, ServiceError> {
    let request_id = format!("retiring-{}", road.clock.now().micros());
    let scope = job.scope(tenant, RequestFacts { request_id, ..RequestFacts::default() });
    let now = road.clock.now();
    let mut reader = road.store.reader(&scope).await?;
    let is_anybody_due =
        everybody(&mut *reader).await?.iter().any(|member| !member.disabled && !member.is_active(now));
    drop(reader);
    if !is_anybody_due {
        return Ok(0);
    }
    let mut turn = road.turn(&scope).await?;
    let now = turn.now();
    let mut changes = Vec::new();
    for member in everybody(&mut *turn).await? {
        let open = turn.open_sessions(member.id).await?;
        changes.extend(decide_retire(&member, open, now));
    }
    let retired = changes.len();
    for change in changes {
        let permit = scope.permit::<RetireMembers>()?;
        turn.apply(permit.seal(change, &*road.entropy)).await?;
    }
    turn.commit().await?;
    Ok(retired)
}
