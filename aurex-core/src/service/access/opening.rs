//! Opening a workspace.

use super::SignIn;
use crate::chance::draw;
use crate::identity::actions::OpenWorkspace;
use crate::identity::credentials::{Holder, check_password};
use crate::identity::member::Member;
use crate::identity::opening::{NewWorkspace, OpeningRefusal, check_gstin, decide_opening};
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
/// [`OpeningRefusal`], [`UnfitPassword`](crate::identity::credentials::UnfitPassword) and what every write can answer.
pub async fn open_workspace(
    sign_in: &SignIn,
    new: NewWorkspace,
    facts: RequestFacts,
) -> Result<Done<OpenedWorkspace>, ServiceError> {
    let SignIn { road, pool, passwords, .. } = sign_in;
    let now = road.clock.now();
    let (scope, owner) = sign_in.founder(now, facts);
    let permit = scope.permit::<OpenWorkspace>()?;
    let holder =
        Holder { workspace: &new.name, slug: &new.slug, name: &new.owner.name, email: &new.owner.email };
    check_password(passwords, &new.owner.password, holder, "/owner/password")?;
    check_gstin(new.business.as_ref().and_then(|business| business.gstin.as_ref()), new.state)?;
    // Asked before the hash is paid for; the store's own answer below is the one that counts.
    if road.store.door(&new.slug).await?.is_some() {
        return Err(OpeningRefusal::SlugTaken.into());
    }
    let hash = pool.hash(new.owner.password.clone(), draw(&*road.entropy)).await?;
    let accounts = opening_chart(new.currency, now, &*road.entropy)
        .map_err(|error| ServiceError::Store(StoreError::failed(error)))?;

    let slug = new.slug.clone();
    let change = decide_opening(new, owner, hash.to_stored(), accounts, now)?;
    let opened = OpenedWorkspace {
        id: scope.tenant(),
        workspace: change.workspace.clone(),
        business: change.business.clone(),
        owner: change.owner.clone(),
    };
    let sealed = permit.seal(change, &*road.entropy);
    match road.store.found(&slug, sealed, &*road.clock).await {
        Ok(receipt) => Ok(Done::now(opened, receipt)),
        Err(StoreError::SlugTaken) => Err(OpeningRefusal::SlugTaken.into()),
        Err(error) => Err(error.into()),
    }
}
