//! An issued bill as the e-invoice that is registered with the tax administration: Form GST INV-01, schema 1.1.
//!
//! The portal takes what is here and answers with a number (IRN) and a signed code; we make the document and send it
//! nowhere. Every text and number is held against the limits of the published schema, so that what is refused is refused
//! here, by the name of its field, and not by the portal at the end of a day.

mod document;
mod place;
mod write;

#[cfg(test)]
#[cfg(feature = "conformance")]
mod tests;

pub use document::{EInvoice, EInvoiceRefusal, SCHEMA, e_invoice};
