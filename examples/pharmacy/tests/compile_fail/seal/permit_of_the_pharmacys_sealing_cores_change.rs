//! A permit of the pharmacy's own action, sealing a change of core's.

use aurex_core::{audit::Sealed, chance::Entropy, identity::founding::WorkspaceFounded, rbac::Permit};
use aurex_pharmacy::actions::ReceiveMedicine;

fn seal(permit: Permit<'_, ReceiveMedicine>, change: WorkspaceFounded, entropy: &dyn Entropy) -> Sealed {
    permit.seal(change, entropy)
}

fn main() {}
