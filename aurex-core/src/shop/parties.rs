//! Parties: customers, suppliers, goldsmiths. Merged, never deleted, once anything is posted.

mod opening;
mod search;
mod table;

use std::marker::PhantomData;

use super::actions;
use super::identifiers::{Gstin, Pan, Phone, StateCode};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::Account;
use crate::rbac::Action;
use crate::text::{Email, Label, Name, Text};
use crate::time::Timestamp;

pub use opening::{
    NewOpening, OPENING, Opening, OpeningKnown, OpeningPosted, OpeningRefusal, OpeningSide, decide_open,
};
pub use search::{PartySearch, words_of};
pub use table::{PARTY_COLUMNS, PartyRow, party_of_row};

/// A postal address on one line or several joined by commas.
pub type Address = Text<500>;

crate::ids! {
    /// A party: customer, supplier, goldsmith. `cus` for all of them: ids are opaque, and a party keeps its own.
    PartyId = "cus";
}
crate::id_columns!(PartyId);

crate::codes! {
    /// What somebody is to the shop.
    pub enum PartyKind {
        /// Buys, and sells old metal.
        Customer = "customer",
        /// Sells to the shop.
        Supplier = "supplier",
        /// Makes what the shop gives metal for.
        Goldsmith = "goldsmith",
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

crate::codes! {
    /// A document that somebody is known by.
    pub enum IdentityKind {
        /// Aadhaar.
        Aadhaar = "aadhaar",
        /// PAN card.
        Pan = "pan",
        /// Voter's card.
        VoterId = "voter_id",
        /// Driving licence.
        DrivingLicence = "driving_licence",
        /// Passport.
        Passport = "passport",
    }
}

crate::nested! {
    /// The document that somebody was known by. Its number stands on the copy that the shop files; here are the last four
    /// characters, by which that copy is found.
    pub struct Identity {
        /// Which document.
        document: IdentityKind,
        /// The last four characters of its number.
        last_four: Label,
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
        /// The document they were known by: whoever sells old metal has shown one.
        identity: Option<Identity> = 12 [personal],
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
    /// The document they were known by.
    pub identity: Option<Identity>,
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
    /// The document they were known by.
    pub identity: Option<Option<Identity>>,
}

crate::refusals! {
    /// Why somebody is not recorded as asked.
    pub enum PartyRefusal {
        /// A GSTIN contains its holder's PAN.
        PanDisagrees = Invalid, "customer.pan_disagrees", "/pan", "the PAN is not the one inside the GSTIN";
        /// The last four of a document's number are four letters or digits.
        Identity = Invalid, "customer.identity_malformed", "/identity/last_four", "the last four are four letters or digits";
    }
}

/// One kind of party, with the actions that keep it: who may record a customer may not for that reason record a supplier.
pub trait Kept: Send + Sync + 'static {
    /// The kind.
    const KIND: PartyKind;
    /// The noun that the log and refusals call them by.
    const NOUN: &'static str;
    /// Sees them.
    type Read: Action;
    /// Records one.
    type Record: Action;
    /// Changes one.
    type Change: Action;
    /// Sees what passed between them and the shop.
    type Statement: Action;
}

macro_rules! kept {
    ($($(#[$meta:meta])* $Kind:ident = $Variant:ident, $noun:literal, $Read:ident, $Record:ident, $Change:ident, $Statement:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub enum $Kind {}

        impl Kept for $Kind {
            const KIND: PartyKind = PartyKind::$Variant;
            const NOUN: &'static str = $noun;
            type Read = actions::$Read;
            type Record = actions::$Record;
            type Change = actions::$Change;
            type Statement = actions::$Statement;
        }
    )*};
}
kept! {
    /// Customers.
    Customers = Customer, "customer", ReadCustomers, RecordCustomer, ChangeCustomer, ReadStatement;
    /// Suppliers.
    Suppliers = Supplier, "supplier", ReadSuppliers, RecordSupplier, ChangeSupplier, ReadSuppliers;
    /// Goldsmiths.
    Goldsmiths = Goldsmith, "goldsmith", ReadGoldsmiths, RecordGoldsmith, ChangeGoldsmith, ReadGoldsmiths;
}

/// Somebody was recorded, with accounts of their own.
#[derive(Debug, Clone)]
pub struct PartyRecorded<K> {
    /// The party.
    pub party: Party,
    accounts: Vec<Account>,
    kind: PhantomData<K>,
}

/// Somebody was changed.
#[derive(Debug, Clone)]
pub struct PartyChanged<K> {
    before: Party,
    /// The party as it shall be.
    pub after: Party,
    kind: PhantomData<K>,
}

fn check_pan(gstin: Option<&Gstin>, pan: Option<&Pan>) -> Result<(), PartyRefusal> {
    match (gstin, pan) {
        (Some(gstin), Some(pan)) if gstin.pan().reveal() != pan.reveal() => Err(PartyRefusal::PanDisagrees),
        _ => Ok(()),
    }
}

/// The last four characters of a number are four letters or digits, whatever the document.
fn check_identity(identity: Option<&Identity>) -> Result<(), PartyRefusal> {
    let is_four = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    match identity {
        Some(identity) if !is_four(identity.last_four.as_str()) => Err(PartyRefusal::Identity),
        _ => Ok(()),
    }
}

/// Decides about recording somebody. `pan` is the new party's PAN as the vault sealed it, `accounts` the ones opened
/// for them.
///
/// # Errors
/// [`PartyRefusal`].
pub fn decide_record<K: Kept>(
    new: &NewParty,
    pan: Option<SealedPan>,
    accounts: Vec<Account>,
    id: PartyId,
    now: Timestamp,
) -> Result<PartyRecorded<K>, PartyRefusal> {
    check_pan(new.gstin.as_ref(), new.pan.as_ref())?;
    check_identity(new.identity.as_ref())?;
    let party = Party {
        id,
        kind: K::KIND,
        name: new.name.clone(),
        phone: new.phone.clone(),
        email: new.email.clone(),
        gstin: new.gstin.clone(),
        pan,
        state: new.state.or_else(|| new.gstin.as_ref().map(Gstin::state)),
        address: new.address.clone(),
        created_at: now,
        version: 1,
        identity: new.identity.clone(),
    };
    Ok(PartyRecorded { party, accounts, kind: PhantomData })
}

/// Decides about changing somebody. `pan` is the patch's PAN as the vault sealed it.
///
/// # Errors
/// [`PartyRefusal`].
pub fn decide_change<K: Kept>(
    before: &Party,
    patch: &PartyPatch,
    pan: Option<SealedPan>,
) -> Result<PartyChanged<K>, PartyRefusal> {
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
    if let Some(identity) = &patch.identity {
        check_identity(identity.as_ref())?;
        after.identity = identity.clone();
    }
    if let Some(wanted) = &patch.pan {
        check_pan(after.gstin.as_ref(), wanted.as_ref())?;
        after.pan = pan;
    }
    if after != *before {
        after.version = before.version.saturating_add(1);
    }
    Ok(PartyChanged { before: before.clone(), after, kind: PhantomData })
}

impl<K: Kept> Change for PartyRecorded<K> {
    type By = K::Record;

    fn subject(&self) -> Subject {
        Subject::new(K::NOUN, self.party.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.party);
        for account in self.accounts {
            draft.insert(account);
        }
    }
}

impl<K: Kept> Change for PartyChanged<K> {
    type By = K::Change;

    fn subject(&self) -> Subject {
        Subject::new(K::NOUN, self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
    }
}

impl<K> PartyChanged<K> {
    /// Whether nothing is different.
    pub fn is_nothing(&self) -> bool {
        self.before == self.after
    }
}
