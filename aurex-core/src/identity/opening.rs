//! Opening a workspace: its rows, its first owner, its chart of accounts, all in one change.

use super::actions::OpenWorkspace;
use super::member::{Credential, Member};
use super::password::Password;
use crate::audit::{Change, Draft, Subject};
use crate::ledger::Account;
use crate::money::Currency;
use crate::rbac::Role;
use crate::shop::business::{Business, Scheme};
use crate::shop::identifiers::{Gstin, StateCode};
use crate::shop::parties::Address;
use crate::tenancy::{MemberId, Slug, Workspace};
use crate::text::{Email, Name};
use crate::time::{Timestamp, Zone};

/// A workspace to be opened.
#[derive(Debug, Clone)]
pub struct NewWorkspace {
    /// Its name in requests.
    pub slug: Slug,
    /// Its name for people.
    pub name: Name,
    /// The one currency of its books.
    pub currency: Currency,
    /// The zone of its business dates.
    pub zone: Zone,
    /// The state it is in.
    pub state: StateCode,
    /// The shop's particulars, as far as they are known already.
    pub business: Option<NewBusiness>,
    /// Its first owner.
    pub owner: NewOwner,
}

/// The shop's particulars.
#[derive(Debug, Clone)]
pub struct NewBusiness {
    /// Its legal name.
    pub legal_name: Name,
    /// Its address.
    pub address: Address,
    /// Its GSTIN.
    pub gstin: Option<Gstin>,
    /// How it stands towards GST.
    pub scheme: Scheme,
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
    /// Why a workspace is not opened, or its particulars not changed.
    pub enum OpeningRefusal {
        /// A name in requests is never given twice.
        SlugTaken = Conflict, "workspace.slug_taken", "/slug", "this name is taken";
        /// The first two digits of a GSTIN are its state.
        GstinState = Invalid, "business.gstin_state", "/business/gstin", "the GSTIN belongs to another state";
    }
}

/// Whether a GSTIN can be this shop's: one is given out by each state that somebody is registered in.
///
/// # Errors
/// [`OpeningRefusal::GstinState`].
pub fn check_gstin(gstin: Option<&Gstin>, state: StateCode) -> Result<(), OpeningRefusal> {
    match gstin {
        Some(gstin) if gstin.state() != state => Err(OpeningRefusal::GstinState),
        _ => Ok(()),
    }
}

/// A workspace was opened.
#[derive(Debug, Clone)]
pub struct WorkspaceOpened {
    /// Its row.
    pub workspace: Workspace,
    /// The shop's particulars.
    pub business: Business,
    /// Its first owner.
    pub owner: Member,
    /// What they sign in with.
    pub credential: Credential,
    /// The accounts it begins with.
    pub accounts: Vec<Account>,
}

/// Decides about opening a workspace. `hash` is the owner's password's, in its stored form.
///
/// A shop that says nothing of GST is taken for a regular one with its particulars missing, so that it cannot issue a
/// bill until somebody has said what it is.
///
/// # Errors
/// [`OpeningRefusal::GstinState`].
pub fn decide_opening(
    new: NewWorkspace,
    owner: MemberId,
    hash: String,
    accounts: Vec<Account>,
    now: Timestamp,
) -> Result<WorkspaceOpened, OpeningRefusal> {
    let business = match new.business {
        None => Business {
            state: new.state,
            legal_name: None,
            address: None,
            gstin: None,
            scheme: Scheme::Regular,
            version: 1,
        },
        Some(NewBusiness { legal_name, address, gstin, scheme }) => Business {
            state: new.state,
            legal_name: Some(legal_name),
            address: Some(address),
            gstin,
            scheme,
            version: 1,
        },
    };
    check_gstin(business.gstin.as_ref(), business.state)?;
    Ok(WorkspaceOpened {
        workspace: Workspace {
            slug: new.slug,
            name: new.name,
            currency: new.currency,
            zone: new.zone,
            created_at: now,
            version: 1,
        },
        business,
        owner: Member {
            id: owner,
            name: new.owner.name,
            email: new.owner.email,
            role: Role::Owner,
            disabled: false,
            created_at: now,
            version: 1,
        },
        credential: Credential { member: owner, hash, one_time: false, set_at: now },
        accounts,
    })
}

impl Change for WorkspaceOpened {
    type By = OpenWorkspace;

    fn subject(&self) -> Subject {
        Subject::new("workspace", &self.workspace.slug)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.workspace);
        draft.insert(self.business);
        draft.insert(self.owner);
        draft.insert(self.credential);
        for account in self.accounts {
            draft.insert(account);
        }
    }
}
