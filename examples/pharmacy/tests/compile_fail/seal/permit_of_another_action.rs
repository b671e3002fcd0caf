//! A permit to dispense, sealing a delivery.

use aurex_core::{audit::Sealed, chance::Entropy, rbac::Permit};
use aurex_pharmacy::{actions::DispenseMedicine, receive::BatchReceived};

fn seal(permit: Permit<'_, DispenseMedicine>, change: BatchReceived, entropy: &dyn Entropy) -> Sealed {
    permit.seal(change, entropy)
}

fn main() {}
