//! Who sold and who bought, as the bill says it.
//!
//! A shop moves and a customer marries; a bill that is printed again says what it said on the day of issue. So both are put
//! down with the bill, in its own change. Nothing replaces the row but an erasure, once the law lets the buyer's data go.

use super::bill::InvoiceRefusal;
use super::rows::InvoiceId;
use crate::erasure::ERASED;
use crate::shop::business::{Business, Scheme};
use crate::shop::identifiers::{Gstin, Phone, StateCode};
use crate::shop::parties::{Address, Party, PartyId};
use crate::text::Name;

crate::record! {
    /// What a bill says of its two parties (Rule 46(a), (d), (e) of the CGST Rules; Rule 49 for bills of supply).
    pub struct InvoiceParties in "invoice_parties" {
        /// The bill.
        invoice: InvoiceId = 1 [key],
        /// Who buys.
        party: PartyId = 2,
        /// The shop's legal name.
        seller_name: Name = 3,
        /// Its address.
        seller_address: Address = 4,
        /// Its GSTIN.
        seller_gstin: Option<Gstin> = 5,
        /// The state it is in.
        seller_state: StateCode = 6,
        /// How it stood towards GST.
        scheme: Scheme = 7,
        /// The buyer's name.
        buyer_name: Name = 8 [personal],
        /// Their telephone number.
        buyer_phone: Option<Phone> = 9 [personal],
        /// Their GSTIN, when they were registered.
        buyer_gstin: Option<Gstin> = 10 [personal],
        /// Their state.
        buyer_state: Option<StateCode> = 11,
        /// Their address.
        buyer_address: Option<Address> = 12 [personal],
    }
}

impl InvoiceParties {
    /// Whether nothing is left of the buyer.
    pub fn is_erased(&self) -> bool {
        self.buyer_name.as_str() == ERASED
            && self.buyer_phone.is_none()
            && self.buyer_gstin.is_none()
            && self.buyer_address.is_none()
    }
}

/// What the bill says of the shop and the customer as they are now.
pub(super) fn parties_of(
    invoice: InvoiceId,
    business: &Business,
    party: &Party,
) -> Result<InvoiceParties, InvoiceRefusal> {
    let incomplete = || InvoiceRefusal::BusinessIncomplete { missing: business.missing().join(", ") };
    Ok(InvoiceParties {
        invoice,
        party: party.id,
        seller_name: business.legal_name.clone().ok_or_else(incomplete)?,
        seller_address: business.address.clone().ok_or_else(incomplete)?,
        seller_gstin: business.gstin.clone(),
        seller_state: business.state,
        scheme: business.scheme,
        buyer_name: party.name.clone(),
        buyer_phone: party.phone.clone(),
        buyer_gstin: party.gstin.clone(),
        buyer_state: party.state,
        buyer_address: party.address.clone(),
    })
}
