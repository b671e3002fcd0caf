//! What several benches measure: the same bill, so that their figures speak of the same thing.

mod bill;

pub use bill::{bill, rupees};
