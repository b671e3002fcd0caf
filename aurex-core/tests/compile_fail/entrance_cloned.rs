//! An entrance kept for later by a handler that was lent it.

use aurex_core::tenancy::Trusted;

fn keep(trusted: &Trusted) -> Trusted {
    trusted.clone()
}

fn main() {}
