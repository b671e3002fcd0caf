//! Opening a shop's workspace.

use super::SignIn;
use crate::identity::actions::OpenWorkspace;
use crate::identity::member::Member;
use crate::identity::opening::{NewWorkspace, check_gstin, decide_opening};
use crate::service::{Done, ServiceError};
use crate::shop::accounts::opening_chart;
use crate::shop::business::Business;
use crate::store::StoreError;
use crate::tenancy::{RequestFacts, TenantId, Workspace};

/// A workspace that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedWorkspace {
    /// Its id.
    pub id: TenantId,
    /// Its row.
    pub workspace: Workspace,
    /// The shop's particulars.
    pub business: Business,
    /// Its first owner.
    pub owner: Member,
}

/// Opens a workspace with its first owner, its chart of accounts and the first entry of its log.
///
/// Anybody may call this who reaches it: whether to let them is the edge's question (loopback, an invitation, a
/// verified address).
///
/// # Errors
/// [`OpeningRefusal`](crate::identity::opening::OpeningRefusal),
/// [`FoundingRefusal`](crate::identity::founding::FoundingRefusal),
/// [`UnfitPassword`](crate::identity::credentials::UnfitPassword) and what every write can answer.
pub async fn open_workspace(
    sign_in: &SignIn,
    new: NewWorkspace,
    facts: RequestFacts,
) -> Result<Done<OpenedWorkspace>, ServiceError> {
    let road = &sign_in.road;
    let now = road.clock.now();
    let (scope, owner) = sign_in.founder(now, facts);
    let permit = scope.permit::<OpenWorkspace>()?;
    check_gstin(new.business.as_ref().and_then(|business| business.gstin.as_ref()), new.state)?;
    let hash = sign_in.founders_hash(&new.name, &new.slug, &new.owner).await?;
    let accounts = opening_chart(new.currency, now, &*road.entropy)
        .map_err(|error| ServiceError::Store(StoreError::failed(error)))?;

    let slug = new.slug.clone();
    let change = decide_opening(new, owner, hash, accounts, now)?;
    let opened = OpenedWorkspace {
        id: scope.tenant(),
        workspace: change.founded.workspace.clone(),
        business: change.business.clone(),
        owner: change.founded.owner.clone(),
    };
    let receipt = sign_in.enter(&slug, permit.seal(change, &*road.entropy)).await?;
    Ok(Done::now(opened, receipt))
}
