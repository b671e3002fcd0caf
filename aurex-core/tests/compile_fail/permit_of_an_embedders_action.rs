//! An embedder's own action, held by whom they please, sealing core's change.

use aurex_core::{audit::Sealed, chance::Entropy, rbac::Permit, shop::rates::RatePosted};

aurex_core::action! { /// Do as one pleases.
pub struct Anything = "anything.do"; owner, admin, manager, cashier, accountant, auditor }

fn seal(permit: Permit<'_, Anything>, change: RatePosted, entropy: &dyn Entropy) -> Sealed {
    permit.seal(change, entropy)
}

fn main() {}
