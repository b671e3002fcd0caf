//! Tables that people bring: from comma-separated text to the rows that core reads.

mod table;

pub use table::{Brought, read};
