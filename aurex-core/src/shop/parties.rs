//! Parties: customers first. Merged, never deleted, once anything is posted.

use super::identifiers::{Gstin, Phone, StateCode};
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
