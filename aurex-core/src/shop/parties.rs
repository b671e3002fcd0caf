//! Parties: customers first. Merged, never deleted, once anything is posted.

use super::identifiers::{Gstin, Pan, Phone, StateCode};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::Account;
use crate::text::{Email, Name, Text};
use crate::time::Timestamp;

/// A postal address on one line or several joined by commas.
pub type Address = Text<500>;

crate::ids! {
    /// A party: customer, supplier, goldsmith.
    PartyId = "cus";
}
crate::id_columns!(PartyId);

crate::codes! {
    /// What somebody is to the shop.
    pub enum PartyKind {
        /// Buys.
        Customer = "customer",
    }
}

crate::nested! {
    /// A PAN as it is kept: sealed, with its last four for showing and a keyed hash for finding.
    pub struct SealedPan {
        /// The sealed number.
        sealed: Vec<u8>,
        /// Its last four characters.
        last_four: String,
        /// A keyed hash, equal for equal numbers of one workspace.
        lookup: [u8; 16],
    }
}

crate::record! {
    /// Somebody the shop deals with.
    pub struct Party in "party" {
        /// Its id.
        id: PartyId = 1 [key],
        /// What it is to the shop.
        kind: PartyKind = 2,
        /// Its name.
        name: Name = 3 [personal],
        /// Its telephone number.
        phone: Option<Phone> = 4 [personal],
        /// Its email address.
        email: Option<Email> = 5 [personal],
        /// Its GSTIN, when it is registered.
        gstin: Option<Gstin> = 6 [personal],
        /// Its PAN, sealed.
        pan: Option<SealedPan> = 7 [personal],
        /// The state it takes delivery in, recorded with the address.
        state: Option<StateCode> = 8,
        /// Its address.
        address: Option<Address> = 9 [personal],
        /// When it was first recorded.
        created_at: Timestamp = 10,
        /// Counts changes; the ETag.
        version: u32 = 11,
    }
}

/// Somebody to be recorded.
#[derive(Debug, Clone)]
pub struct NewParty {
    /// The name.
    pub name: Name,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The email address.
    pub email: Option<Email>,
    /// The GSTIN, when registered.
    pub gstin: Option<Gstin>,
    /// The PAN; it is sealed before anything is written.
    pub pan: Option<Pan>,
    /// The state of delivery; a GSTIN's own when none is named.
    pub state: Option<StateCode>,
    /// The address.
    pub address: Option<Address>,
}

/// What shall be different about somebody. The outer `Option` says whether the field is touched.
#[derive(Debug, Clone, Default)]
pub struct PartyPatch {
    /// The name.
    pub name: Option<Name>,
    /// The telephone number.
    pub phone: Option<Option<Phone>>,
    /// The email address.
    pub email: Option<Option<Email>>,
    /// The GSTIN.
    pub gstin: Option<Option<Gstin>>,
    /// The PAN.
    pub pan: Option<Option<Pan>>,
    /// The state of delivery.
    pub state: Option<Option<StateCode>>,
    /// The address.
    pub address: Option<Option<Address>>,
}

crate::refusals! {
    /// Why somebody is not recorded as asked.
    pub enum PartyRefusal {
        /// A GSTIN contains its holder's PAN.
        PanDisagrees = Invalid, "customer.pan_disagrees", "/pan", "the PAN is not the one inside the GSTIN";
    }
}

/// Somebody was recorded, with an account of their own.
#[derive(Debug, Clone)]
pub struct PartyRecorded {
    /// The party.
    pub party: Party,
    account: Account,
}

/// Somebody was changed.
#[derive(Debug, Clone)]
pub struct PartyChanged {
    before: Party,
    /// The party as it shall be.
    pub after: Party,
}

fn check_pan(gstin: Option<&Gstin>, pan: Option<&Pan>) -> Result<(), PartyRefusal> {
    match (gstin, pan) {
        (Some(gstin), Some(pan)) if gstin.pan().reveal() != pan.reveal() => Err(PartyRefusal::PanDisagrees),
        _ => Ok(()),
    }
}

/// Decides about recording somebody. `pan` is the new party's PAN as the vault sealed it, `account` the one opened for
/// them.
///
/// # Errors
/// [`PartyRefusal`].
pub fn decide_record(
    new: &NewParty,
    pan: Option<SealedPan>,
    account: Account,
    id: PartyId,
    now: Timestamp,
) -> Result<PartyRecorded, PartyRefusal> {
    check_pan(new.gstin.as_ref(), new.pan.as_ref())?;
    let party = Party {
        id,
        kind: PartyKind::Customer,
        name: new.name.clone(),
        phone: new.phone.clone(),
        email: new.email.clone(),
        gstin: new.gstin.clone(),
        pan,
        state: new.state.or_else(|| new.gstin.as_ref().map(Gstin::state)),
        address: new.address.clone(),
        created_at: now,
        version: 1,
    };
    Ok(PartyRecorded { party, account })
}

/// Decides about changing somebody. `pan` is the patch's PAN as the vault sealed it.
///
/// # Errors
/// [`PartyRefusal`].
pub fn decide_change(
    before: &Party,
    patch: &PartyPatch,
    pan: Option<SealedPan>,
) -> Result<PartyChanged, PartyRefusal> {
    let mut after = before.clone();
    if let Some(name) = &patch.name {
        after.name = name.clone();
    }
    if let Some(phone) = &patch.phone {
        after.phone = phone.clone();
    }
    if let Some(email) = &patch.email {
        after.email = email.clone();
    }
    if let Some(gstin) = &patch.gstin {
        after.gstin = gstin.clone();
    }
    if let Some(state) = patch.state {
        after.state = state;
    }
    if let Some(address) = &patch.address {
        after.address = address.clone();
    }
    if let Some(wanted) = &patch.pan {
        check_pan(after.gstin.as_ref(), wanted.as_ref())?;
        after.pan = pan;
    }
    if after != *before {
        after.version = before.version.saturating_add(1);
    }
    Ok(PartyChanged { before: before.clone(), after })
}

impl Change for PartyRecorded {
    type By = super::actions::RecordCustomer;

    fn subject(&self) -> Subject {
        Subject::new("customer", self.party.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.party);
        draft.insert(self.account);
    }
}

impl Change for PartyChanged {
    type By = super::actions::ChangeCustomer;

    fn subject(&self) -> Subject {
        Subject::new("customer", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
    }
}

impl PartyChanged {
    /// Whether nothing is different.
    pub fn is_nothing(&self) -> bool {
        self.before == self.after
    }
}
