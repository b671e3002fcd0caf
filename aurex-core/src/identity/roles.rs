//! Custom roles: a workspace's own narrower editions of the built-in ones.

use crate::rbac::Role;
use crate::tenancy::CustomRoleId;
use crate::text::Name;
use crate::time::Timestamp;

crate::nested! {
    /// A cap on one limit of the base role.
    pub struct RoleCap {
        /// Which limit, `discount_ppm` for example.
        name: String,
        /// The most, in the limit's own unit.
        most: i64,
    }
}

crate::record! {
    /// A workspace's own role. It only ever takes away from its base.
    pub struct CustomRole in "custom_role" {
        /// Its id.
        id: CustomRoleId = 1 [key],
        /// What people call it.
        name: Name = 2,
        /// The built-in role that it narrows.
        base: Role = 3,
        /// The codes of the actions that it takes away.
        withheld: Vec<String> = 4,
        /// Caps on the base role's limits.
        caps: Vec<RoleCap> = 5,
        /// Whether it is given to nobody any more.
        retired: bool = 6,
        /// When it was made.
        created_at: Timestamp = 7,
        /// Counts changes; the ETag.
        version: u32 = 8,
    }
}
