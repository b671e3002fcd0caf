//! Founding a workspace without a domain: for products whose customers are no jewellers.

use super::SignIn;
use crate::audit::Sealed;
use crate::chance::draw;
use crate::identity::actions::OpenWorkspace;
use crate::identity::credentials::Holder;
use crate::identity::founding::{FoundingRefusal, NewFounding, NewOwner, decide_founding};
use crate::identity::member::Member;
use crate::service::{Done, ServiceError};
use crate::store::{Receipt, StoreError};
use crate::tenancy::{RequestFacts, Slug, TenantId, Workspace};
use crate::text::Name;

/// A workspace that was founded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundedWorkspace {
    /// Its id.
    pub id: TenantId,
    /// Its row.
    pub workspace: Workspace,
    /// Its first owner.
    pub owner: Member,
}

/// Founds a workspace with its first owner and the first entry of its log, and no domain's rows.
///
/// Anybody may call this who reaches it: whether to let them is the embedder's question.
///
/// # Errors
/// [`FoundingRefusal`], [`UnfitPassword`](crate::identity::credentials::UnfitPassword) and what every write can answer.
pub async fn found_workspace(
    sign_in: &SignIn,
    new: NewFounding,
    facts: RequestFacts,
) -> Result<Done<FoundedWorkspace>, ServiceError> {
    let now = sign_in.road.clock.now();
    let (scope, owner) = sign_in.founder(now, facts);
    let permit = scope.permit::<OpenWorkspace>()?;
    let hash = sign_in.founders_hash(&new.name, &new.slug, &new.owner).await?;
    let slug = new.slug.clone();
    let change = decide_founding(new, owner, hash, now);
    let founded = FoundedWorkspace {
        id: scope.tenant(),
        workspace: change.workspace.clone(),
        owner: change.owner.clone(),
    };
    let receipt = sign_in.enter(&slug, permit.seal(change, &*sign_in.road.entropy)).await?;
    Ok(Done::now(founded, receipt))
}

impl SignIn {
    /// The founder's password in its stored form, if it is fit and the workspace's name seems to be free.
    pub(super) async fn founders_hash(
        &self,
        workspace: &Name,
        slug: &Slug,
        owner: &NewOwner,
    ) -> Result<String, ServiceError> {
        let holder = Holder { workspace, slug, name: &owner.name, email: &owner.email };
        self.check_new_password(&owner.password, holder, "/owner/password").await?;
        // Asked before the hash is paid for; the store's own answer in `enter` is the one that counts.
        if self.road.store.door(slug).await?.is_some() {
            return Err(FoundingRefusal::SlugTaken.into());
        }
        Ok(self.pool.hash(owner.password.clone(), draw(&*self.road.entropy)).await?.to_stored())
    }

    /// Lets the store open what was sealed, under a name that was free.
    pub(super) async fn enter(&self, slug: &Slug, founding: Sealed) -> Result<Receipt, ServiceError> {
        match self.road.store.found(slug, founding, &*self.road.clock).await {
            Err(StoreError::SlugTaken) => Err(FoundingRefusal::SlugTaken.into()),
            answer => Ok(answer?),
        }
    }
}
