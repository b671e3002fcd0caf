//! A tenant id taken from a path or a header.

use aurex_core::tenancy::TenantId;
use std::str::FromStr;

fn tenant(text: &str) {
    let _ = TenantId::from_str(text);
}

fn main() {}
