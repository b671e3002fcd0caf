//! Weights, purities and rates: what a jeweller's scale, touchstone and rate board say, as exact integers.
//!
//! INVARIANT: fine weight never rounds. A milligram times a part per million is a nanogram, so mass × fineness is
//! an integer product; metal ledgers balance to the nanogram because nothing in them was ever rounded.

mod error;
mod fineness;
mod metal;
mod quantity;
mod rate;
mod rate_terms;
mod ratio;

pub use error::{MeasureError, ParseMeasureError};
pub use fineness::Fineness;
pub use metal::{Metal, UnknownMetal};
pub use quantity::{FineMass, Mass, StoneMass};
pub use rate::{Rate, RateError};
pub use rate_terms::{RateBasis, RateKind};
pub use ratio::Ratio;
