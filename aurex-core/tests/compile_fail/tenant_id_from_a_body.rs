//! A tenant id taken from a request body, JSON or any other.

use aurex_core::tenancy::TenantId;
use serde::{Deserialize, Deserializer};

fn tenant<'b>(body: impl Deserializer<'b>) {
    let _ = TenantId::deserialize(body);
}

fn main() {}
