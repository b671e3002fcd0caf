//! The rate board: today's metal rates, append-only. A correction supersedes; nothing is edited.

use crate::measure::{Fineness, Mass, Metal, Rate, RateKind};
use crate::money::Money;
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
    }
}

impl PostedRate {
    /// The quote itself.
    ///
    /// # Errors
    /// When the stored numbers are no rate, which only a damaged store can cause.
    pub fn quote(&self) -> Result<Rate, crate::measure::RateError> {
        Rate::new(self.amount, self.per, self.fineness)
    }
}
