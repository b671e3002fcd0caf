//! One permit made two.

use aurex_core::{rbac::Permit, shop::actions::PostRate};

fn double(permit: Permit<'_, PostRate>) -> [Permit<'_, PostRate>; 2] {
    [permit.clone(), permit]
}

fn main() {}
