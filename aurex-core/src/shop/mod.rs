//! The shop: the first domain built on the kernel, a jeweller's. Nothing outside this room knows of jewellery.
//!
//! Each room holds its rows, its refusals and its pure decisions: from what is known to what shall change.

pub mod accounts;
pub mod actions;
pub mod bookings;
pub mod books;
pub mod business;
pub mod cash;
mod columns;
pub mod e_invoice;
pub mod identifiers;
pub mod invoices;
pub mod law;
pub mod metal;
pub mod notes;
pub mod parties;
pub mod payments;
pub mod pricing;
pub mod print;
pub mod rates;
pub mod receipts;
pub mod refunds;
pub mod stock;
pub mod tables;
pub mod undo;
pub mod vouchers;
