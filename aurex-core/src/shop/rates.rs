//! The rate board: today's metal rates, append-only. A correction supersedes; nothing is edited.

use crate::measure::{Fineness, Mass, Metal, Rate, RateKind, Ratio};
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

/// A rate to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRate {
    /// The metal.
    pub metal: Metal,
    /// The fineness it is quoted for.
    pub fineness: Fineness,
    /// What it is for.
    pub kind: RateKind,
    /// The quoted amount.
    pub amount: Money,
    /// The quoted weight.
    pub per: Mass,
}

/// What is known when a rate is posted.
#[derive(Debug, Clone, Default)]
pub struct RatesKnown {
    /// The current rate of the same metal, fineness and kind, which the new one supersedes.
    pub current: Option<PostedRate>,
    /// The current selling rate when a buying rate is posted, and the other way round.
    pub counterpart: Option<PostedRate>,
}

crate::refusals! {
    /// Why a rate is not posted.
    pub enum RateRefusal {
        /// Nothing, or less, is no price.
        NotPositive = Invalid, "rate.not_positive", "/amount", "a rate is more than nothing";
        /// No weight, or less, is no quantity.
        NoWeight = Invalid, "rate.no_weight", "/per_mg", "a rate is for more than no weight";
        /// The books have one currency.
        OtherCurrency = Invalid, "rate.other_currency", "/amount/currency", "the books are kept in another currency";
        /// Buying above selling loses money on every gram.
        BuyAboveSell = Conflict, "rate.buy_above_sell", "/amount", "the buying rate would be above the selling rate";
    }
}

/// A rate was posted.
#[derive(Debug, Clone)]
pub struct RatePosted {
    /// The rate.
    pub rate: PostedRate,
}

/// Decides about posting a rate for today.
///
/// # Errors
/// [`RateRefusal`].
pub fn decide_post(
    new: &NewRate,
    known: &RatesKnown,
    currency: crate::money::Currency,
    id: RateId,
    now: Timestamp,
    today: Date,
) -> Result<RatePosted, RateRefusal> {
    if new.amount.currency() != currency {
        return Err(RateRefusal::OtherCurrency);
    }
    if new.amount.minor() <= 0 {
        return Err(RateRefusal::NotPositive);
    }
    if new.per.mg() <= 0 {
        return Err(RateRefusal::NoWeight);
    }
    if let Some(other) = &known.counterpart {
        let new_is_dearer = |a: (Money, Mass), b: (Money, Mass)| {
            // a/per_a > b/per_b, multiplied out: quotes are never pre-divided.
            i128::from(a.0.minor()) * i128::from(b.1.mg()) > i128::from(b.0.minor()) * i128::from(a.1.mg())
        };
        let (this, that) = ((new.amount, new.per), (other.amount, other.per));
        let crossed = match new.kind {
            RateKind::Buy => new_is_dearer(this, that),
            RateKind::Sell => new_is_dearer(that, this),
            RateKind::Exchange => false,
        };
        if crossed {
            return Err(RateRefusal::BuyAboveSell);
        }
    }
    let rate = PostedRate {
        id,
        metal: new.metal,
        fineness: new.fineness,
        kind: new.kind,
        amount: new.amount,
        per: new.per,
        business_date: today,
        effective_from: now,
        supersedes: known.current.as_ref().map(|rate| rate.id),
    };
    Ok(RatePosted { rate })
}

impl crate::audit::Change for RatePosted {
    type By = super::actions::PostRate;

    fn subject(&self) -> crate::audit::Subject {
        crate::audit::Subject::new("rate", self.rate.id)
    }

    fn record(self, draft: &mut crate::audit::Draft) {
        draft.insert(self.rate);
    }
}

/// Whether `said` lies further from the board's rate than `limit` of it, either way: |said/per − board/per| > board/per ×
/// limit, multiplied out so that nothing is rounded.
pub(super) fn departs_beyond(said: &Rate, board: &Rate, limit: Ratio) -> bool {
    let said_by = i128::from(said.amount().minor()).checked_mul(i128::from(board.per().mg()));
    let board_by = i128::from(board.amount().minor()).checked_mul(i128::from(said.per().mg()));
    let Some((said, board)) = said_by.zip(board_by) else { return true };
    let departs = said.abs_diff(board).checked_mul(1_000_000);
    let allowed = board.unsigned_abs().checked_mul(u128::from(limit.ppm().unsigned_abs()));
    match (departs, allowed) {
        (Some(departs), Some(allowed)) => departs > allowed,
        _ => true,
    }
}
