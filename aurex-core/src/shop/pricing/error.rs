//! Why a bill has no price.

use std::fmt;

use crate::{
    measure::MeasureError,
    money::{ArithmeticError, MoneyError},
};

/// Why a bill has no price: what is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricingError {
    /// The line it is wrong in, from zero; none if it is the bill.
    pub line: Option<usize>,
    /// The field it is wrong in.
    pub field: Field,
    /// What is wrong.
    pub problem: Problem,
}

/// A field of a bill or a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The list of lines.
    Lines,
    /// The discount, of the bill or of a line.
    Discount,
    /// The target payable.
    TargetPayable,
    /// The sums at the foot of the bill, or the value of a line, as a whole.
    Total,
    /// What the scale shows.
    Gross,
    /// What is not metal.
    Less,
    /// The fineness.
    Fineness,
    /// The rate.
    Rate,
    /// The wastage.
    Wastage,
    /// The making charge.
    Making,
    /// The list of stones.
    Stones,
    /// One of the stones, from zero.
    Stone(usize),
    /// The list of other charges.
    OtherCharges,
    /// One of the other charges, from zero.
    OtherCharge(usize),
    /// The rate of tax.
    TaxRate,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is none, and one is needed.
    #[error("at least one is needed")]
    Missing,
    /// There are more than the policy takes.
    #[error("at most {most} are allowed")]
    TooMany {
        /// How many it takes.
        most: usize,
    },
    /// It is less than nothing.
    #[error("must not be negative")]
    Negative,
    /// It is nothing, or less.
    #[error("must be positive")]
    NotPositive,
    /// It is a share of more than the whole.
    #[error("must not be more than the whole")]
    MoreThanWhole,
    /// It is more than it is taken from.
    #[error("is more than it is taken from")]
    ExceedsBase,
    /// The stones weigh more than what is taken off the gross weight for them.
    #[error("stones weigh more than the less weight allows for")]
    StonesOutweighLess,
    /// The rate is quoted at another fineness than the line's.
    #[error("rate is quoted at another fineness")]
    FinenessDiffers,
    /// The amount is in another currency than the bill's.
    #[error("currency differs from the bill's")]
    CurrencyDiffers,
    /// The result leaves the range of amounts or weights.
    #[error("result is too large")]
    TooLarge,
}

impl PricingError {
    pub(super) const fn bill(field: Field, problem: Problem) -> Self {
        Self { line: None, field, problem }
    }

    pub(super) const fn line(line: usize, field: Field, problem: Problem) -> Self {
        Self { line: Some(line), field, problem }
    }

    /// The place as a JSON pointer (RFC 6901) into the bill on the wire: `/lines/2/less_mg`.
    #[must_use]
    pub fn pointer(&self) -> String {
        match self.line {
            Some(line) => format!("/lines/{line}{}", self.field),
            None => self.field.to_string(),
        }
    }
}

/// The place within its bill or line, as a JSON pointer; empty for the whole of it.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines => f.write_str("/lines"),
            Self::Discount => f.write_str("/discount"),
            Self::TargetPayable => f.write_str("/target_payable"),
            Self::Total => Ok(()),
            Self::Gross => f.write_str("/gross_mg"),
            Self::Less => f.write_str("/less_mg"),
            Self::Fineness => f.write_str("/fineness_ppm"),
            Self::Rate => f.write_str("/rate"),
            Self::Wastage => f.write_str("/wastage"),
            Self::Making => f.write_str("/making"),
            Self::Stones => f.write_str("/stones"),
            Self::Stone(index) => write!(f, "/stones/{index}"),
            Self::OtherCharges => f.write_str("/other_charges"),
            Self::OtherCharge(index) => write!(f, "/other_charges/{index}"),
            Self::TaxRate => f.write_str("/tax_rate_ppm"),
        }
    }
}

impl fmt::Display for PricingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = self.pointer();
        let place = if pointer.is_empty() { "/" } else { &pointer };
        write!(f, "bill cannot be priced at {place}: {}", self.problem)
    }
}

impl std::error::Error for PricingError {}

impl From<MoneyError> for Problem {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::CurrencyMismatch { .. } => Self::CurrencyDiffers,
            // The policy never divides by zero, asks for exactness or shares out without a weight: what is left is
            // a result out of range.
            _ => Self::TooLarge,
        }
    }
}

impl From<MeasureError> for Problem {
    fn from(_: MeasureError) -> Self {
        Self::TooLarge
    }
}

impl From<ArithmeticError> for Problem {
    fn from(_: ArithmeticError) -> Self {
        Self::TooLarge
    }
}
