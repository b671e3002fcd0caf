//! Money: exact integer amounts of a named currency, and the arithmetic that never loses a paisa unasked.
//!
//! INVARIANT: nothing here rounds without being handed a [`Rounding`], wraps, clamps or panics. A clamped debit
//! and a clamped credit cancel to zero and hide the mistake, so an overflow is an error and stays one.

mod allocation;
mod amount;
mod arithmetic;
mod currency;
mod decimal;
mod format;
mod parse;
mod rounding;
mod words;

pub use allocation::{AllocationError, allocate};
pub use amount::{Money, MoneyError};
pub use arithmetic::{ArithmeticError, LARGEST_EXACT, mul_div, round_to_multiple};
pub use currency::{Currency, UnknownCurrency};
pub use decimal::{DecimalError, parse_decimal, print_decimal};
pub use format::{Grouping, Label};
pub use parse::ParseMoneyError;
pub use rounding::Rounding;
