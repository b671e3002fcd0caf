//! A tenant id taken from an id that a request can carry.

use aurex_core::tenancy::{MemberId, TenantId};

fn tenant(member: MemberId) -> TenantId {
    TenantId::from(member)
}

fn main() {}
