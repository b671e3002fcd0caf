//! One permit sealing two changes.

use aurex_core::{
    audit::Sealed,
    chance::Entropy,
    rbac::Permit,
    shop::{actions::PostRate, rates::RatePosted},
};

fn seal(permit: Permit<'_, PostRate>, [one, two]: [RatePosted; 2], entropy: &dyn Entropy) -> [Sealed; 2] {
    [permit.seal(one, entropy), permit.seal(two, entropy)]
}

fn main() {}
