//! A permit for one action sealing another's change: who may record a customer does not post a rate.

use aurex_core::{
    audit::Sealed,
    chance::Entropy,
    rbac::Permit,
    shop::{actions::RecordCustomer, rates::RatePosted},
};

fn seal(permit: Permit<'_, RecordCustomer>, change: RatePosted, entropy: &dyn Entropy) -> Sealed {
    permit.seal(change, entropy)
}

fn main() {}
