//! A rate as it was posted.

use crate::measure::{Fineness, Mass, Metal, Rate, RateBasis, RateError, RateKind};
use crate::money::{Money, Rounding};
use crate::text::Note;
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A posted rate.
    RateId = "rat";
}
crate::id_columns!(RateId);

crate::record! {
    /// A rate as it was posted. The current one for a business date is the last posted for it.
    pub struct PostedRate in "rate" {
        /// Its id.
        id: RateId = 1 [key],
        /// The metal.
        metal: Metal = 2,
        /// The fineness it is quoted for.
        fineness: Fineness = 3,
        /// What it is for.
        kind: RateKind = 4,
        /// The quoted amount.
        amount: Money = 5,
        /// The quoted weight: 1 g, 8 g, 10 g, 1 kg. Never pre-divided.
        per: Mass = 6,
        /// The day it is for.
        business_date: Date = 7,
        /// Since when it is current.
        effective_from: Timestamp = 8,
        /// The rate of the same day that it supersedes.
        supersedes: Option<RateId> = 9,
        /// How the rates of lower finenesses follow from it; by hand, they do not.
        basis: RateBasis = 10,
        /// The multiple, in minor units, to which rates that follow from it are rounded for the same weight; without one
        /// they are exact.
        multiple: Option<i64> = 11,
        /// Why the shop buys for more than it sells for.
        reason: Option<Note> = 12,
    }
}

impl PostedRate {
    /// The quote itself.
    ///
    /// # Errors
    /// When the stored numbers are no rate, which only a damaged store can cause.
    pub fn quote(&self) -> Result<Rate, RateError> {
        Rate::new(self.amount, self.per, self.fineness)
    }

    /// What follows from it for another fineness: exactly, or as a trade table prints it where it has a multiple.
    ///
    /// # Errors
    /// [`RateError::QuotedByHand`], [`RateError::NoKarat`], or out of range.
    pub fn derived(&self, fineness: Fineness) -> Result<Rate, RateError> {
        let quote = self.quote()?;
        match self.multiple {
            None => quote.derive_exact(fineness, self.basis),
            Some(multiple) => quote.derive_quoted(fineness, self.basis, multiple, Rounding::HalfAwayFromZero),
        }
    }
}
