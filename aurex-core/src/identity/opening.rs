//! Opening a shop's workspace: what every workspace is [founded](super::founding) with, the shop's particulars and its
//! chart of accounts, all in one change.

use super::actions::OpenWorkspace;
pub use super::founding::NewOwner;
use super::founding::{NewFounding, WorkspaceFounded, decide_founding};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::Account;
use crate::money::Currency;
use crate::shop::business::{Business, Scheme};
use crate::shop::identifiers::{Gstin, StateCode};
use crate::shop::parties::Address;
use crate::tenancy::{MemberId, Slug};
use crate::text::Name;
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

crate::refusals! {
    /// Why a shop's particulars are not accepted. That its name is taken is
    /// [`FoundingRefusal`](super::founding::FoundingRefusal)'s to say.
    pub enum OpeningRefusal {
        /// The first two digits of a GSTIN are its state.
        GstinState = Invalid, "business.gstin_state", "/business/gstin", "the GSTIN belongs to another state";
        /// A share of the last rate.
        RateMove = Invalid, "business.rate_move", "/business/rate_move_ppm", "from 0, where each move takes two people, to 1000000, where a rate may double";
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
    /// What every workspace is founded with.
    pub founded: WorkspaceFounded,
    /// The shop's particulars.
    pub business: Business,
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
            rate_move: Business::RATE_MOVE,
        },
        Some(NewBusiness { legal_name, address, gstin, scheme }) => Business {
            state: new.state,
            legal_name: Some(legal_name),
            address: Some(address),
            gstin,
            scheme,
            version: 1,
            rate_move: Business::RATE_MOVE,
        },
    };
    check_gstin(business.gstin.as_ref(), business.state)?;
    let NewWorkspace { slug, name, currency, zone, owner: founder, .. } = new;
    let founded =
        decide_founding(NewFounding { slug, name, currency, zone, owner: founder }, owner, hash, now);
    Ok(WorkspaceOpened { founded, business, accounts })
}

impl Change for WorkspaceOpened {
    type By = OpenWorkspace;

    fn subject(&self) -> Subject {
        Subject::new("workspace", &self.founded.workspace.slug)
    }

    fn record(self, draft: &mut Draft) {
        let WorkspaceFounded { workspace, owner, credential } = self.founded;
        draft.insert(workspace);
        draft.insert(self.business);
        draft.insert(owner);
        draft.insert(credential);
        for account in self.accounts {
            draft.insert(account);
        }
    }
}
