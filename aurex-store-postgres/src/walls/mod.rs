//! The audit of the walls.

mod raising;

pub use raising::raise_on_foreign_rows;
