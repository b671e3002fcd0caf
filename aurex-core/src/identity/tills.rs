//! Shared tills: one device at the counter, several cashiers, each with a number of their own.

use crate::tenancy::{MemberId, TillId};
use crate::text::Name;
use crate::time::Timestamp;

crate::record! {
    /// A device that was enrolled as a shared till.
    pub struct Till in "till" {
        /// Its id.
        id: TillId = 1 [key],
        /// What people call it.
        name: Name = 2,
        /// SHA-256 of the token in its browser.
        token_hash: [u8; 32] = 3 [secret],
        /// Who enrolled it.
        enrolled_by: MemberId = 4,
        /// When.
        enrolled_at: Timestamp = 5,
        /// When it was revoked, if it was.
        revoked_at: Option<Timestamp> = 6,
    }
}
