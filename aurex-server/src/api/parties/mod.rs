//! Whom the shop deals with: customers, suppliers, goldsmiths.

mod customers;
mod form;
mod goldsmiths;
mod openings;
mod suppliers;

pub use customers::Customers;
pub(super) use form::touched;
#[cfg(feature = "fuzzing")]
pub use form::{CustomerPatchBody, NewCustomerBody};
pub use goldsmiths::GoldsmithsRoom;
#[cfg(feature = "fuzzing")]
pub use openings::NewOpeningBody;
pub use openings::Openings;
pub use suppliers::SuppliersRoom;
