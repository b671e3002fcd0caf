//! The audit log: every change leaves an entry, and no entry leaves the log unnoticed.
//!
//! [`tree`] is the arithmetic that makes the second half of that sentence checkable by somebody else.

pub mod tree;
