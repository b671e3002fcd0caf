//! The numbers by which Indian law and trade know a party, an article or a place, each checked once, at the door.
//!
//! INVARIANT: a value of these types is well formed. `Debug` never shows a PAN, a phone number or the PAN inside a
//! GSTIN, because `Debug` is what ends up in logs.

mod error;
mod gstin;
mod hsn;
mod huid;
mod pan;
mod phone;
mod state;

pub use error::IdentifierError;
pub use gstin::Gstin;
pub use hsn::Hsn;
pub use huid::Huid;
pub use pan::Pan;
pub use phone::Phone;
pub use state::{StateCode, StateKind};
