//! A scope built from JSON, or from any other text.

use aurex_core::tenancy::Scope;
use serde::{Deserialize, Deserializer};

fn scope<'b>(body: impl Deserializer<'b>) {
    let _ = Scope::deserialize(body);
}

fn main() {}
