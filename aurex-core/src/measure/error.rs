//! Why a measure is refused.

use crate::money::{ArithmeticError, DecimalError};

/// Why an operation on measures has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// A weight would leave ±(2^53 − 1) of its unit.
    #[error("weight is out of range")]
    MassOutOfRange,
    /// A fineness lies between 1 and 1 000 000 parts per million.
    #[error("fineness must lie between 1 and 1000000 parts per million")]
    FinenessOutOfRange,
    /// A ratio does not fit 32 bits of parts per million.
    #[error("ratio is out of range")]
    RatioOutOfRange,
    /// A multiplication, division or rounding has no answer.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// Why a text is not a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseMeasureError {
    /// The number is not written strictly, or has more decimals than its unit.
    #[error(transparent)]
    Number(#[from] DecimalError),
    /// The number is read, but no such measure exists.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}
