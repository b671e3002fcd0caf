//! A scope from a store's house: what a store keeps recognises scopes and makes none.

use aurex_core::tenancy::{Authority, House};

fn authority(house: House) -> Authority {
    Authority { house }
}

fn main() {}
