//! Whom the shop deals with: customers, suppliers, goldsmiths.

mod customers;
mod form;
mod goldsmiths;
mod suppliers;

pub use customers::Customers;
pub(super) use form::touched;
#[cfg(feature = "fuzzing")]
pub use form::{CustomerPatchBody, NewCustomerBody};
pub use goldsmiths::GoldsmithsRoom;
pub use suppliers::SuppliersRoom;
