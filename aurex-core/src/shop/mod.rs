//! The shop: the first domain built on the kernel. Nothing outside this room knows of jewellery.

pub mod identifiers;
pub mod pricing;
