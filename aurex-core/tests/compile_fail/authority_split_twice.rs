//! Four more entrances after the four.

use aurex_core::tenancy::{Authority, Entrances};

fn split(authority: Authority) -> [Entrances; 2] {
    [authority.split(), authority.split()]
}

fn main() {}
