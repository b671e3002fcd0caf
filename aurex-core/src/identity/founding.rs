//! Founding a workspace: the row, the first owner and what they sign in with. It is all that the kernel needs; a domain
//! that keeps more about its customers founds with this and adds its own by a change of its own, or, as the
//! shop does, opens with everything in one change.

use super::actions::OpenWorkspace;
use super::member::{Credential, Member};
use super::password::Password;
use crate::audit::{Change, Draft, Subject};
use crate::money::Currency;
use crate::rbac::Role;
use crate::tenancy::{MemberId, PlanState, Slug, Workspace};
use crate::text::{Email, Name};
use crate::time::{Timestamp, Zone};

/// A workspace to be founded.
#[derive(Debug, Clone)]
pub struct NewFounding {
    /// Its name in requests.
    pub slug: Slug,
    /// Its name for people.
    pub name: Name,
    /// The one currency of its books.
    pub currency: Currency,
    /// The zone of its business dates.
    pub zone: Zone,
    /// Its first owner.
    pub owner: NewOwner,
}

/// A workspace's first owner, with a password of their own.
#[derive(Debug, Clone)]
pub struct NewOwner {
    /// Their name.
    pub name: Name,
    /// The address they sign in with.
    pub email: Email,
    /// Their password.
    pub password: Password,
}

crate::refusals! {
    /// Why a workspace is not founded.
    pub enum FoundingRefusal {
        /// A name in requests is never given twice.
        SlugTaken = Conflict, "workspace.slug_taken", "/slug", "this name is taken";
    }
}

/// A workspace was founded.
#[derive(Debug, Clone)]
pub struct WorkspaceFounded {
    /// Its row.
    pub workspace: Workspace,
    /// Its first owner.
    pub owner: Member,
    /// What they sign in with.
    pub credential: Credential,
}

/// Decides about founding a workspace: nothing can be wrong with it that the types have not said. `hash` is the owner's
/// password's, in its stored form.
pub fn decide_founding(new: NewFounding, owner: MemberId, hash: String, now: Timestamp) -> WorkspaceFounded {
    let NewFounding { slug, name, currency, zone, owner: NewOwner { name: owner_name, email, .. } } = new;
    WorkspaceFounded {
        workspace: Workspace {
            slug,
            name,
            currency,
            zone,
            created_at: now,
            version: 1,
            magic_links: false,
            second_factor_for: Vec::new(),
            access_rules: Vec::new(),
            contacts: Vec::new(),
            ends_at: None,
            plan: PlanState::Active,
            billing: None,
            books_locked_through: None,
            payee: None,
        },
        owner: Member {
            id: owner,
            name: owner_name,
            email,
            role: Role::Owner,
            disabled: false,
            created_at: now,
            version: 1,
            custom_role: None,
            leaves_at: None,
        },
        credential: Credential { member: owner, hash, one_time: false, set_at: now },
    }
}

impl Change for WorkspaceFounded {
    type By = OpenWorkspace;

    fn subject(&self) -> Subject {
        Subject::new("workspace", &self.workspace.slug)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.workspace);
        draft.insert(self.owner);
        draft.insert(self.credential);
    }
}
