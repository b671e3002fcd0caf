//! Erasing somebody's personal data: how it stands, asking for it. Approving it is
//! [`approve`](super::access::approve), as for everything that a second person lets happen. What has passed its class
//! goes by itself.
//!
//! | file | idea |
//! |---|---|
//! | `customer` | a customer's data |
//! | `member` | a former member's data |
//! | `found` | where in the log it stands |
//! | `expiring` | what goes by itself |

#[cfg(feature = "shop")]
mod customer;
mod expiring;
mod found;
mod member;

#[cfg(feature = "shop")]
pub(super) use customer::known_customer;
#[cfg(feature = "shop")]
pub use customer::{ask_customer_erasure, customer_erasure};
pub use expiring::{Expiring, Retained, expire_personal, retained};
pub(super) use member::known_member;
pub use member::{ask_member_erasure, member_erasure};
