//! The shop's own particulars: what the law wants on a bill.

use super::identifiers::{Gstin, StateCode};
use super::parties::Address;
use crate::measure::Ratio;
use crate::text::Name;

crate::codes! {
    /// How the shop stands towards GST.
    pub enum Scheme {
        /// Registered: tax invoices.
        Regular = "regular",
        /// Composition: bills of supply without tax.
        Composition = "composition",
        /// Not registered: bills of supply without tax.
        Unregistered = "unregistered",
    }
}

crate::record! {
    /// The shop's particulars. A taxed bill is refused until they are complete.
    pub struct Business in "business" {
        /// The state it is in.
        state: StateCode = 1,
        /// Its legal name.
        legal_name: Option<Name> = 2,
        /// Its address.
        address: Option<Address> = 3,
        /// Its GSTIN.
        gstin: Option<Gstin> = 4,
        /// How it stands towards GST.
        scheme: Scheme = 5,
        /// Counts changes; the ETag.
        version: u32 = 6,
        /// How far one person may move a rate from the last one; further takes a second.
        rate_move: Ratio = 7,
    }
}

impl Business {
    /// How far a shop that has said nothing lets one person move a rate: a quarter. No market moves so far in a day, and a
    /// digit too many or too few does.
    pub const RATE_MOVE: Ratio = Ratio::from_ppm(250_000);

    /// What is missing before a bill can be issued, as the names of the fields.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.legal_name.is_none() {
            missing.push("legal_name");
        }
        if self.address.is_none() {
            missing.push("address");
        }
        if self.gstin.is_none() && self.scheme != Scheme::Unregistered {
            missing.push("gstin");
        }
        missing
    }
}
