//! Request bodies: read within bounds, parsed strictly, decoded with every error at its place.
//!
//! The framework's own JSON extractor reads a body of any length, takes the last of two equal keys, stops at the first
//! mistake and repeats the offending value in its answer. Here a body becomes a tree first ([`json`]), then a type
//! ([`Decode`]): unknown, missing and repeated fields are refused, numbers are whole numbers, all errors are collected
//! with their JSON pointers, and no value is ever repeated.
//!
//! Types are written with three macros: [`request!`](crate::http::body::request) for objects,
//! [`choice!`](crate::http::body::choice) for one of a few words, [`union!`](crate::http::body::union) for objects
//! that come in kinds. Each also yields the schema in the OpenAPI document, so that the two cannot drift apart.

mod bool;
mod choice;
mod decode;
mod errors;
mod extract;
pub mod json;
mod leaves;
mod list;
mod node;
mod number;
mod optional;
mod request;
mod text;
mod union;

pub use decode::{Decode, Property, object_schema, schema_name};
pub use errors::{Errors, Fields};
#[cfg(feature = "fuzzing")]
pub(crate) use extract::decode;
pub use extract::{Body, DEFAULT_LIMIT, READ_DEADLINE};
pub use leaves::{Leaf, Leaves};
pub use list::List;
pub use node::Node;
pub use number::Int;
pub use optional::{Patch, Replace};
pub use text::{Contents, Paragraph, Secret, Text};

#[doc(inline)]
pub use crate::{choice, request, union};
#[doc(hidden)]
pub use union::{mark_by_presence, mark_by_tag, union_schema};
