//! Who somebody is.

pub mod member;
