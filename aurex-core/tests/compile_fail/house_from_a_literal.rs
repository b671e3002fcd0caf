//! A house that no authority was established with.

use aurex_core::tenancy::House;

fn house() -> House {
    House(1)
}

fn main() {}
