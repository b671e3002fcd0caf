//! What the steps ask of every figure, and how a fault finds its field.

use super::{Field, Problem};
use crate::{measure::Ratio, money::Money};

/// A problem and the field it is in; the caller knows the line.
pub(super) type InField<T> = Result<T, (Field, Problem)>;

/// Says which field a failing step belongs to.
pub(super) trait BlameField<T> {
    fn in_field(self, field: Field) -> InField<T>;
}

impl<T, E: Into<Problem>> BlameField<T> for Result<T, E> {
    fn in_field(self, field: Field) -> InField<T> {
        self.map_err(|error| (field, error.into()))
    }
}

pub(super) fn not_negative(amount: Money, field: Field) -> InField<()> {
    if amount.is_negative() { Err((field, Problem::Negative)) } else { Ok(()) }
}

pub(super) fn share_of_whole(ratio: Ratio, field: Field) -> InField<()> {
    match i64::from(ratio.ppm()) {
        ppm if ppm < 0 => Err((field, Problem::Negative)),
        ppm if ppm > Ratio::WHOLE => Err((field, Problem::MoreThanWhole)),
        _ => Ok(()),
    }
}
