//! Looking at what was asked for.

use super::MISSING;
use crate::identity::actions::ReadApprovals;
use crate::identity::approvals::{Approval, ApprovalState};
use crate::service::{Road, ServiceError};
use crate::store::{Page, PageRequest};
use crate::tenancy::{ApprovalId, Scope};

/// Approvals, newest first, in one state or in any. One that waits may be over: [`Approval::is_open`] says so.
///
/// # Errors
/// What every read can answer.
pub async fn approvals(
    road: &Road,
    scope: &Scope,
    state: Option<ApprovalState>,
    page: PageRequest<ApprovalId>,
) -> Result<Page<Approval, ApprovalId>, ServiceError> {
    let _permit = scope.permit::<ReadApprovals>()?;
    Ok(road.store.reader(scope).await?.approvals(state, page).await?)
}

/// An approval.
///
/// # Errors
/// [`ServiceError::NotFound`] and what every read can answer.
pub async fn approval(road: &Road, scope: &Scope, id: ApprovalId) -> Result<Approval, ServiceError> {
    let _permit = scope.permit::<ReadApprovals>()?;
    road.store.reader(scope).await?.approval(id).await?.ok_or(MISSING)
}
