//! The board of a day: what was posted, and what follows from it.

use std::collections::BTreeSet;

use super::PostedRate;
use crate::measure::{Fineness, Metal, Rate, RateBasis, RateKind};
use crate::shop::law::GRADES;

/// A rate on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardRate<'a> {
    /// The rate.
    pub rate: Rate,
    /// The posted rate that it is, or follows from.
    pub posted: &'a PostedRate,
}

impl BoardRate<'_> {
    /// Whether it was not posted itself.
    #[must_use]
    pub fn is_derived(&self) -> bool {
        self.rate.fineness() != self.posted.fineness
    }
}

/// The rate of a metal and fineness on a board, `rates`, that has at most one of each kind, metal and fineness.
///
/// The one posted for it; else what follows from the finest posted rate that says how. Nothing finer follows from a rate.
///
/// ```
/// # use aurex_core::money::{Currency, Money, Rounding};
/// # use aurex_core::time::{Timestamp, parse_date};
/// # use aurex_core::tenancy::Id as _;
/// use aurex_core::measure::{Fineness, Mass, Metal, RateBasis, RateKind};
/// use aurex_core::shop::rates::{PostedRate, RateId, on_board};
///
/// let fine = PostedRate {
///     # id: RateId::from_uuid(aurex_core::uuid::Uuid::from_u128(1)),
///     metal: Metal::Gold,
///     fineness: Fineness::new(999_000)?,
///     kind: RateKind::Sell,
///     amount: Money::new(620_000, Currency::INR)?,
///     per: Mass::new(1_000)?,
///     basis: RateBasis::Karat,
///     multiple: None,
///     # business_date: parse_date("2026-11-23")?,
///     # effective_from: Timestamp::from_micros(0),
///     # supersedes: None,
///     # reason: None,
/// };
/// let board = [fine];
/// let (kind, metal) = (RateKind::Sell, Metal::Gold);
/// let found = on_board(&board, kind, metal, Fineness::new(916_000)?).ok_or("no rate")?;
/// let price = found.rate.price_of(Mass::new(10_500)?, Rounding::HalfAwayFromZero)?;
/// assert_eq!(price.minor(), 5_967_500);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn on_board(
    rates: &[PostedRate],
    kind: RateKind,
    metal: Metal,
    fineness: Fineness,
) -> Option<BoardRate<'_>> {
    let of_metal = || rates.iter().filter(move |rate| rate.kind == kind && rate.metal == metal);
    if let Some(posted) = of_metal().find(|rate| rate.fineness == fineness) {
        return posted.quote().ok().map(|rate| BoardRate { rate, posted });
    }
    let finer = of_metal().filter(|rate| rate.fineness > fineness && rate.basis != RateBasis::Manual);
    let derived = finer.filter_map(|posted| Some(BoardRate { rate: posted.derived(fineness).ok()?, posted }));
    derived.max_by_key(|found| found.posted.fineness)
}

/// All of a board: what was posted, and what follows from it for the grades that the law knows, by metal, fineness and
/// kind.
pub fn whole_board(rates: &[PostedRate]) -> Vec<BoardRate<'_>> {
    let posted = rates.iter().map(|rate| (rate.metal, rate.fineness));
    let grades = GRADES.iter().filter_map(|grade| Some((grade.metal, Fineness::new(grade.ppm).ok()?)));
    let wanted: BTreeSet<(Metal, Fineness)> = posted.chain(grades).collect();
    wanted
        .into_iter()
        .flat_map(|(metal, fineness)| RateKind::ALL.map(|kind| on_board(rates, kind, metal, fineness)))
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Mass;
    use crate::money::{Currency, Money};
    use crate::shop::rates::RateId;
    use crate::tenancy::Id as _;
    use crate::time::{Timestamp, parse_date};

    fn posted(kind: RateKind, ppm: u32, minor: i64, basis: RateBasis, multiple: Option<i64>) -> PostedRate {
        PostedRate {
            id: RateId::from_uuid(uuid::Uuid::from_u128(u128::from(ppm))),
            metal: Metal::Gold,
            fineness: Fineness::new(ppm).unwrap(),
            kind,
            amount: Money::new(minor, Currency::INR).unwrap(),
            per: Mass::new(10_000).unwrap(),
            business_date: parse_date("2026-11-23").unwrap(),
            effective_from: Timestamp::from_micros(0),
            supersedes: None,
            basis,
            multiple,
            reason: None,
        }
    }

    fn amount(board: &[PostedRate], ppm: u32) -> Option<i64> {
        let found = on_board(board, RateKind::Sell, Metal::Gold, Fineness::new(ppm).unwrap())?;
        assert_eq!(found.rate.per(), Mass::new(10_000).unwrap());
        Some(found.rate.amount().minor())
    }

    /// Two published trade tables, in whole rupees for 10 g.
    #[test]
    fn a_board_of_fine_gold_prints_the_trades_table() {
        for (fine, alloy) in [(59_583, 54_578), (69_905, 64_033)] {
            let board = [posted(RateKind::Sell, 999_000, fine * 100, RateBasis::Millesimal, Some(100))];
            assert_eq!(amount(&board, 916_000), Some(alloy * 100));
            assert_eq!(amount(&board, 999_900), None, "nothing finer follows");
        }
    }

    #[test]
    fn what_was_posted_goes_before_what_follows_and_the_finest_decides() {
        let by_hand = posted(RateKind::Sell, 750_000, 1, RateBasis::Manual, None);
        let fine = posted(RateKind::Sell, 999_000, 10_000_000, RateBasis::Millesimal, Some(1));
        let alloy = posted(RateKind::Sell, 916_000, 5_000_000, RateBasis::Millesimal, Some(1));
        let board = [by_hand, alloy, fine];
        assert_eq!(amount(&board, 750_000), Some(1));
        assert_eq!(amount(&board, 916_000), Some(5_000_000));
        assert_eq!(amount(&board, 585_000), Some(5_850_000));
        assert_eq!(amount(&board[..1], 585_000), None, "by hand, nothing follows");
    }

    #[test]
    fn the_whole_board_has_every_grade_once_and_keeps_kinds_apart() {
        let board = [
            posted(RateKind::Sell, 995_000, 12_000_000, RateBasis::Millesimal, Some(100)),
            posted(RateKind::Buy, 916_000, 10_000_000, RateBasis::Manual, None),
        ];
        let whole = whole_board(&board);
        let of = |kind| {
            let of_kind = whole.iter().filter(move |rate| rate.posted.kind == kind);
            of_kind.map(|rate| rate.rate.fineness().ppm()).collect::<Vec<_>>()
        };
        assert_eq!(of(RateKind::Sell), [375_000, 585_000, 750_000, 833_000, 916_000, 958_000, 995_000]);
        assert_eq!(of(RateKind::Buy), [916_000]);
        assert_eq!(whole.iter().filter(|rate| rate.is_derived()).count(), 6);
    }
}
