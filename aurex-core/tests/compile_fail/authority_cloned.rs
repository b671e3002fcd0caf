//! A second authority over one store.

use aurex_core::tenancy::Authority;

fn double(authority: Authority) -> [Authority; 2] {
    [authority.clone(), authority]
}

fn main() {}
