//! What goes wrong, said one way.
//!
//! Every answer that is not a success has one shape, `application/problem+json` (RFC 9457), and one stable [`Code`]
//! from one catalogue: a client may switch on it and a person may look it up in `docs/problems.md`, which is printed
//! from the same catalogue. What happened inside is for the log alone, joined to the answer by its request id.

mod catalogue;
mod field;
mod page;
mod report;
mod translate;

pub use catalogue::{Code, status_of};
pub use field::{FieldCode, FieldError};
pub use page::page;
pub use report::{CONTENT_TYPE, Problem};
pub use translate::{from_error, from_response};
