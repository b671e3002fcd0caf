//! A scope built by `Default`.

use aurex_core::tenancy::Scope;

fn scope() -> Scope {
    Scope::default()
}

fn main() {}
